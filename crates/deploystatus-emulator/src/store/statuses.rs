//! Statuses of deployments.

use super::{History, Store, Stored, truncate_to_seconds};
use crate::error::Error;
use crate::model::clock::order_now;
use crate::model::create::NewStatus;
use crate::model::quirks::{AutoInactive, HadSuccess, Quirks};
use crate::model::{Status, User};

/// The quirks that decide about the effects of a new status.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct StatusRules {
    pub(crate) auto_inactive: AutoInactive,
    pub(crate) had_success: HadSuccess,
    pub(crate) max_statuses: Option<usize>,
}

impl From<&Quirks> for StatusRules {
    fn from(quirks: &Quirks) -> StatusRules {
        StatusRules {
            auto_inactive: quirks.auto_inactive,
            had_success: quirks.had_success,
            max_statuses: quirks.max_statuses,
        }
    }
}

impl Store {
    /// Adds a status to a deployment and makes earlier deployments inactive if it is a success.
    pub(crate) fn create_status(
        &mut self,
        deployment_id: u64,
        new: NewStatus,
        creator: &User,
        rules: &StatusRules,
    ) -> Result<Status, Error> {
        let count = self.history(deployment_id).map_or(0, <[_]>::len);
        if let Some(max) = rules.max_statuses.filter(|max| count >= *max) {
            return Err(Error::TooManyStatuses {
                deployment: deployment_id,
                max,
            });
        }
        let deactivates = new.state == "success" && new.auto_inactive != Some(false);
        let status = self.append(deployment_id, new, creator)?;
        if deactivates {
            self.deactivate_earlier(&status, creator, rules)?;
        }
        Ok(status)
    }

    /// Returns all statuses of a deployment, oldest first.
    pub(crate) fn history(&self, deployment_id: u64) -> Option<&[Status]> {
        Some(&self.state.deployments.get(&deployment_id)?.statuses)
    }

    /// Returns the newest statuses of a deployment, oldest first.
    ///
    /// The number of each orders it among all events. It is zero for statuses from a snapshot.
    pub(crate) fn newest_statuses(&self, deployment_id: u64, max: usize) -> Vec<(i64, &Status)> {
        let Some(history) = self.state.deployments.get(&deployment_id) else {
            return Vec::new();
        };
        let orders = history.statuses_stored.iter().rev().map(|it| it.order);
        let orders = orders.chain(std::iter::repeat(0));
        let newest_first = orders.zip(history.statuses.iter().rev()).take(max);
        let mut statuses: Vec<_> = newest_first.collect();
        statuses.reverse();
        statuses
    }

    pub(super) fn append(
        &mut self,
        deployment_id: u64,
        new: NewStatus,
        creator: &User,
    ) -> Result<Status, Error> {
        let now = self.clock.now();
        let next_id = self.state.next_status_id;
        let history = self.state.deployments.get_mut(&deployment_id);
        let history = history.ok_or(Error::UnknownDeployment(deployment_id))?;
        let id = new.id.unwrap_or(next_id);
        history.check_status_id(id)?;
        let environment_before = history.deployment.environment.clone();
        let status = Status {
            id,
            deployment_id,
            state: new.state,
            description: new.description.unwrap_or_default(),
            environment: new
                .environment
                .unwrap_or_else(|| history.inherited_environment()),
            log_url: new.log_url.or(new.target_url).unwrap_or_default(),
            environment_url: new.environment_url.unwrap_or_default(),
            creator: (!new.ghost).then(|| creator.clone()),
            created_at: truncate_to_seconds(new.created_at.unwrap_or(now)),
        };
        history.push(status.clone());
        let order = order_now();
        history.statuses_stored.push(Stored { at: now, order });
        self.state.next_status_id = next_id.max(id.saturating_add(1));
        self.update_entry(&environment_before, &status)?;
        Ok(status)
    }

    /// Updates the environments and the index of successful deployments after a new status.
    fn update_entry(&mut self, environment_before: &str, status: &Status) -> Result<(), Error> {
        let id = status.deployment_id;
        let deployment = self.deployment(id).ok_or(Error::UnknownDeployment(id))?;
        let entry = self.entry(deployment.repository_id)?;
        if let Some(ids) = entry.successful.get_mut(environment_before) {
            ids.remove(&id);
        }
        entry.name_environment(&status.environment, status.id, status.created_at);
        if status.state == "success" {
            let environment = status.environment.clone();
            entry.successful.entry(environment).or_default().insert(id);
        }
        Ok(())
    }
}

impl History {
    pub(super) fn is_successful(&self) -> bool {
        self.statuses.last().is_some_and(|it| it.state == "success")
    }

    fn check_status_id(&self, id: u64) -> Result<(), Error> {
        match self.statuses.last() {
            Some(last) if last.id >= id => Err(Error::InvalidStatusId { id, last: last.id }),
            _ => Ok(()),
        }
    }

    fn inherited_environment(&self) -> String {
        let latest = self.statuses.last().map(|it| &it.environment);
        latest.unwrap_or(&self.deployment.environment).clone()
    }

    fn push(&mut self, status: Status) {
        self.deployment.updated_at = status.created_at;
        self.deployment.environment.clone_from(&status.environment);
        self.statuses.push(status);
    }
}
