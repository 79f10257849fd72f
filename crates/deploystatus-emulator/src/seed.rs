//! Initial content of an emulator.

use std::path::Path;

use serde::Deserialize;
use serde::de::Error as _;
use serde_json::{Map, Value};

use crate::access::Tokens;
use crate::access::token::Token;
use crate::error::Error;
use crate::model::create::{NewDeployment, NewRepository, NewStatus};
use crate::store::Store;
use crate::store::statuses::StatusRules;

/// Initial content of an emulator: repositories, tokens and deployments.
///
/// Defaults to the public repository `octocat/example`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Seed {
    /// Path or URL of this schema, which editors read.
    #[serde(rename = "$schema")]
    schema: Option<String>,
    /// Repositories.
    #[serde(default)]
    repositories: Vec<NewRepository>,
    /// Tokens. If there are none, any token can write.
    #[serde(default)]
    tokens: Vec<Token>,
    /// Deployments with their statuses.
    #[serde(default)]
    deployments: Vec<SeededDeployment>,
    /// ID of the next status. Defaults to an ID above 2^32. It has no effect if there are deployments.
    next_status_id: Option<u64>,
}

/// A deployment with its repository and its statuses.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(try_from = "Map<String, Value>")]
#[cfg_attr(test, schemars(!try_from, deny_unknown_fields))]
struct SeededDeployment {
    /// Full name of the repository, `owner/name`.
    #[cfg_attr(test, schemars(regex(pattern = "^[^/]+/[^/]+$")))]
    repository: String,
    #[cfg_attr(test, schemars(flatten))]
    deployment: NewDeployment,
    /// Statuses, oldest first, also those that a success made inactive.
    #[cfg_attr(test, schemars(default))]
    statuses: Vec<NewStatus>,
}

/// The members are separated here because `#[serde(flatten)]` would ignore unknown ones.
impl TryFrom<Map<String, Value>> for SeededDeployment {
    type Error = serde_json::Error;

    fn try_from(mut members: Map<String, Value>) -> Result<Self, Self::Error> {
        let repository = members.remove("repository");
        let repository = repository.ok_or_else(|| Self::Error::missing_field("repository"))?;
        let statuses = members.remove("statuses");
        Ok(SeededDeployment {
            repository: serde_json::from_value(repository)?,
            statuses: statuses.map_or(Ok(Vec::new()), serde_json::from_value)?,
            deployment: serde_json::from_value(Value::Object(members))?,
        })
    }
}

impl Seed {
    /// JSON schema of a seed, for editors and other tools.
    pub const JSON_SCHEMA: &str = include_str!("seed.schema.json");

    /// Creates an empty seed.
    #[must_use]
    pub fn empty() -> Seed {
        Seed {
            schema: None,
            repositories: Vec::new(),
            tokens: Vec::new(),
            deployments: Vec::new(),
            next_status_id: None,
        }
    }

    /// Parses a seed from JSON.
    ///
    /// # Errors
    ///
    /// Returns an error with line and column if the text is not a seed.
    pub fn from_json(json: &str) -> Result<Seed, Error> {
        Seed::parse(json, "the text")
    }

    /// Reads a seed from a JSON file.
    ///
    /// # Errors
    ///
    /// Returns an error with file, line and column if the file cannot be read or is not a seed.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Seed, Error> {
        let path = path.as_ref();
        let origin = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(json) => Seed::parse(&json, &origin),
            Err(source) => Err(Error::InvalidSeed {
                origin,
                reason: source.to_string(),
            }),
        }
    }

    /// Adds a repository.
    #[must_use]
    pub fn repository(mut self, repository: NewRepository) -> Self {
        self.repositories.push(repository);
        self
    }

    /// Adds a token.
    #[must_use]
    pub fn token(mut self, token: Token) -> Self {
        self.tokens.push(token);
        self
    }

    /// Adds a deployment of a repository with its statuses, oldest first.
    #[must_use]
    pub fn deployment(
        mut self,
        repository: impl Into<String>,
        deployment: NewDeployment,
        statuses: Vec<NewStatus>,
    ) -> Self {
        self.deployments.push(SeededDeployment {
            repository: repository.into(),
            statuses,
            deployment,
        });
        self
    }

    /// Sets the ID of the next status. Defaults to an ID above 2^32. It has no effect if there are deployments.
    #[must_use]
    pub fn next_status_id(mut self, id: u64) -> Self {
        self.next_status_id = Some(id);
        self
    }

    /// Adds the content of the seed to a store and a set of tokens.
    pub(crate) fn load(&self, store: &mut Store, tokens: &mut Tokens) -> Result<(), Error> {
        for repository in &self.repositories {
            store.create_repository(repository.clone())?;
        }
        if let Some(id) = self.next_status_id {
            store.set_next_status_id(id);
        }
        for token in &self.tokens {
            tokens.add(token.clone());
        }
        for SeededDeployment {
            repository,
            statuses,
            deployment,
        } in &self.deployments
        {
            let repository_id = store.repository_named(repository)?.id;
            let creator = deployment.creator.as_deref().unwrap_or("octocat");
            let creator = store.user(creator);
            let created = store.create_deployment(repository_id, deployment.clone(), creator)?;
            for status in statuses {
                let creator = store.user(status.creator.as_deref().unwrap_or("octocat"));
                // A seed lists all statuses, also those that a success made inactive.
                let status = status.clone().auto_inactive(false);
                store.create_status(created.id, status, &creator, &StatusRules::default())?;
            }
            store.make_visible(created.id);
        }
        Ok(())
    }

    fn parse(json: &str, origin: &str) -> Result<Seed, Error> {
        serde_json::from_str(json).map_err(|error| Error::InvalidSeed {
            origin: origin.to_owned(),
            reason: error.to_string(),
        })
    }
}

impl Default for Seed {
    fn default() -> Self {
        Seed::empty().repository(NewRepository::new("octocat/example"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schema_file_is_up_to_date() {
        let schema = schemars::schema_for!(Seed).to_value();
        if std::env::var_os("SNAPSHOTS").is_some_and(|it| it == "overwrite") {
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/seed.schema.json");
            std::fs::write(path, format!("{schema:#}\n")).unwrap();
            return;
        }
        let written: Value = serde_json::from_str(Seed::JSON_SCHEMA).unwrap();
        let help = "SNAPSHOTS=overwrite cargo test -p deploystatus-emulator updates the file";
        assert_eq!(written, schema, "{help}");
    }
}
