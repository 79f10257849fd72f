//! One try to deploy.

use std::time::Duration;

use jiff::Timestamp;
use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::between;
use crate::{DeploymentStatus, State};

/// One try to deploy, from its first status to its end.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Attempt {
    /// When its first status was reported.
    pub since: Timestamp,
    /// When it was first said to be carried out; nothing when nobody said so.
    pub started: Option<Timestamp>,
    /// When an end was first reported; nothing while it goes on.
    pub ended: Option<Timestamp>,
    /// How it ended then: `success`, `failure`, `error`, or `inactive` when it was retired before any of these.
    pub result: Option<State>,
}

impl Attempt {
    /// How long it took from its first status to its end; nothing while it goes on.
    #[must_use]
    pub fn took(&self) -> Option<Duration> {
        Some(between(self.since, self.ended?))
    }
}

pub(super) fn fold<'a>(statuses: impl Iterator<Item = &'a DeploymentStatus>) -> Vec<Attempt> {
    let mut attempts: Vec<Attempt> = Vec::new();
    let mut before = None;
    for status in statuses {
        match attempts.last_mut() {
            Some(last) if !is_new(last, before, &status.state) => last.note(status),
            _ => {
                let mut attempt = Attempt {
                    since: status.created_at,
                    started: None,
                    ended: None,
                    result: None,
                };
                attempt.note(status);
                attempts.push(attempt);
            }
        }
        if !matches!(status.state, State::Unknown(_)) {
            before = Some(&status.state);
        }
    }
    attempts
}

/// Whether a state begins another attempt.
///
/// Words from the future say neither that it runs nor that it ended, so they begin none.
fn is_new(last: &Attempt, before: Option<&State>, state: &State) -> bool {
    let has_ended = last.ended.is_some();
    match state {
        State::Queued | State::Pending | State::Waiting | State::InProgress => has_ended,
        State::Success => {
            has_ended
                && matches!(
                    before,
                    Some(State::Failure | State::Error | State::Inactive)
                )
        }
        _ => false,
    }
}

impl Attempt {
    fn note(&mut self, status: &DeploymentStatus) {
        if self.ended.is_some() {
            return;
        }
        if status.state == State::InProgress {
            self.started = self.started.or(Some(status.created_at));
        }
        if status.state.is_finished() {
            self.ended = Some(status.created_at);
            self.result = Some(status.state.clone());
        }
    }
}

impl Serialize for Attempt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Attempt", 5)?;
        object.serialize_field("since", &self.since)?;
        object.serialize_field("started", &self.started)?;
        object.serialize_field("ended", &self.ended)?;
        object.serialize_field("result", &self.result)?;
        object.serialize_field("took_seconds", &self.took().map(|took| took.as_secs()))?;
        object.end()
    }
}
