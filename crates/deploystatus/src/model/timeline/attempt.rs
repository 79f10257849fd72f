//! One attempt to deploy.

use std::time::Duration;

use deploystatus_generated::State;
use jiff::Timestamp;
use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::super::deployment_status::DeploymentStatus;
use super::period::between;

/// One attempt to deploy, from its first status to its end.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Attempt {
    /// Time of the first status.
    pub created_at: Timestamp,
    /// Time of the first `in_progress`, or `None` if there was none.
    pub started_at: Option<Timestamp>,
    /// Time of the first final status, or `None` if the attempt has not ended.
    pub ended_at: Option<Timestamp>,
    /// The first final state, or `None` if the attempt has not ended.
    ///
    /// One of `success`, `failure`, `error` and `inactive`.
    pub result: Option<State>,
}

impl Attempt {
    /// Returns the time from the first status to the end, or `None` if the attempt has not ended.
    #[must_use]
    pub fn duration(&self) -> Option<Duration> {
        Some(between(self.created_at, self.ended_at?))
    }
}

pub(super) fn fold<'a>(statuses: impl Iterator<Item = &'a DeploymentStatus>) -> Vec<Attempt> {
    let mut attempts: Vec<Attempt> = Vec::new();
    let mut previous = None;
    for status in statuses {
        match attempts.last_mut() {
            Some(last) if !starts_another(last, previous, &status.state) => last.add(status),
            _ => {
                let mut attempt = Attempt {
                    created_at: status.created_at,
                    started_at: None,
                    ended_at: None,
                    result: None,
                };
                attempt.add(status);
                attempts.push(attempt);
            }
        }
        if !matches!(status.state, State::Unknown(_)) {
            previous = Some(&status.state);
        }
    }
    attempts
}

/// Returns `true` if a state starts another attempt. Unknown states start none.
fn starts_another(last: &Attempt, previous: Option<&State>, state: &State) -> bool {
    let has_ended = last.ended_at.is_some();
    match state {
        State::Queued | State::Pending | State::Waiting | State::InProgress => has_ended,
        State::Success => {
            has_ended
                && matches!(
                    previous,
                    Some(State::Failure | State::Error | State::Inactive)
                )
        }
        _ => false,
    }
}

impl Attempt {
    fn add(&mut self, status: &DeploymentStatus) {
        if self.ended_at.is_some() {
            return;
        }
        if status.state == State::InProgress {
            self.started_at = self.started_at.or(Some(status.created_at));
        }
        if status.state.is_finished() {
            self.ended_at = Some(status.created_at);
            self.result = Some(status.state.clone());
        }
    }
}

impl Serialize for Attempt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Attempt", 5)?;
        object.serialize_field("created_at", &self.created_at)?;
        object.serialize_field("started_at", &self.started_at)?;
        object.serialize_field("ended_at", &self.ended_at)?;
        object.serialize_field("result", &self.result)?;
        object.serialize_field(
            "duration_seconds",
            &self.duration().map(|time| time.as_secs()),
        )?;
        object.end()
    }
}
