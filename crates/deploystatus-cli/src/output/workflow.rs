//! Integration with GitHub Actions: annotations, and outputs for later steps.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::hash::{BuildHasher, RandomState};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use deploystatus::DeploymentStatus;

use crate::environment::path;
use crate::error::Error;
use crate::escape::{Log, Safe, escape, escape_annotation};

/// The workflow that the command is a step of.
pub(crate) struct Workflow {
    pub(super) log: Log,
    outputs: Option<PathBuf>,
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
}

/// Returns the workflow command that shows a text as an annotation of the run.
pub(super) fn annotation(level: Level, text: &str) -> Safe {
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
