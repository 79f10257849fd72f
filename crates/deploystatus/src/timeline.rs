//! What happened to a deployment, from all that was said of it.

mod attempt;
mod stretch;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::{DeploymentStatus, State};

pub use attempt::Attempt;
pub use stretch::Stretch;

/// The history of a deployment: since when in which state, how long it took, how often it was tried, whether it is live.
///
/// It comes from [`Deployment::timeline`](crate::Deployment::timeline), or from statuses that are at hand,
/// which may come in any order, page by page, and more than once:
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
/// let states: Vec<State> = timeline.stretches().into_iter().map(|stretch| stretch.state).collect();
/// assert_eq!(states, [State::Queued, State::InProgress, State::Success]);
/// assert_eq!(timeline.took().map(|time| time.as_secs()), Some(300));
/// assert!(timeline.is_live());
/// # Ok::<_, serde_json::Error>(())
/// ```
///
/// Serialized, it is an object with `live`, `retries`, `took_seconds`, `attempts` and `stretches`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline {
    statuses: BTreeMap<u64, DeploymentStatus>,
}

impl Timeline {
    /// The states one after the other, oldest first; one that was reported several times in a row is one stretch.
    #[must_use]
    pub fn stretches(&self) -> Vec<Stretch> {
        stretch::fold(self.statuses())
    }

    /// The attempts, oldest first.
    ///
    /// The first begins with the first status. Another begins when a deployment that had ended is waiting or running again,
    /// or is a success after all.
    #[must_use]
    pub fn attempts(&self) -> Vec<Attempt> {
        attempt::fold(self.statuses())
    }

    /// How often it was tried again after it had ended.
    #[must_use]
    pub fn retries(&self) -> usize {
        self.attempts().len().saturating_sub(1)
    }

    /// How long it took from the first status to the end of the last attempt; nothing before that end.
    ///
    /// What one attempt took is in [`Attempt::took`].
    #[must_use]
    pub fn took(&self) -> Option<Duration> {
        let attempts = self.attempts();
        let ended = attempts.last()?.ended?;
        Some(between(attempts.first()?.since, ended))
    }

    /// Whether the newest status is a success.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.newest()
            .is_some_and(|status| status.state.is_successful())
    }

    /// The success that it lives on, which tells since when, and by whom; nothing when it is not live.
    #[must_use]
    pub fn live(&self) -> Option<Stretch> {
        self.stretches()
            .pop()
            .filter(|stretch| stretch.state.is_successful())
    }

    /// When it last entered this state.
    #[must_use]
    pub fn since(&self, state: &State) -> Option<Timestamp> {
        let stretches = self.stretches();
        let last = stretches.iter().rfind(|stretch| stretch.state == *state)?;
        Some(last.since)
    }

    /// The newest status; nothing when there is none yet.
    #[must_use]
    pub fn newest(&self) -> Option<&DeploymentStatus> {
        self.statuses.values().next_back()
    }

    /// All statuses, oldest first, each once.
    #[must_use]
    pub fn statuses(&self) -> impl DoubleEndedIterator<Item = &DeploymentStatus> {
        self.statuses.values()
    }
}

/// The time between two moments; none if the server's clock went back.
fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}

impl Extend<DeploymentStatus> for Timeline {
    fn extend<I: IntoIterator<Item = DeploymentStatus>>(&mut self, statuses: I) {
        for status in statuses {
            // The same status at two times differs in nothing but when it was touched last.
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
        object.serialize_field("took_seconds", &self.took().map(|took| took.as_secs()))?;
        object.serialize_field("attempts", &self.attempts())?;
        object.serialize_field("stretches", &self.stretches())?;
        object.end()
    }
}
