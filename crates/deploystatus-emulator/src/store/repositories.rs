//! Repositories, their names and their former names.

use std::collections::{BTreeMap, BTreeSet};

use super::{RepositoryEntry, Store};
use crate::error::Error;
use crate::model::create::NewRepository;
use crate::model::{Repository, UserKind};

/// A repository found by name.
#[derive(Debug)]
pub(crate) enum Found {
    /// The repository has this name.
    Current(Repository),
    /// The repository had this name before it was renamed.
    Renamed(Repository),
}

impl Store {
    /// Adds a repository.
    pub(crate) fn create_repository(&mut self, new: NewRepository) -> Result<Repository, Error> {
        let (owner, name) = split(&new.name)?;
        let key = new.name.to_lowercase();
        let id = new.id.unwrap_or_else(|| self.next_repository_id());
        if self.state.names.contains_key(&key) {
            return Err(Error::RepositoryExists(new.name));
        }
        if self.state.repositories.contains_key(&id) {
            return Err(Error::RepositoryIdTaken(id));
        }
        for former_name in &new.former_names {
            split(former_name)?;
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
        let entry = RepositoryEntry {
            repository: repository.clone(),
            deployments: BTreeSet::new(),
            successful: BTreeMap::new(),
            environments: BTreeMap::new(),
        };
        self.state.repositories.insert(id, entry);
        self.state.former_names.remove(&key);
        self.state.names.insert(key, id);
        for former_name in &new.former_names {
            let former_name = former_name.to_lowercase();
            self.state.former_names.insert(former_name, id);
        }
        Ok(repository)
    }

    /// Returns the repository that has, or had, this name.
    pub(crate) fn find_repository(&self, owner: &str, name: &str) -> Option<Found> {
        let key = format!("{owner}/{name}").to_lowercase();
        if let Some(id) = self.state.names.get(&key) {
            return self.repository(*id).cloned().map(Found::Current);
        }
        let id = self.state.former_names.get(&key)?;
        self.repository(*id).cloned().map(Found::Renamed)
    }

    /// Returns all repositories, ordered by ID.
    pub(crate) fn repositories(&self) -> impl Iterator<Item = &Repository> {
        self.state.repositories.values().map(|it| &it.repository)
    }

    /// Returns the repository with this ID.
    pub(crate) fn repository(&self, id: u64) -> Option<&Repository> {
        Some(&self.state.repositories.get(&id)?.repository)
    }

    /// Returns the repository that has this name.
    pub(crate) fn repository_named(&self, full_name: &str) -> Result<Repository, Error> {
        let (owner, name) = split(full_name)?;
        match self.find_repository(owner, name) {
            Some(Found::Current(repository)) => Ok(repository),
            _ => Err(Error::UnknownRepository(full_name.to_owned())),
        }
    }

    /// Renames or transfers a repository. The old name redirects.
    pub(crate) fn rename_repository(&mut self, from: &str, to: &str) -> Result<Repository, Error> {
        let (owner, name) = split(to)?;
        let id = self.repository_named(from)?.id;
        let key = to.to_lowercase();
        if self.state.names.get(&key).is_some_and(|other| *other != id) {
            return Err(Error::RepositoryExists(to.to_owned()));
        }
        let owner = self.account(owner, UserKind::User);
        let entry = self.entry(id)?;
        entry.repository.owner = owner;
        name.clone_into(&mut entry.repository.name);
        let renamed = entry.repository.clone();
        let former_name = from.to_lowercase();
        self.state.names.remove(&former_name);
        self.state.former_names.insert(former_name, id);
        self.state.former_names.remove(&key);
        self.state.names.insert(key, id);
        Ok(renamed)
    }

    /// Makes a repository read-only.
    pub(crate) fn archive(&mut self, name: &str) -> Result<Repository, Error> {
        self.update_repository(name, |repository| repository.archived = true)
    }

    /// Makes an archived repository writable.
    pub(crate) fn unarchive(&mut self, name: &str) -> Result<Repository, Error> {
        self.update_repository(name, |repository| repository.archived = false)
    }

    fn update_repository(
        &mut self,
        name: &str,
        change: impl FnOnce(&mut Repository),
    ) -> Result<Repository, Error> {
        let id = self.repository_named(name)?.id;
        let entry = self.entry(id)?;
        change(&mut entry.repository);
        Ok(entry.repository.clone())
    }

    pub(super) fn entry(&mut self, id: u64) -> Result<&mut RepositoryEntry, Error> {
        let entry = self.state.repositories.get_mut(&id);
        entry.ok_or_else(|| Error::UnknownRepository(id.to_string()))
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
        _ => Err(Error::InvalidName(full_name.to_owned())),
    }
}
