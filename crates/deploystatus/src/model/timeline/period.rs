//! The time that a deployment spent in one state.

use std::time::Duration;

use deploystatus_generated::State;
use jiff::Timestamp;
use serde::Serialize;

use super::super::account::Account;
use super::super::deployment_status::DeploymentStatus;

/// The time that a deployment spent in one state.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Period {
    /// The state.
    pub state: State,
    /// Time of the first status with this state.
    pub started_at: Timestamp,
    /// Time of the next status with another state, or `None` for the current period.
    pub ended_at: Option<Timestamp>,
    /// The account that reported the first status, or `None` if it was deleted.
    pub creator: Option<Account>,
    /// Number of consecutive statuses with this state.
    pub reports: usize,
    /// The newest description in this period, or `None` if no status has one.
    pub description: Option<String>,
    /// The newest URL of the log in this period, or `None` if no status has one.
    pub log_url: Option<String>,
    /// The newest URL of the environment in this period, or `None` if no status has one.
    pub environment_url: Option<String>,
}

impl Period {
    /// Returns the duration of the period, or `None` for the current one.
    #[must_use]
    pub fn duration(&self) -> Option<Duration> {
        Some(between(self.started_at, self.ended_at?))
    }
}

pub(super) fn fold<'a>(statuses: impl Iterator<Item = &'a DeploymentStatus>) -> Vec<Period> {
    let mut periods: Vec<Period> = Vec::new();
    for status in statuses {
        match periods.last_mut() {
            Some(last) if last.state == status.state => last.extend(status),
            last => {
                if let Some(last) = last {
                    last.ended_at = Some(status.created_at);
                }
                periods.push(Period::new(status));
            }
        }
    }
    periods
}

impl Period {
    fn new(status: &DeploymentStatus) -> Self {
        Self {
            state: status.state.clone(),
            started_at: status.created_at,
            ended_at: None,
            creator: status.creator.clone(),
            reports: 1,
            description: status.description.clone(),
            log_url: status.log_url.clone(),
            environment_url: status.environment_url.clone(),
        }
    }

    fn extend(&mut self, status: &DeploymentStatus) {
        self.reports += 1;
        for (newest, given) in [
            (&mut self.description, &status.description),
            (&mut self.log_url, &status.log_url),
            (&mut self.environment_url, &status.environment_url),
        ] {
            if given.is_some() {
                newest.clone_from(given);
            }
        }
    }
}

/// Returns the time between two timestamps, or zero if the server's clock went back.
pub(super) fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}
