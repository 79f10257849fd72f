//! Environments, which deployments and statuses create by naming them.

use jiff::Timestamp;

use super::{RepositoryEntry, Store};
use crate::model::Environment;

impl Store {
    /// Deletes an environment, and returns `false` if it does not exist. Its deployments stay.
    pub(crate) fn delete_environment(&mut self, repository_id: u64, name: &str) -> bool {
        let entry = self.entry(repository_id);
        entry.is_ok_and(|it| it.environments.remove(name).is_some())
    }
}

impl RepositoryEntry {
    /// Creates an environment, or updates its time. A new one gets the ID of the object that named it.
    pub(super) fn name_environment(&mut self, name: &str, id: u64, time: Timestamp) {
        if let Some(environment) = self.environments.get_mut(name) {
            environment.updated_at = time;
            return;
        }
        let environment = Environment {
            id,
            name: name.to_owned(),
            created_at: time,
            updated_at: time,
        };
        self.environments.insert(name.to_owned(), environment);
    }
}
