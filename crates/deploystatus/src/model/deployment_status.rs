//! A deployment status as stored by the server.

use std::collections::BTreeMap;

use deploystatus_generated::{State, types};
use jiff::Timestamp;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::account::{Account, App};

/// A deployment status as stored by the server.
///
/// See GitHub's page on [deployment statuses](https://docs.github.com/rest/deployments/statuses).
/// Text fields that the server left empty are `None`.
/// Serializing produces GitHub's field names, unknown fields included.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct DeploymentStatus {
    /// The ID of this status, unique on its server. Newer statuses have higher IDs.
    pub id: u64,
    /// The ID in the form that GitHub's GraphQL API uses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_id: Option<String>,
    /// The reported state.
    pub state: State,
    /// The account that reported the status, or `None` if it was deleted.
    pub creator: Option<Account>,
    /// The description, or `None` if the status has none.
    #[serde(serialize_with = "or_empty")]
    pub description: Option<String>,
    /// The name of the environment, given with this status or inherited from the previous one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The URL of the deployment's log, or `None` if the status has none.
    ///
    /// Old servers send only `target_url`. Its value is used then.
    #[serde(serialize_with = "or_empty")]
    pub log_url: Option<String>,
    /// The former name of `log_url`. GitHub gives both the same value.
    #[serde(serialize_with = "or_empty")]
    pub target_url: Option<String>,
    /// The URL of the deployed environment. It is never inherited from an earlier status.
    #[serde(serialize_with = "or_empty")]
    pub environment_url: Option<String>,
    /// Time of creation by the server's clock, in whole seconds.
    pub created_at: Timestamp,
    /// Time of the last update by the server's clock, at most a second after the creation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
    /// The URL of this status in the API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The URL of the deployment in the API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment_url: Option<String>,
    /// The URL of the repository in the API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository_url: Option<String>,
    /// The app through which the status was reported. GitHub often omits it.
    pub performed_via_github_app: Option<App>,
    #[serde(flatten)]
    pub(crate) extra: BTreeMap<String, Value>,
    /// `true` if the response contained the field. Old servers omit it unless a preview is requested.
    #[serde(skip)]
    pub(crate) has_environment_url: bool,
}

impl DeploymentStatus {
    /// Returns a field that this struct does not define, or `None` if the server did not send it.
    #[must_use]
    pub fn extra(&self, field: &str) -> Option<&Value> {
        self.extra.get(field)
    }

    /// Returns the names of all received fields that this struct does not define.
    pub fn extra_fields(&self) -> impl Iterator<Item = &str> {
        self.extra.keys().map(String::as_str)
    }
}

/// Compares all fields that the server sent.
impl PartialEq for DeploymentStatus {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
            && self.state == other.state
            && self.description == other.description
            && self.environment == other.environment
            && self.log_url == other.log_url
            && self.target_url == other.target_url
            && self.environment_url == other.environment_url
            && self.created_at == other.created_at
            && self.updated_at == other.updated_at
            && self.url == other.url
            && self.deployment_url == other.deployment_url
            && self.repository_url == other.repository_url
            && self.node_id == other.node_id
            && self.creator == other.creator
            && self.performed_via_github_app == other.performed_via_github_app
            && self.extra == other.extra
    }
}

/// Reads a status from any self-describing format, also within flattened structs and untagged enums.
impl<'de> Deserialize<'de> for DeploymentStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Value::deserialize(deserializer)?.to_string();
        serde_json::from_str::<types::DeploymentStatus>(&json)
            .map(Self::from)
            .map_err(D::Error::custom)
    }
}

#[expect(
    clippy::ref_option,
    reason = "serde calls it with a reference to the field"
)]
fn or_empty<S: Serializer>(text: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text.as_deref().unwrap_or_default())
}
