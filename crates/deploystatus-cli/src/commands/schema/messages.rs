//! The JSON lines on standard error, as types from which their schema is derived.

#![expect(dead_code, reason = "only the schemas of these types are used")]

use std::time::Duration;

use jiff::Timestamp;
use schemars::JsonSchema;

use super::documents::{Request, SearchBound};
use crate::exit::Code;

/// A line on standard error.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub(super) enum Message {
    Failure(Box<Failure>),
    /// A problem that does not stop the command.
    Warning {
        warning: String,
    },
    /// The progress of the command.
    Note {
        note: String,
    },
    /// A trace of a request (`--verbose`).
    Trace {
        trace: String,
    },
}

/// The reason why the command failed.
#[derive(JsonSchema)]
pub(super) struct Failure {
    /// Name of the exit code.
    #[schemars(extend("enum" = error_names()))]
    error: String,
    /// Status code of the response, or null.
    status: Option<u16>,
    /// Description of the error.
    message: String,
    /// Steps that fix the problem, or null.
    help: Option<String>,
    /// Value of `X-GitHub-Request-Id`, or null.
    request_id: Option<String>,
    /// Facts about a status that may or may not be stored.
    #[schemars(skip_serializing_if = "Option::is_none")]
    unknown_outcome: UnknownOutcome,
}

/// The known facts about a creation whose outcome is unknown.
#[derive(JsonSchema)]
struct UnknownOutcome {
    /// Status that may or may not be stored.
    status: Request,
    /// Time of the first request, by the clock of this machine.
    sent_at: Timestamp,
    /// Number of requests that may have stored the status.
    sendings: u32,
    /// Bound of the search, or null if nothing was searched.
    bound: Option<SearchBound>,
    /// Duration of the search after the last request.
    searched: Duration,
    search: SearchResult,
    /// IDs of stored statuses that may be the one that was sent.
    candidates: Vec<u64>,
    /// ID that the server returned for the last request, or null if its response was lost too.
    stored: Option<u64>,
}

/// The result of a search that found no certain match.
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
enum SearchResult {
    /// The list did not contain the status.
    NotFound,
    /// The list lacked statuses that are known to exist.
    Stale,
    /// A status with the same state but another text is stored, or more than one match.
    Similar,
    /// The list could not be read, or the time limit was reached.
    Interrupted,
}

fn error_names() -> Vec<&'static str> {
    let errors = Code::ALL.into_iter().filter(|code| *code != Code::Done);
    errors.map(Code::name).collect()
}
