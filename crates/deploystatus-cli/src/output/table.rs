//! Tables and lines of text.

use super::style::Span;
use crate::escape::{Log, Safe};

/// Rows under a heading.
pub(crate) struct Table {
    heading: Vec<Span>,
    rows: Vec<Vec<Span>>,
}

impl Table {
    pub(crate) fn new(heading: &[&str]) -> Self {
        Self {
            heading: heading.iter().copied().map(Span::faint).collect(),
            rows: Vec::new(),
        }
    }

    pub(crate) fn row(&mut self, cells: Vec<Span>) {
        self.rows.push(cells);
    }

    /// Returns the table with columns that are as wide as their widest cell.
    ///
    /// The last column is cut so that no line is wider than `width`.
    pub(super) fn render(&self, log: Log, width: Option<usize>) -> Safe {
        let all = || std::iter::once(&self.heading).chain(&self.rows);
        let widest = |column: usize| {
            let cells = all().filter_map(|row| row.get(column));
            cells.map(|cell| cell.escaped(log).width()).max()
        };
        let mut widths: Vec<usize> = (0..self.heading.len()).filter_map(widest).collect();
        let others = widths.iter().rev().skip(1).map(|width| width + GAP).sum();
        if let (Some(last), Some(width)) = (widths.last_mut(), width) {
            *last = (*last).min(width.saturating_sub(others).max(MIN_LAST));
        }
        let mut text = Safe::default();
        for row in all() {
            text.push(&line(row, &widths, log));
        }
        text
    }
}

/// Number of spaces between two columns.
const GAP: usize = 2;
/// Minimum width of the last column, even on a narrower terminal.
const MIN_LAST: usize = 12;

/// Returns a line of columns, without spaces at its end.
///
/// The last column of `widths` is cut; cells beyond it keep their width.
pub(super) fn line(cells: &[Span], widths: &[usize], log: Log) -> Safe {
    let mut text = Safe::default();
    let mut gap = 0;
    for (index, cell) in cells.iter().enumerate() {
        let mut shown = cell.escaped(log);
        let width = widths.get(index).copied().unwrap_or_else(|| shown.width());
        if index + 1 == widths.len() {
            shown = shown.cut(width);
        }
        if shown.width() > 0 {
            text.push_spaces(gap);
            text.push(&shown.painted(cell.style()));
            gap = 0;
        }
        gap += (width + GAP).saturating_sub(shown.width());
    }
    text.push_static("\n");
    text
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;

    fn table(rows: &[[&str; 2]]) -> Table {
        let mut table = Table::new(&["ENVIRONMENT", "DESCRIPTION"]);
        for row in rows {
            table.row(row.map(Span::plain).into());
        }
        table
    }

    #[test]
    fn wide_characters_do_not_shift_columns() {
        let table = table(&[["本番環境", "Live"], ["staging", "Live"]]);
        let text = table.render(Log::Plain, None).without_colours();
        assert_eq!(
            text.as_str(),
            "ENVIRONMENT  DESCRIPTION\n本番環境     Live\nstaging      Live\n"
        );
    }

    #[test]
    fn descriptions_are_cut_at_the_terminal_width() {
        let table = table(&[
            ["staging", "A description of more than one line"],
            ["staging", "本番環境本番環境本番"],
        ]);
        let text = table.render(Log::Plain, Some(30)).without_colours();
        let lines: Vec<_> = text.as_str().lines().collect();
        assert_eq!(lines[1], "staging      A description of…");
        assert!(lines.iter().all(|line| line.width() <= 30), "{text}");
        assert!(lines[2].ends_with('…'), "{text}");
    }
}
