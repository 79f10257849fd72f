//! What a workflow of GitHub Actions is told: annotations, and outputs for later steps.

use std::env;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;

use deploystatus::DeploymentStatus;

use crate::error::Error;

/// The workflow that the command is a step of, if it is.
pub(crate) struct Workflow {
    annotates: bool,
    outputs: Option<PathBuf>,
}

impl Workflow {
    pub(crate) fn from_process() -> Self {
        let outputs = env::var_os("GITHUB_OUTPUT").filter(|path| !path.is_empty());
        Self {
            annotates: env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true"),
            outputs: outputs.map(PathBuf::from),
        }
    }

    /// The line that makes a text an annotation of the run; nothing outside a workflow.
    pub(crate) fn annotation(&self, level: &str, text: &str) -> Option<String> {
        let text = text
            .replace('%', "%25")
            .replace('\r', "%0D")
            .replace('\n', "%0A");
        self.annotates
            .then(|| format!("::{level} title=deploystatus::{text}"))
    }

    /// Sets the outputs `status_id`, `state` and `environment_url`.
    pub(crate) fn set_outputs(&self, status: &DeploymentStatus) -> Result<(), Error> {
        let Some(path) = &self.outputs else {
            return Ok(());
        };
        let mut text = format!("status_id={}\nstate={}\n", status.id, status.state);
        let url = status.environment_url.as_deref().unwrap_or_default();
        let _ = writeln!(text, "environment_url={}", super::text::harmless(url));
        let file = OpenOptions::new().append(true).create(true).open(path);
        let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(|source| Error::File {
            what: "write the outputs to",
            path: path.clone(),
            source,
        })
    }
}
