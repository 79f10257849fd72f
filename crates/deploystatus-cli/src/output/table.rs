//! Tables and lines of text.

use super::style::Span;
use crate::escape::{Log, Safe};

/// Rows under a heading.
pub(crate) struct Table {
    columns: Vec<Column>,
    heading: Vec<Span>,
    rows: Vec<Vec<Span>>,
}

/// A column with its heading.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Column {
    /// Values that are always shown in full, such as IDs and times.
    Fixed(&'static str),
    /// Texts, which are cut if the table is wider than the terminal.
    Text(&'static str),
}

impl Table {
    pub(crate) fn new(columns: &[Column]) -> Self {
        let heading = columns.iter().map(|column| match column {
            Column::Fixed(heading) | Column::Text(heading) => Span::faint(*heading),
        });
        Self {
            columns: columns.to_vec(),
            heading: heading.collect(),
            rows: Vec::new(),
        }
    }

    pub(crate) fn row(&mut self, cells: Vec<Span>) {
        self.rows.push(cells);
    }

    /// Returns the table with columns that are as wide as their widest cell.
    ///
    /// The widest columns of text are cut so that no line is wider than `width`.
    pub(super) fn render(&self, log: Log, width: Option<usize>) -> Safe {
        let all = || std::iter::once(&self.heading).chain(&self.rows);
        let widest = |column: usize| {
            let cells = all().filter_map(|row| row.get(column));
            cells.map(|cell| cell.escaped(log).width()).max()
        };
        let mut widths: Vec<usize> = (0..self.heading.len()).filter_map(widest).collect();
        if let Some(width) = width {
            self.fit(&mut widths, width);
        }
        let mut text = Safe::default();
        for row in all() {
            text.push(&line(row, &widths, log));
        }
        text
    }

    /// Makes the widest columns of text narrower until the table is not wider than `width`.
    fn fit(&self, widths: &mut [usize], width: usize) {
        let texts = self.columns.iter().enumerate();
        let texts = texts.filter_map(|(index, column)| match column {
            Column::Text(_) => Some(index),
            Column::Fixed(_) => None,
        });
        let texts: Vec<usize> = texts.collect();
        for index in &texts {
            widths[*index] = widths[*index].min(width);
        }
        let gaps = GAP * widths.len().saturating_sub(1);
        while widths.iter().sum::<usize>() + gaps > width {
            let widest = texts.iter().max_by_key(|index| widths[**index]);
            match widest {
                Some(index) if widths[*index] > MIN_TEXT => widths[*index] -= 1,
                _ => return,
            }
        }
    }
}

/// Number of spaces between two columns.
const GAP: usize = 2;
/// Width to which a column of text is cut at most, even on a narrower terminal.
const MIN_TEXT: usize = 8;

/// Returns a line of columns, without spaces at its end.
///
/// Cells are cut to the widths of their columns; cells beyond them keep their width.
pub(super) fn line(cells: &[Span], widths: &[usize], log: Log) -> Safe {
    let mut text = Safe::default();
    let mut gap = 0;
    for (index, cell) in cells.iter().enumerate() {
        let mut shown = cell.escaped(log);
        let width = widths.get(index).copied().unwrap_or_else(|| shown.width());
        shown = shown.cut(width);
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
        let mut table = Table::new(&[Column::Text("ENVIRONMENT"), Column::Text("DESCRIPTION")]);
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

    #[test]
    fn widest_texts_are_cut_and_other_columns_are_not() {
        let mut table = Table::new(&[
            Column::Fixed("ID"),
            Column::Text("BY"),
            Column::Text("ENVIRONMENT"),
            Column::Fixed("CREATED"),
            Column::Text("DESCRIPTION"),
        ]);
        let (id, created) = ("5000000001", "2026-01-01T00:00:00Z");
        let long = |character: &str| character.repeat(100);
        let row = [id, "octocat", &long("e"), created, &long("d")];
        table.row(row.map(Span::plain).into());
        for width in [72, 80, 132] {
            let text = table.render(Log::Plain, Some(width)).without_colours();
            let line = text.as_str().lines().nth(1).unwrap();
            assert_eq!(line.width(), width, "{text}");
            for whole in [id, "octocat", created] {
                assert!(line.contains(whole), "{text}");
            }
        }
        // Fixed columns are shown in full on any terminal.
        let text = table.render(Log::Plain, Some(20)).without_colours();
        assert!(text.as_str().contains(created), "{text}");
    }
}
