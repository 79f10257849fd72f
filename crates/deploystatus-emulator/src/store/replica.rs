//! Reads from a replica, which shows an earlier state.

use std::collections::HashMap;

use jiff::Timestamp;

use super::deployments::DeploymentFilter;
use super::{History, RepositoryEntry, Store};
use crate::model::page::Page;
use crate::model::{Deployment, Environment, Status};

/// The state that a read shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Replica<'a> {
    store: &'a Store,
    /// Time of the shown state, or `None` for the current one.
    time: Option<Timestamp>,
}

impl Store {
    /// Returns the state as it was at a time, or the current state.
    pub(crate) fn replica(&self, time: Option<Timestamp>) -> Replica<'_> {
        Replica { store: self, time }
    }

    /// Makes a deployment and its statuses visible to all reads.
    pub(crate) fn make_visible(&mut self, deployment_id: u64) {
        let Some(history) = self.state.deployments.get_mut(&deployment_id) else {
            return;
        };
        history.stored_at = None;
        // A replica that shows a status also shows all earlier ones.
        if let Some(stored) = history.statuses_stored.last_mut() {
            stored.at = Timestamp::MIN;
        }
    }
}

impl Replica<'_> {
    /// Returns `true` if the repository has a deployment with this ID.
    pub(crate) fn has_deployment(&self, repository_id: u64, id: u64) -> bool {
        self.store.deployment_in(repository_id, id).is_some()
            && self
                .history(id)
                .is_some_and(|it| it.is_stored_at(self.time))
    }

    /// Returns the deployment with this ID, if it belongs to the repository.
    pub(crate) fn deployment(&self, repository_id: u64, id: u64) -> Option<Deployment> {
        self.store.deployment_in(repository_id, id)?;
        self.visible(id)
    }

    /// Returns one page of a repository's deployments, newest first, and the number of all that match.
    pub(crate) fn list_deployments(
        &self,
        repository_id: u64,
        filter: &DeploymentFilter,
        page: Page,
    ) -> (Vec<Deployment>, usize) {
        let Some(entry) = self.store.state.repositories.get(&repository_id) else {
            return (Vec::new(), 0);
        };
        let newest_first = entry.deployments.iter().rev();
        let deployments = newest_first.filter_map(|id| self.visible(*id));
        if self.time.is_none() && filter.matches_all() {
            let shown = deployments.skip(page.offset()).take(page.size());
            return (shown.collect(), entry.deployments.len());
        }
        let matching: Vec<_> = deployments.filter(|it| filter.matches(it)).collect();
        let total = matching.len();
        let shown = matching.into_iter().skip(page.offset()).take(page.size());
        (shown.collect(), total)
    }

    /// Returns one page of a deployment's statuses, newest first, and the number of all.
    pub(crate) fn list_statuses(
        &self,
        deployment_id: u64,
        page: Page,
    ) -> Option<(Vec<Status>, usize)> {
        let statuses = self.history(deployment_id)?.statuses_at(self.time);
        let newest_first = statuses.iter().rev();
        let shown = newest_first.skip(page.offset()).take(page.size());
        Some((shown.cloned().collect(), statuses.len()))
    }

    /// Returns the status with this ID, if it belongs to the deployment.
    pub(crate) fn status(&self, deployment_id: u64, id: u64) -> Option<Status> {
        let statuses = self.history(deployment_id)?.statuses_at(self.time);
        let index = statuses.binary_search_by_key(&id, |it| it.id).ok()?;
        Some(statuses[index].clone())
    }

    /// Returns the environments of a repository, ordered by name.
    pub(crate) fn environments(&self, repository_id: u64) -> Vec<Environment> {
        let Some(entry) = self.store.state.repositories.get(&repository_id) else {
            return Vec::new();
        };
        let environments = entry.environments.values().cloned();
        let Some(time) = self.time else {
            return environments.collect();
        };
        let updates = self.environment_updates(entry, time);
        environments
            .filter_map(|environment| match updates.get(environment.name.as_str()) {
                // Its deployments were deleted.
                None => Some(environment),
                Some(None) => None,
                Some(Some(updated_at)) => Some(Environment {
                    updated_at: *updated_at,
                    ..environment
                }),
            })
            .collect()
    }

    /// Returns the environment with this name.
    pub(crate) fn environment(&self, repository_id: u64, name: &str) -> Option<Environment> {
        let environments = self.environments(repository_id);
        environments.into_iter().find(|it| it.name == name)
    }

    /// Returns the time of the last visible object that names each environment, or `None` if none is visible.
    fn environment_updates<'b>(
        &'b self,
        entry: &RepositoryEntry,
        time: Timestamp,
    ) -> HashMap<&'b str, Option<Timestamp>> {
        let mut updates: HashMap<&str, Option<Timestamp>> = HashMap::new();
        for history in entry.deployments.iter().filter_map(|id| self.history(*id)) {
            let deployment = &history.deployment;
            let created_at = history
                .is_stored_at(Some(time))
                .then_some(deployment.created_at);
            let visible = history.statuses_at(Some(time)).len();
            let statuses = history.statuses.iter().enumerate();
            let statuses = statuses.map(|(index, status)| {
                let created_at = (index < visible).then_some(status.created_at);
                (&status.environment, created_at)
            });
            for (name, time) in statuses.chain([(&deployment.original_environment, created_at)]) {
                let update = updates.entry(name).or_default();
                *update = (*update).max(time);
            }
        }
        updates
    }

    fn visible(&self, id: u64) -> Option<Deployment> {
        self.history(id)?.deployment_at(self.time)
    }

    fn history(&self, id: u64) -> Option<&History> {
        self.store.state.deployments.get(&id)
    }
}

impl History {
    fn is_stored_at(&self, time: Option<Timestamp>) -> bool {
        let Some((stored_at, time)) = self.stored_at.zip(time) else {
            return true;
        };
        stored_at <= time
    }

    /// Returns the statuses that were stored by a time. `None` is the current time.
    fn statuses_at(&self, time: Option<Timestamp>) -> &[Status] {
        let Some(time) = time else {
            return &self.statuses;
        };
        let newest_first = self.statuses_stored.iter().rev();
        let hidden = newest_first.take_while(|it| it.at > time).count();
        &self.statuses[..self.statuses.len() - hidden]
    }

    /// Returns the deployment as it was at a time, or `None` if it was not stored yet.
    fn deployment_at(&self, time: Option<Timestamp>) -> Option<Deployment> {
        if !self.is_stored_at(time) {
            return None;
        }
        let mut deployment = self.deployment.clone();
        if time.is_none() {
            return Some(deployment);
        }
        let latest = self.statuses_at(time).last();
        let environment = latest.map_or(&deployment.original_environment, |it| &it.environment);
        deployment.environment.clone_from(environment);
        deployment.updated_at = latest.map_or(deployment.created_at, |it| it.created_at);
        Some(deployment)
    }
}
