//! The workflow through which a deployment was asked for, if it was one.

use jiff::Timestamp;
use serde::Deserialize;

use super::lenient;
use crate::Account;

/// A workflow: the file that says what to do.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Workflow {
    /// The number of the workflow.
    pub id: u64,
    /// The name it gives itself.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// The file in the repository.
    #[serde(default, deserialize_with = "lenient::text")]
    pub path: Option<String>,
    /// Its page.
    #[serde(default, deserialize_with = "lenient::text")]
    pub html_url: Option<String>,
}

/// One run of a workflow.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct WorkflowRun {
    /// The number of the run.
    pub id: u64,
    /// The number of its workflow.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub workflow_id: Option<u64>,
    /// The name of its workflow.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// Counts the runs of the workflow.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub run_number: Option<u64>,
    /// Counts how often this run was started.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub run_attempt: Option<u64>,
    /// What started it, such as `push`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub event: Option<String>,
    /// How far along it is, such as `in_progress`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub status: Option<String>,
    /// How it ended, once it did.
    #[serde(default, deserialize_with = "lenient::text")]
    pub conclusion: Option<String>,
    /// The branch it runs on.
    #[serde(default, deserialize_with = "lenient::text")]
    pub head_branch: Option<String>,
    /// The commit it runs on.
    #[serde(default, deserialize_with = "lenient::text")]
    pub head_sha: Option<String>,
    /// Who started it.
    #[serde(default, deserialize_with = "lenient::account")]
    pub actor: Option<Account>,
    /// Its page, with its output.
    #[serde(default, deserialize_with = "lenient::text")]
    pub html_url: Option<String>,
}

/// The check that stands for a job of a workflow.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct CheckRun {
    /// The number of the check.
    pub id: u64,
    /// The name of the job.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// How far along it is, such as `in_progress`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub status: Option<String>,
    /// How it ended, once it did.
    #[serde(default, deserialize_with = "lenient::text")]
    pub conclusion: Option<String>,
    /// The commit it speaks of.
    #[serde(default, deserialize_with = "lenient::text")]
    pub head_sha: Option<String>,
    /// When it began.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub completed_at: Option<Timestamp>,
    /// Its page.
    #[serde(default, deserialize_with = "lenient::text")]
    pub html_url: Option<String>,
    /// The page with its output.
    #[serde(default, deserialize_with = "lenient::text")]
    pub details_url: Option<String>,
}
