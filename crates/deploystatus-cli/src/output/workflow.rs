//! Integration with GitHub Actions: annotations, and outputs for later steps.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::hash::{BuildHasher, RandomState};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use deploystatus::{Deployment, DeploymentStatus};

use crate::environment::path;
use crate::error::Error;
use crate::escape::message::Message;
use crate::escape::{Log, Safe, escape, escape_annotation};

/// The workflow that the command is a step of.
pub(crate) struct Workflow {
    pub(super) log: Log,
    outputs: Option<PathBuf>,
    summary: Option<PathBuf>,
}

/// The severity of an annotation.
#[derive(Clone, Copy, Debug)]
pub(super) enum Level {
    Warning,
    Error,
}

impl Workflow {
    pub(crate) fn from_environment() -> Self {
        Self {
            log: Log::from_environment(),
            outputs: path("GITHUB_OUTPUT"),
            summary: path("GITHUB_STEP_SUMMARY"),
        }
    }

    /// Sets the outputs `status_id`, `state` and `environment_url`.
    pub(crate) fn set_outputs(&self, status: &DeploymentStatus) -> Result<(), Error> {
        let Some(path) = &self.outputs else {
            return Ok(());
        };
        let url = status.environment_url.as_deref().unwrap_or_default();
        let mut text = String::new();
        for (name, value) in [
            ("status_id", status.id.to_string().as_str()),
            ("state", status.state.as_str()),
            ("environment_url", url),
        ] {
            add_output(&mut text, name, &escape(value, Log::Actions));
        }
        append(path, &text).map_err(|source| Error::File {
            action: "write outputs to",
            path: path.clone(),
            source,
        })
    }

    pub(super) fn has_summary(&self) -> bool {
        self.summary.is_some()
    }

    /// Adds an error and statuses, newest first, to the summary of the step.
    pub(super) fn add_summary(
        &self,
        deployment: &Deployment,
        error: Option<&Error>,
        statuses: &[DeploymentStatus],
    ) -> Result<(), Error> {
        let Some(path) = &self.summary else {
            return Ok(());
        };
        append(path, &summary(deployment, error, statuses)).map_err(|source| Error::File {
            action: "write summary to",
            path: path.clone(),
            source,
        })
    }
}

/// Returns Markdown with an error and a table of statuses, oldest first.
fn summary(
    deployment: &Deployment,
    error: Option<&Error>,
    statuses: &[DeploymentStatus],
) -> String {
    let mut text = format!(
        "### Deployment {} of {}\n\n",
        deployment.id(),
        markdown(&deployment.repository()),
    );
    if let Some(error) = error {
        text += &markdown(&error.message().to_string());
        text += "\n\n";
    }
    if !statuses.is_empty() {
        text += "| state | time | description | environment | log |\n|---|---|---|---|---|\n";
        text.extend(statuses.iter().rev().map(summary_row));
        text.push('\n');
    }
    text
}

fn summary_row(status: &DeploymentStatus) -> String {
    let link = |name: &str, url: &Option<String>| {
        let url = url.as_deref().filter(|url| url.starts_with("http"));
        url.map_or_else(String::new, |url| {
            format!("[{name}](<{}>)", link_target(url))
        })
    };
    format!(
        "| {} | {} | {} | {} | {} |\n",
        markdown(status.state.as_str()),
        status.created_at,
        markdown(status.description.as_deref().unwrap_or_default()),
        link(
            &markdown(status.environment.as_deref().unwrap_or("environment")),
            &status.environment_url
        ),
        link("log", &status.log_url),
    )
}

/// Returns text without meaning in Markdown: every punctuation character is escaped.
fn markdown(text: &str) -> String {
    let mut escaped = String::new();
    for character in escape(text, Log::Actions).as_str().chars() {
        if character.is_ascii_punctuation() {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// Percent-encodes the characters that could end a link or a table cell.
fn link_target(url: &str) -> String {
    let mut target = String::new();
    for character in escape(url, Log::Actions).as_str().chars() {
        match character {
            ' ' | '<' | '>' | '|' | '\\' | '`' => {
                let _ = write!(target, "%{:02X}", u32::from(character));
            }
            character => target.push(character),
        }
    }
    target
}

/// Returns the workflow command that shows a text as an annotation of the run.
pub(super) fn annotation(level: Level, text: &Message) -> Safe {
    let mut line = Safe::default();
    line.push_static(match level {
        Level::Warning => "::warning title=deploystatus::",
        Level::Error => "::error title=deploystatus::",
    });
    line.push(&escape_annotation(text));
    line
}

/// Adds an output between two delimiters that the value cannot contain.
fn add_output(text: &mut String, name: &str, value: &Safe) {
    let delimiter = loop {
        let random = [0, 1].map(|part: u8| RandomState::new().hash_one(part));
        let delimiter = format!("end_{:016x}{:016x}", random[0], random[1]);
        if !value.as_str().contains(&delimiter) {
            break delimiter;
        }
    };
    let _ = writeln!(text, "{name}<<{delimiter}\n{value}\n{delimiter}");
}

fn append(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    file.write_all(text.as_bytes())
}
