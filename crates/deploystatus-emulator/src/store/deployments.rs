//! Deployments of repositories.

use sha1::{Digest, Sha1};

use super::{History, Store, truncate_to_seconds};
use crate::error::Error;
use crate::model::create::NewDeployment;
use crate::model::{Deployment, Repository, User, hex};

/// A filter for lists of deployments. A field that is `None` matches all deployments.
#[derive(Clone, Debug, Default)]
pub(crate) struct DeploymentFilter {
    pub(crate) environment: Option<String>,
    pub(crate) reference: Option<String>,
    pub(crate) sha: Option<String>,
    pub(crate) task: Option<String>,
}

/// The reason why a deployment was not deleted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum DeleteError {
    Unknown,
    Active,
}

impl Store {
    /// Adds a deployment to a repository.
    pub(crate) fn create_deployment(
        &mut self,
        repository_id: u64,
        new: NewDeployment,
        creator: User,
    ) -> Result<Deployment, Error> {
        self.entry(repository_id)?;
        let id = new.id.unwrap_or(self.state.next_deployment_id);
        if self.state.deployments.contains_key(&id) {
            return Err(Error::DeploymentExists(id));
        }
        let created_at = new
            .created_at
            .map_or_else(|| self.now(), truncate_to_seconds);
        let is_production = new.environment == "production";
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
            production_environment: new.production_environment.unwrap_or(is_production),
        };
        let next_id = &mut self.state.next_deployment_id;
        *next_id = (*next_id).max(id.saturating_add(1));
        let entry = self.entry(repository_id)?;
        entry.deployments.insert(id);
        entry.name_environment(&deployment.environment, id, created_at);
        let history = History {
            deployment: deployment.clone(),
            statuses: Vec::new(),
            stored_at: Some(self.clock.now()),
            statuses_stored: Vec::new(),
        };
        self.state.deployments.insert(id, history);
        Ok(deployment)
    }

    /// Returns the deployment with this ID, of any repository.
    pub(crate) fn deployment(&self, id: u64) -> Option<&Deployment> {
        Some(&self.state.deployments.get(&id)?.deployment)
    }

    /// Returns the deployment with this ID, if it belongs to the repository.
    pub(crate) fn deployment_in(&self, repository_id: u64, id: u64) -> Option<&Deployment> {
        self.deployment(id)
            .filter(|deployment| deployment.repository_id == repository_id)
    }

    /// Returns all deployments, oldest first.
    pub(crate) fn deployments(&self) -> impl Iterator<Item = &Deployment> {
        self.state.deployments.values().map(|it| &it.deployment)
    }

    /// Returns the newest deployments of all repositories, newest first.
    pub(crate) fn newest_deployments(&self, max: usize) -> impl Iterator<Item = &Deployment> {
        let newest_first = self.state.deployments.values().rev();
        newest_first.map(|it| &it.deployment).take(max)
    }

    /// Returns the full name of a deployment's repository.
    pub(crate) fn repository_name(&self, deployment: &Deployment) -> String {
        let repository = self.repository(deployment.repository_id);
        repository.map(Repository::full_name).unwrap_or_default()
    }

    /// Deletes a deployment, unless it is active and the repository has others.
    pub(crate) fn delete_deployment(
        &mut self,
        repository_id: u64,
        id: u64,
    ) -> Result<(), DeleteError> {
        let history = self.state.deployments.get(&id);
        let history = history.ok_or(DeleteError::Unknown)?;
        if history.deployment.repository_id != repository_id {
            return Err(DeleteError::Unknown);
        }
        let is_active = history.is_successful();
        let environment = history.deployment.environment.clone();
        let entry = self.entry(repository_id);
        let entry = entry.map_err(|_| DeleteError::Unknown)?;
        if is_active && entry.deployments.len() > 1 {
            return Err(DeleteError::Active);
        }
        entry.deployments.remove(&id);
        if let Some(successful) = entry.successful.get_mut(&environment) {
            successful.remove(&id);
        }
        self.state.deployments.remove(&id);
        Ok(())
    }
}

impl DeploymentFilter {
    pub(super) fn matches_all(&self) -> bool {
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

    pub(super) fn matches(&self, deployment: &Deployment) -> bool {
        let matches = |wanted: &Option<String>, value: &str| {
            wanted.as_deref().is_none_or(|wanted| wanted == value)
        };
        matches(&self.environment, &deployment.environment)
            && matches(&self.reference, &deployment.reference)
            && matches(&self.sha, &deployment.sha)
            && matches(&self.task, &deployment.task)
    }
}

/// Returns the reference itself if it is a SHA, and otherwise a hash of its short name.
fn commit_of(reference: &str) -> String {
    let is_commit = reference.len() == 40 && reference.bytes().all(|it| it.is_ascii_hexdigit());
    if is_commit {
        reference.to_lowercase()
    } else {
        hex(&Sha1::digest(short_name(reference)))
    }
}

/// Returns the name of a branch or tag: `refs/heads/main` and `heads/main` are `main`.
fn short_name(reference: &str) -> &str {
    let name = reference.strip_prefix("refs/").unwrap_or(reference);
    ["heads/", "tags/"]
        .iter()
        .find_map(|prefix| name.strip_prefix(prefix))
        .unwrap_or(reference)
}
