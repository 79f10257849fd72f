//! What the emulator remembers, as callers read it.

use jiff::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

/// Somebody who acts: a person or a bot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// The number GitHub knows them by.
    pub id: u64,
    /// The name GitHub knows them by; a bot's ends in `[bot]`.
    pub login: String,
    /// `User`, `Bot` or `Organization`.
    pub kind: UserKind,
}

/// What sort of account it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum UserKind {
    /// A person.
    User,
    /// An app.
    Bot,
    /// A group that owns repositories.
    Organization,
}

/// A repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Repository {
    /// The number that survives a rename.
    pub id: u64,
    /// Who owns it.
    pub owner: User,
    /// Its name without the owner.
    pub name: String,
    /// Hidden from those without access.
    pub private: bool,
    /// Read-only for everybody.
    pub archived: bool,
    /// The branch new clones begin with.
    pub default_branch: String,
    /// When it was created.
    pub created_at: Timestamp,
}

impl Repository {
    /// The name as `owner/name`.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.owner.login, self.name)
    }
}

/// A deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Deployment {
    /// The deployment's number.
    pub id: u64,
    /// The number of the repository it belongs to.
    pub repository_id: u64,
    /// The commit.
    pub sha: String,
    /// The branch, tag or commit it was asked for.
    pub reference: String,
    /// What is to be done, usually `deploy`.
    pub task: String,
    /// Anything, for the tool that deploys.
    #[serde(deserialize_with = "by_itself")]
    pub payload: Value,
    /// The environment it was created for.
    pub original_environment: String,
    /// The environment the last status named.
    pub environment: String,
    /// A sentence for people.
    pub description: Option<String>,
    /// Who asked for it.
    pub creator: Option<User>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When its last status came.
    pub updated_at: Timestamp,
    /// Whether the environment goes away some day.
    pub transient_environment: bool,
    /// Whether end users use the environment.
    pub production_environment: bool,
}

/// A deployment status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Status {
    /// The status's number, higher than that of any earlier one.
    pub id: u64,
    /// The number of the deployment it belongs to.
    pub deployment_id: u64,
    /// The state, as GitHub writes it.
    pub state: String,
    /// A sentence for people; empty if none was given.
    pub description: String,
    /// The environment, given or inherited.
    pub environment: String,
    /// The address of the log; empty if none was given.
    ///
    /// `target_url` is the same: each mirrors the other.
    pub log_url: String,
    /// The address of what was deployed; empty if none was given.
    pub environment_url: String,
    /// Who reported it; none for an account that is gone.
    pub creator: Option<User>,
    /// When it was created.
    pub created_at: Timestamp,
}

/// Reads a value that may be as deep as it was when it came, whatever stands around it now.
fn by_itself<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    let json = Box::<RawValue>::deserialize(deserializer)?;
    serde_json::from_str(json.get()).map_err(D::Error::custom)
}
