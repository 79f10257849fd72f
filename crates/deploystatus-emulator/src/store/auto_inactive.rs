//! The deployments that a success makes inactive.

use super::statuses::StatusRules;
use super::{History, Store};
use crate::error::Error;
use crate::model::create::NewStatus;
use crate::model::quirks::{AutoInactive, HadSuccess};
use crate::model::{Deployment, Status, User};

impl Store {
    /// Makes earlier deployments to the same environment inactive.
    pub(super) fn deactivate_earlier(
        &mut self,
        success: &Status,
        creator: &User,
        rules: &StatusRules,
    ) -> Result<(), Error> {
        for id in self.superseded(success.deployment_id, rules) {
            let inactive = NewStatus::new("inactive").created_at(success.created_at);
            self.append(id, inactive, creator)?;
        }
        Ok(())
    }

    fn superseded(&self, deployment_id: u64, rules: &StatusRules) -> Vec<u64> {
        let Some(newer) = self.deployment(deployment_id) else {
            return Vec::new();
        };
        let Some(entry) = self.state.repositories.get(&newer.repository_id) else {
            return Vec::new();
        };
        let candidates = match rules.had_success {
            HadSuccess::Latest => entry.successful.get(&newer.environment),
            HadSuccess::Ever => Some(&entry.deployments),
        };
        let earlier = candidates
            .into_iter()
            .flat_map(|ids| ids.range(..deployment_id));
        earlier
            .filter_map(|id| self.state.deployments.get(id))
            .filter(|it| is_superseded(&it.deployment, newer, rules.auto_inactive))
            .filter(|it| it.had_success(rules.had_success))
            .map(|it| it.deployment.id)
            .collect()
    }
}

impl History {
    fn had_success(&self, had_success: HadSuccess) -> bool {
        match had_success {
            HadSuccess::Latest => self.is_successful(),
            HadSuccess::Ever => {
                let latest = self.statuses.last();
                latest.is_some_and(|it| it.state != "inactive")
                    && self.statuses.iter().any(|it| it.state == "success")
            }
        }
    }
}

fn is_superseded(earlier: &Deployment, newer: &Deployment, scope: AutoInactive) -> bool {
    let is_in_scope = match scope {
        AutoInactive::Documented => !earlier.production_environment,
        AutoInactive::Observed => true,
    };
    earlier.environment == newer.environment && !earlier.transient_environment && is_in_scope
}
