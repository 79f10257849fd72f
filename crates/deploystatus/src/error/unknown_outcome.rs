//! A creation whose outcome is unknown.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::text::clean;
use crate::model::create_outcome::SearchBound;
use crate::model::new_status::NewStatus;

/// The known facts about a creation whose outcome is unknown.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct UnknownOutcome {
    /// The status that may or may not be stored.
    pub status: NewStatus,
    /// Time of the first request, by the clock of this machine.
    pub sent_at: Timestamp,
    /// Number of requests that may have stored the status.
    pub sendings: u32,
    /// The bound of the search, or `None` if nothing was searched.
    pub bound: Option<SearchBound>,
    /// Duration of the search after the last request.
    pub searched: Duration,
    /// The result of the search.
    pub search: SearchResult,
    /// IDs of stored statuses that may be the one that was sent.
    pub candidates: Vec<u64>,
    /// ID that the server returned for the last request, or `None` if its response was lost too.
    ///
    /// The status is stored then, but the request before it may have stored it as well.
    pub stored: Option<u64>,
}

/// The result of a search that found no certain match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SearchResult {
    /// The list was up to date for the whole search time and did not contain the status.
    NotFound,
    /// The list lacked statuses that are known to exist, so it proves nothing.
    Stale,
    /// A status with the same state but another text is stored, or more than one match.
    Similar,
    /// The search did not end, because the list could not be read or the time limit was reached.
    Interrupted,
}

const MAX_TEXT: usize = 200;

impl fmt::Display for UnknownOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "lost the response after sending; the status may or may not be stored (look for state {}",
            self.status.state
        )?;
        for (field, text) in [
            ("environment", &self.status.environment),
            ("description", &self.status.description),
            ("log_url", &self.status.log_url),
            ("target_url", &self.status.target_url),
            ("environment_url", &self.status.environment_url),
        ] {
            if let Some(text) = text {
                write!(f, ", {field} {:?}", clean(text, MAX_TEXT))?;
            }
        }
        match self.bound {
            Some(bound) => write!(f, ", {bound})")?,
            None => write!(f, ", created after {})", self.sent_at)?,
        }
        let seconds = self.searched.as_secs();
        match self.search {
            SearchResult::NotFound => write!(f, "; it was not in the list for {seconds} s"),
            SearchResult::Stale => write!(f, "; the list was out of date for {seconds} s"),
            SearchResult::Similar => write!(f, "; similar statuses: {}", ids(&self.candidates)),
            SearchResult::Interrupted => f.write_str("; the list could not be searched to the end"),
        }?;
        match self.stored {
            Some(id) => write!(f, "; the last request was stored as {id}"),
            None => Ok(()),
        }
    }
}

fn ids(ids: &[u64]) -> String {
    let ids: Vec<String> = ids.iter().take(10).map(u64::to_string).collect();
    ids.join(", ")
}
