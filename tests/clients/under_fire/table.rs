//! Results of all scenarios as Markdown.

use std::fmt;

use crate::client::{Client, ClientResult};

/// Number of characters after which a printed text is cut. Verdicts use the whole text.
const MAX_TEXT: usize = 120;

/// Outcome of one scenario with one client.
pub(crate) struct Outcome {
    pub(crate) creations: usize,
    pub(crate) result: ClientResult,
    pub(crate) is_correct: bool,
}

/// An outcome, or the reason why the client was not run.
pub(crate) type Run = Result<Outcome, String>;

/// Outcomes of all scenarios with all clients.
pub(crate) struct Table<'a> {
    clients: &'a [Client],
    rows: Vec<(&'static str, Vec<Run>)>,
}

impl fmt::Display for ClientResult {
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
            Self::Missing(text) => write!(f, "no result: {text}"),
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

    pub(crate) fn add(&mut self, scenario: &'static str, runs: Vec<Run>) {
        self.rows.push((scenario, runs));
    }

    /// Returns `true` if the clients of this project were correct in every scenario.
    pub(crate) fn ours_are_correct(&self) -> bool {
        self.rows.iter().all(|(_, runs)| {
            self.clients.iter().zip(runs).all(|(client, run)| {
                !client.is_ours || matches!(run, Ok(outcome) if outcome.is_correct)
            })
        })
    }
}

/// All verdicts, then the result of each client in each scenario.
impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("|")?;
        for client in self.clients {
            write!(f, " | {}", client.name)?;
        }
        writeln!(f, " |\n|---|{}", "---|".repeat(self.clients.len()))?;
        for (scenario, runs) in &self.rows {
            write!(f, "| {scenario}")?;
            for run in runs {
                write!(f, " | {}", verdict(run))?;
            }
            writeln!(f, " |")?;
        }
        for (scenario, runs) in &self.rows {
            writeln!(f, "\n### {scenario}\n")?;
            writeln!(
                f,
                "| client | creations | result | verdict |\n|---|---|---|---|"
            )?;
            for (client, run) in self.clients.iter().zip(runs) {
                writeln!(f, "{}", row(client, run))?;
            }
        }
        Ok(())
    }
}

fn row(client: &Client, run: &Run) -> String {
    let name = &client.name;
    match run {
        Ok(outcome) => {
            let result = cell(&outcome.result.to_string());
            let creations = outcome.creations;
            format!("| {name} | {creations} | {result} | {} |", verdict(run))
        }
        Err(reason) => format!("| {name} | | {} | {} |", cell(reason), verdict(run)),
    }
}

fn verdict(run: &Run) -> &'static str {
    match run {
        Ok(outcome) if outcome.is_correct => "correct",
        Ok(_) => "**wrong**",
        Err(_) => "not run",
    }
}

/// Returns the text as the content of a table cell, cut after `MAX_TEXT` characters.
fn cell(text: &str) -> String {
    let text = text.replace('|', "\\|");
    if text.chars().count() <= MAX_TEXT {
        return text;
    }
    let cut: String = text.chars().take(MAX_TEXT).collect();
    // Cut between two words.
    let whole = cut
        .rsplit_once(' ')
        .map_or(cut.as_str(), |(whole, _)| whole);
    format!("{whole} …")
}
