//! The state and its rules, without HTTP and without waiting.

mod auto_inactive;
mod deployments;
mod repositories;
mod soundness;
mod statuses;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, Unit};
use serde::{Deserialize, Serialize};

pub(crate) use deployments::{DeploymentFilter, Refusal};
pub(crate) use repositories::Found;

use crate::clock::Clock;
use crate::record::{Deployment, Repository, Status, User, UserKind};

/// Repositories, deployments and statuses, and the clock that dates them.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    clock: Clock,
    state: State,
}

/// Everything worth a snapshot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    next_deployment_id: u64,
    next_status_id: u64,
    next_user_id: u64,
    /// By login in lower case.
    users: BTreeMap<String, User>,
    repositories: BTreeMap<u64, Holding>,
    /// Full names in lower case.
    names: BTreeMap<String, u64>,
    /// Names given up in a rename, which redirect until somebody takes them.
    former_names: BTreeMap<String, u64>,
    deployments: BTreeMap<u64, History>,
}

/// A repository with what is found from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Holding {
    repository: Repository,
    /// Oldest first.
    deployments: BTreeSet<u64>,
    /// The deployments whose latest status is a success, by environment,
    /// so that a success need not look at all deployments.
    successful: BTreeMap<String, BTreeSet<u64>>,
}

/// A deployment with its statuses, oldest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct History {
    deployment: Deployment,
    statuses: Vec<Status>,
}

/// Identifiers passed 2^32 in 2024; a test that holds with these holds with GitHub's.
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

    /// The user of this login, who is made up on first sight.
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

    /// Now, to the second, which is all GitHub tells.
    fn now(&self) -> Timestamp {
        to_the_second(self.clock.now())
    }

    /// Gives statuses identifiers from this one on, unless some were given before.
    pub(crate) fn begin_status_ids(&mut self, id: u64) {
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

fn to_the_second(time: Timestamp) -> Timestamp {
    let floor = jiff::TimestampRound::new()
        .smallest(Unit::Second)
        .mode(jiff::RoundMode::Floor);
    time.round(floor).unwrap_or(time)
}
