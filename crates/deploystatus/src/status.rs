//! One report of how a deployment was going, as the server keeps it.

mod decode;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::{Account, App, State};

pub(crate) use decode::{LastCreator, page, single};

/// How a deployment was going at one moment, as somebody reported it.
///
/// See GitHub's page on [deployment statuses](https://docs.github.com/rest/deployments/statuses).
/// Texts that the server left empty are `None`.
/// Serializing gives GitHub's own field names, and what was not modelled comes out as it came in.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct DeploymentStatus {
    /// The number of this status, unique on its server and rising with time.
    pub id: u64,
    /// The same identity in the form that GitHub's GraphQL API uses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_id: Option<String>,
    /// How the deployment was going.
    pub state: State,
    /// Who reported it. Accounts can be gone.
    pub creator: Option<Account>,
    /// The remark that was given.
    #[serde(serialize_with = "or_empty")]
    pub description: Option<String>,
    /// The environment the status speaks of, given or inherited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// Where the output of the deployment can be read.
    ///
    /// Old servers send it under its older name alone; it is here all the same.
    #[serde(serialize_with = "or_empty")]
    pub log_url: Option<String>,
    /// The older name of `log_url`, always the same address.
    #[serde(serialize_with = "or_empty")]
    pub target_url: Option<String>,
    /// Where the environment can be visited; never inherited from an earlier status.
    #[serde(serialize_with = "or_empty")]
    pub environment_url: Option<String>,
    /// When it was stored, to the second, by the server's clock.
    pub created_at: Timestamp,
    /// When it was last touched, which is when it was stored or a second later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
    /// The address of this status in the API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The address of its deployment in the API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment_url: Option<String>,
    /// The address of its repository in the API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository_url: Option<String>,
    /// The app it was reported through; often `None` even when it was.
    pub performed_via_github_app: Option<App>,
    #[serde(flatten)]
    pub(crate) extra: BTreeMap<String, Box<RawValue>>,
    /// Whether the server showed the field at all; without previews, old ones hide it.
    #[serde(skip)]
    pub(crate) shows_environment_url: bool,
}

impl DeploymentStatus {
    /// A field that this version does not model, as the server wrote it.
    #[must_use]
    pub fn extra(&self, field: &str) -> Option<&str> {
        self.extra.get(field).map(|json| json.get())
    }

    /// The names of the fields that this version does not model.
    pub fn extra_fields(&self) -> impl Iterator<Item = &str> {
        self.extra.keys().map(String::as_str)
    }
}

/// Everything the server sent is the same.
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
            && self
                .extra
                .iter()
                .map(|(name, json)| (name, json.get()))
                .eq(other.extra.iter().map(|(name, json)| (name, json.get())))
    }
}

#[expect(
    clippy::ref_option,
    reason = "serde calls it with a reference to the field"
)]
fn or_empty<S: Serializer>(text: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text.as_deref().unwrap_or_default())
}
