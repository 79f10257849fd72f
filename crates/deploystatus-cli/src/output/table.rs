//! A table whose columns are as wide as they have to be.

use deploystatus::State;

use super::text::{Style, harmless};

/// Rows under a heading.
pub(crate) struct Table {
    heading: &'static [&'static str],
    rows: Vec<Vec<Cell>>,
}

/// What stands in one place of a table.
pub(crate) enum Cell {
    Text(String),
    State(State),
}

impl Table {
    pub(crate) fn new(heading: &'static [&'static str]) -> Self {
        Self {
            heading,
            rows: Vec::new(),
        }
    }

    pub(crate) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    pub(crate) fn render(&self, style: Style) -> String {
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            let widest = cells.map(|cell| cell.shown().chars().count()).max();
            widest.unwrap_or(0).max(self.heading[column].len())
        };
        let widths: Vec<usize> = (0..self.heading.len()).map(width).collect();
        let mut text = String::new();
        let heading = self.heading.iter().map(|name| {
            let shown = (*name).to_owned();
            (style.faint(&shown), shown)
        });
        line(&mut text, heading, &widths);
        for row in &self.rows {
            let cells = row.iter().map(|cell| {
                let shown = cell.shown();
                let painted = match cell {
                    Cell::State(state) => style.state(state, &shown),
                    Cell::Text(_) => shown.clone(),
                };
                (painted, shown)
            });
            line(&mut text, cells, &widths);
        }
        text
    }
}

impl Cell {
    fn shown(&self) -> String {
        match self {
            Self::Text(text) => harmless(text).into_owned(),
            Self::State(state) => harmless(state.as_str()).into_owned(),
        }
    }
}

/// One line, without spaces at its end.
fn line(text: &mut String, cells: impl Iterator<Item = (String, String)>, widths: &[usize]) {
    let mut gap = 0;
    for ((painted, shown), width) in cells.zip(widths) {
        if !shown.is_empty() {
            text.extend(std::iter::repeat_n(' ', gap));
            text.push_str(&painted);
            gap = 0;
        }
        gap += width + 2 - shown.chars().count();
    }
    text.push('\n');
}
