//! The result of a creation.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use super::deployment_status::DeploymentStatus;

/// A status that is stored on the server, with the evidence for that.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CreateOutcome {
    /// The status as stored by the server.
    pub status: DeploymentStatus,
    /// The evidence that the status is stored.
    pub confirmation: Confirmation,
    /// The bound of the search after a lost response, or `None` if no response was lost.
    ///
    /// A search bound by time relies on the clocks of GitHub's servers, see [`SearchBound::Time`].
    pub search: Option<SearchBound>,
}

/// The evidence that a status is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Confirmation {
    /// The server responded 201 with the status.
    Created,
    /// The response was lost, and the status was found in the list.
    Adopted,
    /// The newest status already had the same content, so nothing was sent.
    Unchanged,
}

/// The lower bound of a search for a status whose response was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SearchBound {
    /// Only statuses with a higher ID were considered. This bound is exact.
    Id(u64),
    /// Only statuses created at this time (by the server's clock) or later were considered.
    ///
    /// Used if the client knows no status ID of the deployment, as in the first creation of a process.
    /// If the clocks of GitHub's servers differ by more than two seconds, the search can miss the status
    /// or find an identical older one.
    Time(Timestamp),
}

impl SearchBound {
    /// Returns `true` if the bound admits this status.
    pub(crate) fn admits(self, status: &DeploymentStatus) -> bool {
        match self {
            Self::Id(id) => status.id > id,
            Self::Time(time) => status.created_at >= time,
        }
    }
}

impl fmt::Display for SearchBound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "with an ID above {id}"),
            Self::Time(time) => write!(f, "created at {time} or later"),
        }
    }
}
