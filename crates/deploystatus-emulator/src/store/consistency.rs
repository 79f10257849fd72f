//! Check of a state that was read from a file.

use super::{History, RepositoryEntry, State};

impl State {
    /// Returns the first contradiction in the state, or `None` if it is consistent.
    ///
    /// An inconsistent snapshot was changed by another program. Continuing from it would lose data.
    pub(crate) fn contradiction(&self) -> Option<String> {
        let mut repositories = self.repositories.iter();
        let mut deployments = self.deployments.iter();
        repositories
            .find_map(|(id, entry)| self.repository_contradiction(*id, entry))
            .or_else(|| self.dangling_name())
            .or_else(|| deployments.find_map(|(id, it)| self.deployment_contradiction(*id, it)))
            .or_else(|| self.next_id_contradiction())
    }

    fn repository_contradiction(&self, id: u64, entry: &RepositoryEntry) -> Option<String> {
        let inner = entry.repository.id;
        if inner != id {
            return Some(format!("repository {inner} has the key {id}"));
        }
        let belongs_here = |id: &u64| {
            let history = self.deployments.get(id);
            history.is_some_and(|it| it.deployment.repository_id == inner)
        };
        let stray = entry.deployments.iter().find(|id| !belongs_here(id))?;
        Some(format!("repository {id} has no deployment {stray}"))
    }

    fn dangling_name(&self) -> Option<String> {
        let mut ids = self.names.values();
        let id = ids.find(|id| !self.repositories.contains_key(id))?;
        Some(format!(
            "a name belongs to repository {id}, which is missing"
        ))
    }

    fn deployment_contradiction(&self, id: u64, history: &History) -> Option<String> {
        let deployment = &history.deployment;
        if deployment.id != id {
            return Some(format!("deployment {} has the key {id}", deployment.id));
        }
        let repository = deployment.repository_id;
        let entry = self.repositories.get(&repository);
        if !entry.is_some_and(|it| it.deployments.contains(&id)) {
            return Some(format!(
                "deployment {id} is not listed by repository {repository}"
            ));
        }
        let statuses = &history.statuses;
        if let Some(stray) = statuses.iter().find(|it| it.deployment_id != id) {
            return Some(format!(
                "deployment {id} has status {} of another",
                stray.id
            ));
        }
        let pair = statuses.windows(2).find(|pair| pair[0].id >= pair[1].id)?;
        Some(format!(
            "status {} comes after status {}",
            pair[1].id, pair[0].id
        ))
    }

    /// Finds a next ID that is not above all existing ones.
    ///
    /// The highest possible ID is an exception, because the next ID stays there and is then refused.
    fn next_id_contradiction(&self) -> Option<String> {
        let deployments = self.deployments.keys().copied().max();
        let statuses = self.deployments.values().flat_map(|it| &it.statuses);
        let statuses = statuses.map(|status| status.id).max();
        let users = self.users.values().map(|user| user.id).max();
        [
            ("deployment", self.next_deployment_id, deployments),
            ("status", self.next_status_id, statuses),
            ("user", self.next_user_id, users),
        ]
        .into_iter()
        .find(|(_, next, highest)| highest.is_some_and(|id| *next <= id && id < u64::MAX))
        .map(|(kind, next, _)| format!("the next {kind} ID is {next}, and a higher one exists"))
    }
}
