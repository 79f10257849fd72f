//! The outcome of a wait, and the events during it.

use std::time::Duration;

use serde::Serialize;

use crate::error::Error;
use crate::model::deployment_status::DeploymentStatus;

/// The outcome of a wait.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// The deployment succeeded and is live.
    Succeeded(DeploymentStatus),
    /// The deployment failed.
    Failed(DeploymentStatus),
    /// The deployment ended with the state `error`.
    Errored(DeploymentStatus),
    /// The deployment succeeded and is no longer live, because a newer one or a user made it inactive.
    #[non_exhaustive]
    Superseded {
        /// The `inactive` status.
        inactive: DeploymentStatus,
        /// The newest `success` before it.
        success: DeploymentStatus,
    },
    /// The deployment was made inactive and had never succeeded.
    #[non_exhaustive]
    Abandoned {
        /// The `inactive` status.
        inactive: DeploymentStatus,
        /// The newest status before it with another state.
        last: Option<DeploymentStatus>,
    },
    /// The deployment was deleted, or the token can no longer access it. GitHub does not distinguish them.
    Gone,
    /// The deployment is or was in the state passed to [`Deployment::wait_for`](crate::Deployment::wait_for).
    Reached(DeploymentStatus),
    /// The deployment had no final state at the end of the timeout.
    #[non_exhaustive]
    StillRunning {
        /// The newest status, or `None` if there was none.
        last: Option<DeploymentStatus>,
        /// Duration of the wait.
        waited: Duration,
        /// Number of polls made.
        polls: u32,
    },
}

impl Outcome {
    /// Returns `true` for [`Outcome::Succeeded`] and [`Outcome::Reached`].
    #[must_use]
    pub fn is_success(&self) -> bool {
        matches!(self, Self::Succeeded(_) | Self::Reached(_))
    }

    /// Returns the status that determined the outcome, or the newest one if the timeout was reached.
    ///
    /// Returns `None` for [`Outcome::Gone`], and if the deployment has no status.
    #[must_use]
    pub fn status(&self) -> Option<&DeploymentStatus> {
        match self {
            Self::Succeeded(status)
            | Self::Failed(status)
            | Self::Errored(status)
            | Self::Superseded {
                inactive: status, ..
            }
            | Self::Abandoned {
                inactive: status, ..
            }
            | Self::Reached(status) => Some(status),
            Self::StillRunning { last, .. } => last.as_ref(),
            Self::Gone => None,
        }
    }
}

/// An event after each poll of a wait.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct PollEvent<'a> {
    /// The newest status, or `None` if there is none.
    pub status: Option<&'a DeploymentStatus>,
    /// `true` if the status differs from that of the previous poll.
    pub is_new: bool,
    /// Number of polls made, including this one.
    pub polls: u32,
    /// Duration of the wait so far.
    pub waited: Duration,
    /// The error of this poll, or `None` if it succeeded.
    pub error: Option<&'a Error>,
    /// Time until the next poll, or `None` if the wait has ended.
    pub next_in: Option<Duration>,
}
