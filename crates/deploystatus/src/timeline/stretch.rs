//! A time spent in one state.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::between;
use crate::{Account, DeploymentStatus, State};

/// A time that a deployment spent in one state.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Stretch {
    /// The state.
    pub state: State,
    /// When it was first reported.
    pub since: Timestamp,
    /// When another state was reported; nothing when it is the present one.
    pub until: Option<Timestamp>,
    /// Who reported it first. Accounts can be gone.
    pub by: Option<Account>,
    /// How often it was reported in a row.
    pub reports: usize,
    /// The newest remark that was given with it.
    pub description: Option<String>,
    /// The newest address of its output.
    pub log_url: Option<String>,
    /// The newest address of the environment.
    pub environment_url: Option<String>,
}

impl Stretch {
    /// How long it lasted; nothing when it is the present one.
    #[must_use]
    pub fn lasted(&self) -> Option<Duration> {
        Some(between(self.since, self.until?))
    }
}

pub(super) fn fold<'a>(statuses: impl Iterator<Item = &'a DeploymentStatus>) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    for status in statuses {
        match stretches.last_mut() {
            Some(last) if last.state == status.state => last.again(status),
            last => {
                if let Some(last) = last {
                    last.until = Some(status.created_at);
                }
                stretches.push(Stretch::new(status));
            }
        }
    }
    stretches
}

impl Stretch {
    fn new(status: &DeploymentStatus) -> Self {
        Self {
            state: status.state.clone(),
            since: status.created_at,
            until: None,
            by: status.creator.clone(),
            reports: 1,
            description: status.description.clone(),
            log_url: status.log_url.clone(),
            environment_url: status.environment_url.clone(),
        }
    }

    fn again(&mut self, status: &DeploymentStatus) {
        self.reports += 1;
        for (kept, newer) in [
            (&mut self.description, &status.description),
            (&mut self.log_url, &status.log_url),
            (&mut self.environment_url, &status.environment_url),
        ] {
            if newer.is_some() {
                kept.clone_from(newer);
            }
        }
    }
}
