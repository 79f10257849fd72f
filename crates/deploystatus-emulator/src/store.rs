//! The stored repositories, deployments and statuses, and the rules between them.
//!
//! The store knows no HTTP and never waits.

mod auto_inactive;
mod consistency;

pub(crate) mod deployments;
pub(crate) mod environments;
pub(crate) mod replica;
pub(crate) mod repositories;
pub(crate) mod snapshot;
pub(crate) mod statuses;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::clock::Clock;
use crate::model::{Deployment, Environment, Repository, Status, User, UserKind};

/// The stored objects and the clock that dates them.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    clock: Clock,
    state: State,
}

/// The content of a snapshot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    next_deployment_id: u64,
    next_status_id: u64,
    next_user_id: u64,
    /// By login in lower case.
    users: BTreeMap<String, User>,
    repositories: BTreeMap<u64, RepositoryEntry>,
    /// Full names in lower case.
    names: BTreeMap<String, u64>,
    /// Former full names in lower case, which redirect until another repository takes them.
    former_names: BTreeMap<String, u64>,
    deployments: BTreeMap<u64, History>,
}

/// A repository with the indexes that belong to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct RepositoryEntry {
    repository: Repository,
    deployments: BTreeSet<u64>,
    /// The deployments whose newest status is a success, by environment,
    /// so that the cost of a success does not grow with the number of deployments.
    successful: BTreeMap<String, BTreeSet<u64>>,
    /// The environments that deployments and statuses named, by name.
    #[serde(default)]
    environments: BTreeMap<String, Environment>,
}

/// A deployment with its statuses, oldest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct History {
    deployment: Deployment,
    statuses: Vec<Status>,
    /// Time at which the deployment was stored, or `None` if it comes from a snapshot.
    #[serde(skip)]
    stored_at: Option<Timestamp>,
    /// Times at which the last statuses were stored. Statuses from a snapshot have none.
    #[serde(skip)]
    statuses_stored: Vec<Stored>,
}

/// Time at which an object was stored.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stored {
    at: Timestamp,
    order: i64,
}

/// GitHub's IDs passed 2^32 in 2024, so tests should run with such IDs.
const FIRST_DEPLOYMENT_ID: u64 = 4_400_000_001;
const FIRST_STATUS_ID: u64 = 5_000_000_001;
const FIRST_USER_ID: u64 = 583_231;

impl Store {
    pub(crate) fn new(clock: Clock) -> Store {
        Store::with_state(clock, State::empty())
    }

    pub(crate) fn with_state(clock: Clock, state: State) -> Store {
        Store { clock, state }
    }

    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    /// Returns the user with this login, and creates it if necessary.
    pub(crate) fn user(&mut self, login: &str) -> User {
        let kind = if login.ends_with("[bot]") {
            UserKind::Bot
        } else {
            UserKind::User
        };
        self.account(login, kind)
    }

    fn account(&mut self, login: &str, kind: UserKind) -> User {
        let state = &mut self.state;
        let next_user_id = &mut state.next_user_id;
        state
            .users
            .entry(login.to_lowercase())
            .or_insert_with(|| {
                let id = *next_user_id;
                *next_user_id = next_user_id.saturating_add(1);
                User {
                    id,
                    login: login.to_owned(),
                    kind,
                }
            })
            .clone()
    }

    fn now(&self) -> Timestamp {
        truncate_to_seconds(self.clock.now())
    }

    /// Sets the ID of the next status, if there are no deployments yet.
    pub(crate) fn set_next_status_id(&mut self, id: u64) {
        if self.state.deployments.is_empty() {
            self.state.next_status_id = id;
        }
    }
}

impl State {
    fn empty() -> State {
        State {
            next_deployment_id: FIRST_DEPLOYMENT_ID,
            next_status_id: FIRST_STATUS_ID,
            next_user_id: FIRST_USER_ID,
            users: BTreeMap::new(),
            repositories: BTreeMap::new(),
            names: BTreeMap::new(),
            former_names: BTreeMap::new(),
            deployments: BTreeMap::new(),
        }
    }
}

/// GitHub's times have no fraction of a second.
fn truncate_to_seconds(time: Timestamp) -> Timestamp {
    // The fraction of a time before 1970 is negative.
    let second = time.as_second() - i64::from(time.subsec_nanosecond() < 0);
    Timestamp::from_second(second).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rounded_down_to_seconds() {
        for (time, truncated) in [
            ("2026-01-01T00:00:07.999Z", "2026-01-01T00:00:07Z"),
            ("2026-01-01T00:00:07Z", "2026-01-01T00:00:07Z"),
            ("1969-12-31T23:59:58.001Z", "1969-12-31T23:59:58Z"),
            ("1969-12-31T23:59:58Z", "1969-12-31T23:59:58Z"),
        ] {
            let time: Timestamp = time.parse().unwrap();
            assert_eq!(truncate_to_seconds(time).to_string(), truncated);
        }
    }
}
