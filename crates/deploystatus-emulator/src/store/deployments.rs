//! Deployments, stored and found.

use sha1::{Digest, Sha1};

use super::{History, Store, to_the_second};
use crate::Error;
use crate::input::NewDeployment;
use crate::pagination::Page;
use crate::record::{Deployment, User};

/// Which deployments a listing shows; none of the fields means all.
#[derive(Clone, Debug, Default)]
pub(crate) struct DeploymentFilter {
    pub(crate) environment: Option<String>,
    pub(crate) reference: Option<String>,
    pub(crate) sha: Option<String>,
    pub(crate) task: Option<String>,
}

/// Why a deployment was not deleted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Unknown,
    Active,
}

impl Store {
    /// Adds a deployment.
    pub(crate) fn create_deployment(
        &mut self,
        repository_id: u64,
        new: NewDeployment,
        creator: User,
    ) -> Result<Deployment, Error> {
        self.holding(repository_id)?;
        let id = new.id.unwrap_or(self.state.next_deployment_id);
        if self.state.deployments.contains_key(&id) {
            return Err(Error::IdNotRising(id));
        }
        let created_at = new.created_at.map_or_else(|| self.now(), to_the_second);
        let production = new.environment == "production";
        let deployment = Deployment {
            id,
            repository_id,
            sha: new.sha.unwrap_or_else(|| commit_of(&new.reference)),
            reference: new.reference,
            task: new.task,
            payload: new.payload,
            original_environment: new.environment.clone(),
            environment: new.environment,
            description: new.description,
            creator: Some(creator),
            created_at,
            updated_at: created_at,
            transient_environment: new.transient_environment,
            production_environment: new.production_environment.unwrap_or(production),
        };
        let next_id = &mut self.state.next_deployment_id;
        *next_id = (*next_id).max(id.saturating_add(1));
        self.holding(repository_id)?.deployments.insert(id);
        let history = History {
            deployment: deployment.clone(),
            statuses: Vec::new(),
        };
        self.state.deployments.insert(id, history);
        Ok(deployment)
    }

    /// The deployment of this number, whichever repository it belongs to.
    pub(crate) fn deployment(&self, id: u64) -> Option<&Deployment> {
        Some(&self.state.deployments.get(&id)?.deployment)
    }

    /// The deployment of this number, if it belongs to this repository.
    pub(crate) fn deployment_in(&self, repository_id: u64, id: u64) -> Option<&Deployment> {
        self.deployment(id)
            .filter(|deployment| deployment.repository_id == repository_id)
    }

    /// All deployments, oldest first.
    pub(crate) fn deployments(&self) -> impl Iterator<Item = &Deployment> {
        self.state.deployments.values().map(|it| &it.deployment)
    }

    /// One page of a repository's deployments, newest first, and how many there are in all.
    pub(crate) fn list_deployments(
        &self,
        repository_id: u64,
        filter: &DeploymentFilter,
        page: Page,
    ) -> (Vec<Deployment>, usize) {
        let Some(holding) = self.state.repositories.get(&repository_id) else {
            return (Vec::new(), 0);
        };
        let newest_first = holding.deployments.iter().rev();
        let deployments = newest_first.filter_map(|id| self.deployment(*id));
        if filter.shows_all() {
            let shown = deployments.skip(page.skipped()).take(page.size());
            return (shown.cloned().collect(), holding.deployments.len());
        }
        let matching: Vec<_> = deployments.filter(|it| filter.shows(it)).collect();
        let shown = matching.iter().skip(page.skipped()).take(page.size());
        (shown.copied().cloned().collect(), matching.len())
    }

    /// Deletes a deployment; an active one only if it is the only one.
    pub(crate) fn delete_deployment(&mut self, repository_id: u64, id: u64) -> Result<(), Refusal> {
        let history = self.state.deployments.get(&id).ok_or(Refusal::Unknown)?;
        if history.deployment.repository_id != repository_id {
            return Err(Refusal::Unknown);
        }
        let active = history.is_successful();
        let environment = history.deployment.environment.clone();
        let holding = self.holding(repository_id).map_err(|_| Refusal::Unknown)?;
        if active && holding.deployments.len() > 1 {
            return Err(Refusal::Active);
        }
        holding.deployments.remove(&id);
        if let Some(successful) = holding.successful.get_mut(&environment) {
            successful.remove(&id);
        }
        self.state.deployments.remove(&id);
        Ok(())
    }
}

impl DeploymentFilter {
    fn shows_all(&self) -> bool {
        let DeploymentFilter {
            environment,
            reference,
            sha,
            task,
        } = self;
        [environment, reference, sha, task]
            .iter()
            .all(|it| it.is_none())
    }

    fn shows(&self, deployment: &Deployment) -> bool {
        let matches = |wanted: &Option<String>, value: &str| {
            wanted.as_deref().is_none_or(|wanted| wanted == value)
        };
        matches(&self.environment, &deployment.environment)
            && matches(&self.reference, &deployment.reference)
            && matches(&self.sha, &deployment.sha)
            && matches(&self.task, &deployment.task)
    }
}

/// A commit for a reference: itself if it is one, and always the same one otherwise.
fn commit_of(reference: &str) -> String {
    let is_commit = reference.len() == 40 && reference.bytes().all(|it| it.is_ascii_hexdigit());
    if is_commit {
        reference.to_lowercase()
    } else {
        crate::hex::encode(&Sha1::digest(reference))
    }
}
