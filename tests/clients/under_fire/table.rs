//! What became of it, as Markdown.

use std::fmt;

use crate::client::{Client, Told};

/// Longer texts are cut when they are printed; verdicts are about the whole.
const LONGEST_TEXT: usize = 120;

/// What became of one scenario with one client.
pub(crate) struct Outcome {
    pub(crate) creations: usize,
    pub(crate) told: Told,
    pub(crate) is_right: bool,
}

/// The outcome, or why the client was not run.
pub(crate) type Line = Result<Outcome, String>;

/// Verdicts on all scenarios with all clients.
pub(crate) struct Table<'a> {
    clients: &'a [Client],
    rows: Vec<(&'static str, Vec<Line>)>,
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Statuses(statuses) if statuses.len() > 3 => {
                write!(f, "{} statuses", statuses.len())
            }
            Self::Statuses(statuses) => {
                let statuses: Vec<_> = statuses
                    .iter()
                    .map(|(id, state)| match state.as_str() {
                        "" => format!("{id} without a state"),
                        state => format!("{id} {state}"),
                    })
                    .collect();
                f.write_str(&statuses.join(", "))
            }
            Self::Error(text) => write!(f, "error: {text}"),
            Self::Nothing(how) => write!(f, "nothing: {how}"),
        }
    }
}

impl<'a> Table<'a> {
    pub(crate) fn new(clients: &'a [Client]) -> Self {
        Self {
            clients,
            rows: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, scenario: &'static str, lines: Vec<Line>) {
        self.rows.push((scenario, lines));
    }

    /// Whether our own clients were right each time.
    pub(crate) fn ours_are_right(&self) -> bool {
        self.rows.iter().all(|(_, lines)| {
            self.clients.iter().zip(lines).all(|(client, line)| {
                !client.is_ours || matches!(line, Ok(outcome) if outcome.is_right)
            })
        })
    }
}

/// All verdicts, and then each scenario with what was told.
impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("|")?;
        for client in self.clients {
            write!(f, " | {}", client.name)?;
        }
        writeln!(f, " |\n|---|{}", "---|".repeat(self.clients.len()))?;
        for (scenario, lines) in &self.rows {
            write!(f, "| {scenario}")?;
            for line in lines {
                write!(f, " | {}", verdict(line))?;
            }
            writeln!(f, " |")?;
        }
        for (scenario, lines) in &self.rows {
            writeln!(f, "\n### {scenario}\n")?;
            writeln!(
                f,
                "| client | creations | told | verdict |\n|---|---|---|---|"
            )?;
            for (client, line) in self.clients.iter().zip(lines) {
                writeln!(f, "{}", row(client, line))?;
            }
        }
        Ok(())
    }
}

fn row(client: &Client, line: &Line) -> String {
    let name = &client.name;
    match line {
        Ok(outcome) => {
            let told = cell(&outcome.told.to_string());
            let creations = outcome.creations;
            format!("| {name} | {creations} | {told} | {} |", verdict(line))
        }
        Err(reason) => format!("| {name} | | {} | {} |", cell(reason), verdict(line)),
    }
}

fn verdict(line: &Line) -> &'static str {
    match line {
        Ok(outcome) if outcome.is_right => "right",
        Ok(_) => "**wrong**",
        Err(_) => "not run",
    }
}

/// Text that fits into a cell.
fn cell(text: &str) -> String {
    let text = text.replace('|', "\\|");
    if text.chars().count() <= LONGEST_TEXT {
        return text;
    }
    let cut: String = text.chars().take(LONGEST_TEXT).collect();
    // A word that is cut off is no word.
    let whole = cut
        .rsplit_once(' ')
        .map_or(cut.as_str(), |(whole, _)| whole);
    format!("{whole} …")
}
