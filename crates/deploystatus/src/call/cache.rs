//! Data about deployments that a client keeps between calls, with a bound on its size.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use reqwest::Url;
use reqwest::header::HeaderValue;

use crate::model::account::Account;
use crate::model::deployment_status::DeploymentStatus;
use crate::model::repository_name::RepositoryName;

/// The deployments of a client, by repository (without case) and ID.
///
/// All handles for one deployment share its state, so that no handle adopts a status that another one has created.
#[derive(Debug, Default)]
pub(crate) struct Cache(Mutex<HashMap<(String, i64), Arc<DeploymentState>>>);

/// Number of deployments at which those without a handle are removed.
const MAX_UNUSED: usize = 1000;

impl Cache {
    pub(crate) fn deployment(&self, name: &RepositoryName, id: i64) -> Arc<DeploymentState> {
        let mut deployments = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if deployments.len() >= MAX_UNUSED {
            deployments.retain(|_, state| Arc::strong_count(state) > 1);
        }
        let key = (name.to_lowercase(), id);
        Arc::clone(deployments.entry(key).or_default())
    }
}

/// Data about one deployment that all its handles share.
#[derive(Debug, Default)]
pub(crate) struct DeploymentState {
    notes: Mutex<Notes>,
    /// Held during a creation, so that creations for one deployment take turns.
    pub(crate) turn: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Notes {
    moved_to: Option<Url>,
    cached: VecDeque<CachedResponse>,
    accounts: VecDeque<Account>,
    returned: VecDeque<u64>,
    highest_id: Option<u64>,
}

/// A decoded response and its `ETag`, for conditional requests.
#[derive(Clone, Debug)]
pub(crate) struct CachedResponse {
    pub(crate) resource: Resource,
    pub(crate) etag: HeaderValue,
    pub(crate) statuses: Vec<DeploymentStatus>,
}

/// A resource whose response is cached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resource {
    Newest,
    Status(u64),
}

const MAX_CACHED: usize = 16;
const MAX_ACCOUNTS: usize = 16;
/// More statuses than a client can create within the time that a search covers.
const MAX_RETURNED: usize = 1000;

impl DeploymentState {
    /// Returns the new URL of the statuses, or `None` if the repository was not renamed.
    pub(crate) fn moved_to(&self) -> Option<Url> {
        self.notes().moved_to.clone()
    }

    /// Sets the new URL of the statuses and returns `true` if it has changed.
    pub(crate) fn set_moved_to(&self, url: Option<Url>) -> bool {
        let mut notes = self.notes();
        let has_changed = notes.moved_to != url;
        notes.moved_to = url;
        has_changed
    }

    pub(crate) fn cached(&self, resource: Resource) -> Option<CachedResponse> {
        let notes = self.notes();
        let cached = notes.cached.iter().find(|other| other.resource == resource);
        cached.cloned()
    }

    pub(crate) fn cache(&self, response: CachedResponse) {
        let mut notes = self.notes();
        notes
            .cached
            .retain(|other| other.resource != response.resource);
        notes.cached.push_front(response);
        notes.cached.truncate(MAX_CACHED);
    }

    /// Records the IDs of received statuses, and makes equal accounts share their memory.
    pub(crate) fn note(&self, statuses: &mut [DeploymentStatus]) {
        let mut notes = self.notes();
        for status in statuses {
            notes.highest_id = notes.highest_id.max(Some(status.id));
            if let Some(creator) = &mut status.creator {
                notes.share(creator);
            }
        }
    }

    /// Records the ID of a status that a creation has returned to its caller.
    pub(crate) fn note_returned(&self, id: u64) {
        let mut notes = self.notes();
        notes.highest_id = notes.highest_id.max(Some(id));
        notes.returned.push_front(id);
        notes.returned.truncate(MAX_RETURNED);
    }

    /// Returns `true` if a creation has already returned this ID.
    pub(crate) fn was_returned(&self, id: u64) -> bool {
        self.notes().returned.contains(&id)
    }

    /// Returns `true` if a creation of this client has returned a status.
    pub(crate) fn has_returned(&self) -> bool {
        !self.notes().returned.is_empty()
    }

    /// Returns the highest ID that any response contained.
    pub(crate) fn highest_id(&self) -> Option<u64> {
        self.notes().highest_id
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Notes {
    fn share(&mut self, account: &mut Account) {
        if let Some(known) = self
            .accounts
            .iter()
            .find(|known| known.json() == account.json())
        {
            account.clone_from(known);
        } else {
            self.accounts.push_front(account.clone());
            self.accounts.truncate(MAX_ACCOUNTS);
        }
    }
}
