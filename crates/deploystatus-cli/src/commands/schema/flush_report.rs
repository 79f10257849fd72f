//! The JSON of a flush and of the reports in the outbox, as types from which their schemas are derived.

#![expect(dead_code, reason = "only the schemas of these types are used")]

use jiff::Timestamp;
use schemars::JsonSchema;

use super::documents::{Request, Status};

/// The result of sending the reports in the outbox.
#[derive(JsonSchema)]
pub(super) struct FlushReport {
    /// Statuses that are stored now.
    delivered: Vec<Status>,
    /// Reports that were removed, because newer statuses exist.
    dropped: Vec<Report>,
    /// Reports that could not be sent and are still in the outbox.
    kept: Vec<Report>,
    /// Files of reports that other processes are using.
    in_use: Vec<String>,
    /// Files of reports for other servers, and of later reports.
    skipped: Vec<String>,
    /// Errors of the files that could not be read.
    unreadable: Vec<String>,
}

/// A report as the outbox stores it.
#[derive(JsonSchema)]
struct Report {
    /// Version of this format.
    format: u32,
    kind: ReportKind,
    /// ID of the rollout.
    rollout: String,
    /// Number of the report within its rollout.
    sequence: u64,
    /// Base URL of the API.
    server: String,
    /// Repository as owner/name.
    repository: String,
    /// ID of the deployment.
    deployment: u64,
    status: Request,
    /// Highest status ID that is older than the report.
    #[schemars(skip_serializing_if = "Option::is_none")]
    after: u64,
    /// ID of the newest status of the rollout.
    #[schemars(skip_serializing_if = "Option::is_none")]
    own: u64,
    /// Other statuses of the rollout that may be stored.
    #[schemars(skip_serializing_if = "Vec::is_empty")]
    unconfirmed: Vec<Unconfirmed>,
    /// ID of the report's status, if the server has returned one.
    #[schemars(skip_serializing_if = "Option::is_none")]
    stored: u64,
    /// Number of requests that may have stored the report.
    sendings: u32,
    clock: ReportClock,
    /// Time at which the rollout ended.
    ended_at: Timestamp,
    /// Last error.
    #[schemars(skip_serializing_if = "String::is_empty")]
    why: String,
}

/// A status that was sent and may be stored.
#[derive(JsonSchema)]
struct Unconfirmed {
    #[schemars(flatten)]
    status: Request,
    /// Time before the first request.
    sent_at: Timestamp,
    /// Time after which no request can store it.
    until: Timestamp,
}

/// The clock of the times in a report.
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
enum ReportClock {
    Server,
    /// The clock of the machine, because the server had never responded.
    Machine,
}

/// The kind of a report.
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
enum ReportKind {
    /// The end of the rollout.
    End,
    /// An `error` in case the process is killed.
    LastWill,
}
