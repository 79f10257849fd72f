//! Whether a state that was read is one that can have been saved.

use super::{History, State};

impl State {
    /// What contradicts itself, in words; nothing if nothing does.
    ///
    /// A state like that was written by somebody else, and going on from it would lose what is in it.
    pub(crate) fn contradiction(&self) -> Option<String> {
        for (id, holding) in &self.repositories {
            if holding.repository.id != *id {
                let inner = holding.repository.id;
                return Some(format!("the repository {inner} is kept as {id}"));
            }
            let is_ours = |id| {
                let history: Option<&History> = self.deployments.get(id);
                history.is_some_and(|it| it.deployment.repository_id == holding.repository.id)
            };
            if let Some(stray) = holding.deployments.iter().find(|id| !is_ours(id)) {
                return Some(format!("the repository {id} has no deployment {stray}"));
            }
        }
        let missing = |id: &&u64| !self.repositories.contains_key(id);
        if let Some(id) = self.names.values().find(missing) {
            return Some(format!(
                "a name leads to the repository {id}, which is not there"
            ));
        }
        let mut deployments = self.deployments.iter();
        deployments
            .find_map(|(id, history)| self.contradiction_of(*id, history))
            .or_else(|| self.number_that_is_taken())
    }

    fn contradiction_of(&self, id: u64, history: &History) -> Option<String> {
        let deployment = &history.deployment;
        if deployment.id != id {
            return Some(format!("the deployment {} is kept as {id}", deployment.id));
        }
        let holding = self.repositories.get(&deployment.repository_id);
        if !holding.is_some_and(|it| it.deployments.contains(&id)) {
            let repository = deployment.repository_id;
            return Some(format!(
                "the deployment {id} is not in its repository {repository}"
            ));
        }
        let statuses = &history.statuses;
        if let Some(stray) = statuses.iter().find(|it| it.deployment_id != id) {
            return Some(format!("the status {} is kept with {id}", stray.id));
        }
        let two = statuses.windows(2).find(|two| two[0].id >= two[1].id)?;
        Some(format!(
            "the status {} comes after {}",
            two[1].id, two[0].id
        ))
    }

    /// The highest number of all is given again and again, and refused then.
    fn number_that_is_taken(&self) -> Option<String> {
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
        .map(|(what, next, _)| format!("the next {what} would be {next}, and there are later ones"))
    }
}
