//! Which deployments a success makes inactive.

use super::{History, Store};
use crate::Error;
use crate::input::NewStatus;
use crate::record::{Deployment, User};
use crate::switches::{AutoInactive, HadSuccess};

impl Store {
    /// Makes earlier deployments to the same environment inactive.
    pub(super) fn deactivate_prior(
        &mut self,
        deployment_id: u64,
        creator: &User,
        scope: AutoInactive,
        had_success: HadSuccess,
    ) -> Result<(), Error> {
        for id in self.superseded(deployment_id, scope, had_success) {
            self.append(id, NewStatus::new("inactive"), creator)?;
        }
        Ok(())
    }

    fn superseded(
        &self,
        deployment_id: u64,
        scope: AutoInactive,
        had_success: HadSuccess,
    ) -> Vec<u64> {
        let Some(newer) = self.deployment(deployment_id) else {
            return Vec::new();
        };
        let Some(holding) = self.state.repositories.get(&newer.repository_id) else {
            return Vec::new();
        };
        let candidates = match had_success {
            HadSuccess::Latest => holding.successful.get(&newer.environment),
            HadSuccess::Ever => Some(&holding.deployments),
        };
        let prior = candidates
            .into_iter()
            .flat_map(|it| it.range(..deployment_id));
        prior
            .filter_map(|id| self.state.deployments.get(id))
            .filter(|it| is_superseded(&it.deployment, newer, scope) && it.counts(had_success))
            .map(|it| it.deployment.id)
            .collect()
    }
}

impl History {
    fn counts(&self, had_success: HadSuccess) -> bool {
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

fn is_superseded(prior: &Deployment, newer: &Deployment, scope: AutoInactive) -> bool {
    let in_scope = match scope {
        AutoInactive::Documented => !prior.production_environment,
        AutoInactive::Observed => true,
    };
    prior.environment == newer.environment && !prior.transient_environment && in_scope
}
