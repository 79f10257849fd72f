use std::path::Path;

use serde::Deserialize;
use serde::de::Error as _;
use serde_json::{Map, Value};

use crate::Error;
use crate::access::{Token, Tokens};
use crate::input::{NewDeployment, NewRepository, NewStatus};
use crate::store::Store;
use crate::switches::{AutoInactive, HadSuccess};

/// What an emulator knows from the start.
///
/// Without a seed that is the public repository `octocat/example`.
/// As a file it is JSON; the crate's README shows one.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    #[serde(default)]
    repositories: Vec<NewRepository>,
    #[serde(default)]
    tokens: Vec<Token>,
    #[serde(default)]
    deployments: Vec<SeededDeployment>,
    next_status_id: Option<u64>,
}

/// A deployment with two members more: `repository` and `statuses`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
struct SeededDeployment {
    repository: String,
    deployment: NewDeployment,
    statuses: Vec<NewStatus>,
}

/// Flattening would let unknown members pass in silence, so the members are told apart here.
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
    /// A seed with nothing in it.
    #[must_use]
    pub fn empty() -> Seed {
        Seed {
            repositories: Vec::new(),
            tokens: Vec::new(),
            deployments: Vec::new(),
            next_status_id: None,
        }
    }

    /// Reads a seed from JSON.
    ///
    /// # Errors
    ///
    /// When it is not a seed; the error names line and column.
    pub fn from_json(json: &str) -> Result<Seed, Error> {
        Seed::parse(json, "the text")
    }

    /// Reads a seed from a JSON file.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or is not a seed; the error names the file, line and column.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Seed, Error> {
        let path = path.as_ref();
        let place = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(json) => Seed::parse(&json, &place),
            Err(source) => Err(Error::Seed {
                place,
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

    /// The number that the next status gets, instead of one above 2^32; it has no effect where there are deployments.
    #[must_use]
    pub fn next_status_id(mut self, id: u64) -> Self {
        self.next_status_id = Some(id);
        self
    }

    /// Puts everything where it belongs.
    pub(crate) fn plant(&self, store: &mut Store, tokens: &mut Tokens) -> Result<(), Error> {
        for repository in &self.repositories {
            store.create_repository(repository.clone())?;
        }
        if let Some(id) = self.next_status_id {
            store.begin_status_ids(id);
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
                // A seed says which statuses there are, those that others made inactive too.
                let status = status.clone().auto_inactive(false);
                store.create_status(
                    created.id,
                    status,
                    &creator,
                    AutoInactive::default(),
                    HadSuccess::default(),
                )?;
            }
        }
        Ok(())
    }

    fn parse(json: &str, place: &str) -> Result<Seed, Error> {
        serde_json::from_str(json).map_err(|error| Error::Seed {
            place: place.to_owned(),
            reason: error.to_string(),
        })
    }
}

impl Default for Seed {
    fn default() -> Self {
        Seed::empty().repository(NewRepository::new("octocat/example"))
    }
}
