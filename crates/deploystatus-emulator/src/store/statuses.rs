use super::{History, Store, to_the_second};
use crate::Error;
use crate::input::NewStatus;
use crate::pagination::Page;
use crate::record::{Status, User};
use crate::switches::{AutoInactive, HadSuccess};

impl Store {
    /// Adds a status to a deployment, with all that follows from it.
    pub(crate) fn create_status(
        &mut self,
        deployment_id: u64,
        new: NewStatus,
        creator: &User,
        scope: AutoInactive,
        had_success: HadSuccess,
    ) -> Result<Status, Error> {
        let wants_inactive = new.state == "success" && new.auto_inactive != Some(false);
        let status = self.append(deployment_id, new, creator)?;
        if wants_inactive {
            self.deactivate_prior(deployment_id, creator, scope, had_success)?;
        }
        Ok(status)
    }

    /// One page of a deployment's statuses, newest first, and how many there are in all.
    pub(crate) fn list_statuses(
        &self,
        deployment_id: u64,
        page: Page,
    ) -> Option<(Vec<Status>, usize)> {
        let statuses = &self.state.deployments.get(&deployment_id)?.statuses;
        let newest_first = statuses.iter().rev();
        let shown = newest_first.skip(page.skipped()).take(page.size());
        Some((shown.cloned().collect(), statuses.len()))
    }

    /// One status, if it belongs to this deployment.
    pub(crate) fn status(&self, deployment_id: u64, id: u64) -> Option<Status> {
        let statuses = &self.state.deployments.get(&deployment_id)?.statuses;
        let index = statuses.binary_search_by_key(&id, |it| it.id).ok()?;
        Some(statuses[index].clone())
    }

    /// All statuses of a deployment, oldest first.
    pub(crate) fn history(&self, deployment_id: u64) -> Option<&[Status]> {
        Some(&self.state.deployments.get(&deployment_id)?.statuses)
    }

    pub(super) fn append(
        &mut self,
        deployment_id: u64,
        new: NewStatus,
        creator: &User,
    ) -> Result<Status, Error> {
        let now = self.now();
        let next_id = self.state.next_status_id;
        let history = self.state.deployments.get_mut(&deployment_id);
        let history = history.ok_or(Error::UnknownDeployment(deployment_id))?;
        let id = new.id.unwrap_or(next_id);
        if history.statuses.last().is_some_and(|last| last.id >= id) {
            return Err(Error::IdNotRising(id));
        }
        let before = history.deployment.environment.clone();
        let environment = new.environment.unwrap_or_else(|| {
            let previous = history.statuses.last();
            previous.map_or_else(|| before.clone(), |it| it.environment.clone())
        });
        let created_at = new.created_at.map_or(now, to_the_second);
        let status = Status {
            id,
            deployment_id,
            state: new.state,
            description: new.description.unwrap_or_default(),
            environment,
            log_url: new.log_url.or(new.target_url).unwrap_or_default(),
            environment_url: new.environment_url.unwrap_or_default(),
            creator: (!new.ghost).then(|| creator.clone()),
            created_at,
        };
        history.statuses.push(status.clone());
        history.deployment.updated_at = created_at;
        history
            .deployment
            .environment
            .clone_from(&status.environment);
        let repository_id = history.deployment.repository_id;
        let successful = history.is_successful();
        // Identifiers given from now on are higher.
        self.state.next_status_id = next_id.max(id.saturating_add(1));
        let holding = self.holding(repository_id)?;
        if let Some(others) = holding.successful.get_mut(&before) {
            others.remove(&deployment_id);
        }
        if successful {
            let environment = status.environment.clone();
            let others = holding.successful.entry(environment).or_default();
            others.insert(deployment_id);
        }
        Ok(status)
    }
}

impl History {
    pub(super) fn is_successful(&self) -> bool {
        self.statuses.last().is_some_and(|it| it.state == "success")
    }
}
