//! How a wait ends, and what it tells on the way.

use std::time::Duration;

use crate::{DeploymentStatus, Error};

/// How a wait ended.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// It went well and is live.
    Succeeded(DeploymentStatus),
    /// It ran and did not succeed.
    Failed(DeploymentStatus),
    /// It broke down for a reason that is not the deployed code's fault.
    Errored(DeploymentStatus),
    /// It went well, and is no longer live: a newer deployment took its place, or somebody retired it.
    Superseded {
        /// The `inactive` status, which tells when, and by whom.
        by: DeploymentStatus,
        /// The newest `success` before it.
        success: DeploymentStatus,
    },
    /// It was made inactive and had never been a success.
    Abandoned {
        /// The `inactive` status, which tells when, and by whom.
        by: DeploymentStatus,
        /// What was last said before that.
        before: Option<DeploymentStatus>,
    },
    /// It was there, and is not there any more, or may no longer be seen; GitHub does not tell these apart.
    Gone,
    /// It is or was in the state that was waited for. Only [`Deployment::wait_for`](crate::Deployment::wait_for) ends like this.
    Reached(DeploymentStatus),
    /// The time is up and the story is not over.
    StillRunning {
        /// The newest status; nothing when there is none yet.
        last: Option<DeploymentStatus>,
        /// How long was waited.
        waited: Duration,
        /// How often was looked.
        polls: u32,
    },
}

impl Outcome {
    /// Whether what was waited for came about: a success, or the state of [`Outcome::Reached`].
    #[must_use]
    pub fn is_good(&self) -> bool {
        matches!(self, Self::Succeeded(_) | Self::Reached(_))
    }

    /// The status that decided it; of a wait that ran out of time, the newest.
    #[must_use]
    pub fn status(&self) -> Option<&DeploymentStatus> {
        match self {
            Self::Succeeded(status)
            | Self::Failed(status)
            | Self::Errored(status)
            | Self::Superseded { by: status, .. }
            | Self::Abandoned { by: status, .. }
            | Self::Reached(status) => Some(status),
            Self::StillRunning { last, .. } => last.as_ref(),
            Self::Gone => None,
        }
    }
}

/// What one poll of a wait brought.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Poll<'a> {
    /// The newest status that is known; nothing when there is none yet.
    pub status: Option<&'a DeploymentStatus>,
    /// Whether the status is another than at the poll before.
    pub is_news: bool,
    /// How often was looked, this time included.
    pub polls: u32,
    /// How long was waited so far.
    pub waited: Duration,
    /// Why this poll brought nothing, if so.
    pub error: Option<&'a Error>,
    /// How long from now the next poll is; nothing when the wait is over.
    pub next_in: Option<Duration>,
}
