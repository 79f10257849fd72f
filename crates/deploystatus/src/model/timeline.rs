//! The history of a deployment, computed from its statuses.

pub(crate) mod attempt;
pub(crate) mod period;

use std::collections::BTreeMap;
use std::time::Duration;

use deploystatus_generated::State;
use jiff::Timestamp;
use serde::ser::{Serialize, SerializeStruct, Serializer};

use self::attempt::Attempt;
use self::period::{Period, between};
use super::deployment_status::DeploymentStatus;

/// The history of a deployment: the time spent in each state, the attempts, and whether it is live.
///
/// Created by [`Deployment::timeline`](crate::Deployment::timeline), or collected from statuses in any order.
/// A status that occurs twice is counted once.
///
/// ```
/// use deploystatus::{DeploymentStatus, State, Timeline};
///
/// # let json = r#"[
/// #     {"id": 3, "state": "success", "created_at": "2026-03-14T09:05:00Z"},
/// #     {"id": 1, "state": "queued", "created_at": "2026-03-14T09:00:00Z"},
/// #     {"id": 2, "state": "in_progress", "created_at": "2026-03-14T09:01:00Z"}
/// # ]"#;
/// let statuses: Vec<DeploymentStatus> = serde_json::from_str(json)?;
/// let timeline: Timeline = statuses.into_iter().collect();
///
/// let states: Vec<State> = timeline.periods().into_iter().map(|period| period.state).collect();
/// assert_eq!(states, [State::Queued, State::InProgress, State::Success]);
/// assert_eq!(timeline.duration().map(|time| time.as_secs()), Some(300));
/// assert!(timeline.is_live());
/// # Ok::<_, serde_json::Error>(())
/// ```
///
/// Serializes as an object with `live`, `retries`, `duration_seconds`, `attempts` and `periods`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline {
    statuses: BTreeMap<u64, DeploymentStatus>,
}

impl Timeline {
    /// Returns the periods, oldest first. Consecutive statuses with the same state form one period.
    #[must_use]
    pub fn periods(&self) -> Vec<Period> {
        period::fold(self.statuses())
    }

    /// Returns the attempts, oldest first.
    ///
    /// The first attempt starts with the first status. A finished deployment starts another attempt with `queued`,
    /// `pending`, `waiting` or `in_progress`, or with a `success` after `failure`, `error` or `inactive`.
    #[must_use]
    pub fn attempts(&self) -> Vec<Attempt> {
        attempt::fold(self.statuses())
    }

    /// Returns the number of attempts after the first.
    #[must_use]
    pub fn retries(&self) -> usize {
        self.attempts().len().saturating_sub(1)
    }

    /// Returns the time from the first status to the end of the last attempt.
    ///
    /// Returns `None` if that attempt has not ended, or if there are no statuses.
    ///
    /// [`Attempt::duration`] returns the duration of one attempt.
    #[must_use]
    pub fn duration(&self) -> Option<Duration> {
        let attempts = self.attempts();
        let ended = attempts.last()?.ended_at?;
        Some(between(attempts.first()?.created_at, ended))
    }

    /// Returns `true` if the newest status is a success.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.newest()
            .is_some_and(|status| status.state.is_successful())
    }

    /// Returns the current period of success, or `None` if the deployment is not live.
    #[must_use]
    pub fn live(&self) -> Option<Period> {
        self.periods()
            .pop()
            .filter(|period| period.state.is_successful())
    }

    /// Returns the time at which the deployment last entered this state, or `None` if it never did.
    #[must_use]
    pub fn entered(&self, state: &State) -> Option<Timestamp> {
        let periods = self.periods();
        let last = periods.iter().rfind(|period| period.state == *state)?;
        Some(last.started_at)
    }

    /// Returns the newest status, or `None` if there is none.
    #[must_use]
    pub fn newest(&self) -> Option<&DeploymentStatus> {
        self.statuses.values().next_back()
    }

    /// Returns all statuses, oldest first, each once.
    #[must_use]
    pub fn statuses(&self) -> impl DoubleEndedIterator<Item = &DeploymentStatus> {
        self.statuses.values()
    }
}

impl Extend<DeploymentStatus> for Timeline {
    fn extend<I: IntoIterator<Item = DeploymentStatus>>(&mut self, statuses: I) {
        for status in statuses {
            // Two readings of one status differ in `updated_at` only.
            let known = self.statuses.get(&status.id);
            if known.is_none_or(|known| known.updated_at < status.updated_at) {
                self.statuses.insert(status.id, status);
            }
        }
    }
}

impl FromIterator<DeploymentStatus> for Timeline {
    fn from_iter<I: IntoIterator<Item = DeploymentStatus>>(statuses: I) -> Self {
        let mut timeline = Self::default();
        timeline.extend(statuses);
        timeline
    }
}

impl Serialize for Timeline {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Timeline", 5)?;
        object.serialize_field("live", &self.is_live())?;
        object.serialize_field("retries", &self.retries())?;
        object.serialize_field(
            "duration_seconds",
            &self.duration().map(|time| time.as_secs()),
        )?;
        object.serialize_field("attempts", &self.attempts())?;
        object.serialize_field("periods", &self.periods())?;
        object.end()
    }
}
