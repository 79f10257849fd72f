//! The objects that the emulator stores.

pub(crate) mod clock;
pub(crate) mod control_settings;
pub(crate) mod create;
pub(crate) mod limits;
pub(crate) mod log_part;
pub(crate) mod operation;
pub(crate) mod page;
pub(crate) mod profile;
pub(crate) mod quirks;

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

/// An account: a person, an app or an organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// ID of the account.
    pub id: u64,
    /// Login of the account. An app's login ends in `[bot]`.
    pub login: String,
    /// Kind of the account.
    pub kind: UserKind,
}

/// Kind of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum UserKind {
    /// A person.
    User,
    /// An app.
    Bot,
    /// An organization.
    Organization,
}

/// A repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Repository {
    /// ID of the repository, which survives renames.
    pub id: u64,
    /// Owner of the repository.
    pub owner: User,
    /// Name without the owner.
    pub name: String,
    /// `true` if only tokens with access can see the repository.
    pub private: bool,
    /// `true` if the repository is read-only.
    pub archived: bool,
    /// Name of the default branch.
    pub default_branch: String,
    /// Time of creation.
    pub created_at: Timestamp,
}

impl Repository {
    /// Returns the name as `owner/name`.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.owner.login, self.name)
    }
}

/// A deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Deployment {
    /// ID of the deployment.
    pub id: u64,
    /// ID of the repository.
    pub repository_id: u64,
    /// SHA of the commit.
    pub sha: String,
    /// Branch, tag or commit, as it was sent.
    pub reference: String,
    /// Task, usually `deploy`.
    pub task: String,
    /// Payload for the deployment tool.
    #[serde(deserialize_with = "parse_separately")]
    pub payload: Value,
    /// Environment named at creation.
    pub original_environment: String,
    /// Environment named by the newest status.
    pub environment: String,
    /// Description, or `None` if none was given.
    pub description: Option<String>,
    /// Creator, or `None` if the account was deleted.
    pub creator: Option<User>,
    /// Time of creation.
    pub created_at: Timestamp,
    /// Time of the newest status, or of creation.
    pub updated_at: Timestamp,
    /// `true` if the environment will be removed at some time.
    pub transient_environment: bool,
    /// `true` if end users use the environment.
    pub production_environment: bool,
}

/// A deployment status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Status {
    /// ID of the status, higher than that of every earlier status of the deployment.
    pub id: u64,
    /// ID of the deployment.
    pub deployment_id: u64,
    /// State, as GitHub spells it.
    pub state: String,
    /// Description, empty if none was given.
    pub description: String,
    /// Environment, given or inherited.
    pub environment: String,
    /// URL of the log, empty if none was given. `target_url` always has the same value.
    pub log_url: String,
    /// URL of the deployed environment, empty if none was given.
    pub environment_url: String,
    /// Creator, or `None` if the account was deleted.
    pub creator: Option<User>,
    /// Time of creation.
    pub created_at: Timestamp,
}

/// An environment of a repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Environment {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) created_at: Timestamp,
    /// Time of the newest deployment or status that named the environment.
    pub(crate) updated_at: Timestamp,
}

/// Parses a value on its own, because `serde_json` limits the depth of the whole document.
///
/// A payload of the greatest accepted depth would otherwise be too deep inside a snapshot.
fn parse_separately<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    let json = Box::<RawValue>::deserialize(deserializer)?;
    serde_json::from_str(json.get()).map_err(D::Error::custom)
}

/// Locks a mutex, also after a panic.
///
/// A panic cannot leave the data inconsistent, because no change under a lock takes two steps that can fail.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Scrambles a number, so that consecutive numbers give unrelated results (splitmix64).
pub(crate) fn scramble(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

/// Encodes bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}
