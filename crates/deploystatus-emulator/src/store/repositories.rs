//! Repositories, their names and their former names.

use super::{Holding, Store};
use crate::Error;
use crate::input::NewRepository;
use crate::record::{Repository, UserKind};

/// Where a name leads.
#[derive(Debug)]
pub(crate) enum Found {
    Here(Repository),
    /// The repository had this name once.
    Moved(Repository),
}

impl Store {
    /// Adds a repository.
    pub(crate) fn create_repository(&mut self, new: NewRepository) -> Result<Repository, Error> {
        let (owner, name) = split(&new.name)?;
        let key = new.name.to_lowercase();
        let id = new.id.unwrap_or_else(|| self.next_repository_id());
        let taken = self.state.repositories.contains_key(&id);
        if self.state.names.contains_key(&key) || (taken && new.id.is_some()) {
            return Err(Error::RepositoryExists(new.name));
        }
        if taken {
            return Err(Error::IdNotRising(id));
        }
        for former in &new.formerly {
            split(former)?;
        }
        let kind = if new.organization {
            UserKind::Organization
        } else {
            UserKind::User
        };
        let owner = self.account(owner, kind);
        let repository = Repository {
            id,
            owner,
            name: name.to_owned(),
            private: new.private,
            archived: new.archived,
            default_branch: "main".to_owned(),
            created_at: self.now(),
        };
        let holding = Holding {
            repository: repository.clone(),
            deployments: std::collections::BTreeSet::new(),
            successful: std::collections::BTreeMap::new(),
        };
        self.state.repositories.insert(id, holding);
        self.state.former_names.remove(&key);
        self.state.names.insert(key, id);
        for former in &new.formerly {
            self.state.former_names.insert(former.to_lowercase(), id);
        }
        Ok(repository)
    }

    /// The repository of this name, now or once.
    pub(crate) fn find_repository(&self, owner: &str, name: &str) -> Option<Found> {
        let key = format!("{owner}/{name}").to_lowercase();
        if let Some(id) = self.state.names.get(&key) {
            return self.repository(*id).map(Found::Here);
        }
        let id = self.state.former_names.get(&key)?;
        self.repository(*id).map(Found::Moved)
    }

    pub(crate) fn repository(&self, id: u64) -> Option<Repository> {
        let holding = self.state.repositories.get(&id)?;
        Some(holding.repository.clone())
    }

    /// The repository that has this name now.
    pub(crate) fn repository_named(&self, full_name: &str) -> Result<Repository, Error> {
        let (owner, name) = split(full_name)?;
        match self.find_repository(owner, name) {
            Some(Found::Here(repository)) => Ok(repository),
            _ => Err(Error::UnknownRepository(full_name.to_owned())),
        }
    }

    /// Renames a repository, or gives it to another owner; the old name redirects.
    pub(crate) fn rename_repository(&mut self, from: &str, to: &str) -> Result<Repository, Error> {
        let (owner, name) = split(to)?;
        let id = self.repository_named(from)?.id;
        let key = to.to_lowercase();
        if self.state.names.get(&key).is_some_and(|other| *other != id) {
            return Err(Error::RepositoryExists(to.to_owned()));
        }
        let owner = self.account(owner, UserKind::User);
        let holding = self.holding(id)?;
        holding.repository.owner = owner;
        name.clone_into(&mut holding.repository.name);
        let renamed = holding.repository.clone();
        let former = from.to_lowercase();
        self.state.names.remove(&former);
        self.state.former_names.insert(former, id);
        self.state.former_names.remove(&key);
        self.state.names.insert(key, id);
        Ok(renamed)
    }

    /// Makes a repository read-only, or writable again.
    pub(crate) fn archive_repository(
        &mut self,
        name: &str,
        archived: bool,
    ) -> Result<Repository, Error> {
        let id = self.repository_named(name)?.id;
        let holding = self.holding(id)?;
        holding.repository.archived = archived;
        Ok(holding.repository.clone())
    }

    pub(super) fn holding(&mut self, id: u64) -> Result<&mut Holding, Error> {
        let holding = self.state.repositories.get_mut(&id);
        holding.ok_or_else(|| Error::UnknownRepository(id.to_string()))
    }

    fn next_repository_id(&self) -> u64 {
        const FIRST_REPOSITORY_ID: u64 = 1_296_269;
        let last = self.state.repositories.last_key_value();
        last.map_or(FIRST_REPOSITORY_ID, |(id, _)| {
            id.saturating_add(1).max(FIRST_REPOSITORY_ID)
        })
    }
}

fn split(full_name: &str) -> Result<(&str, &str), Error> {
    match full_name.split_once('/') {
        Some((owner, name)) if !owner.is_empty() && !name.is_empty() && !name.contains('/') => {
            Ok((owner, name))
        }
        _ => Err(Error::BadName(full_name.to_owned())),
    }
}
