//! Deployments as described by webhook events.

use deploystatus_generated::lenient;
use jiff::Timestamp;
use serde::Deserialize;

use super::payload::Payload;
use crate::model::account::{Account, App};

/// A deployment as described by a webhook event.
///
/// [`Event::handle`](super::Event::handle) returns the handle for reporting on it.
/// Optional fields are `None` if the server sent an empty text or no valid value.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct DeploymentDetails {
    /// ID of the deployment.
    pub id: u64,
    /// SHA of the commit to deploy.
    pub sha: String,
    /// Branch, tag or commit for which the deployment was created (`ref`).
    #[serde(rename = "ref")]
    pub reference: String,
    /// Task to execute, `deploy` unless the creator set another one.
    pub task: String,
    /// Name of the environment to deploy to.
    pub environment: String,
    /// Name of the environment at creation. A status can change the environment later.
    #[serde(default, deserialize_with = "lenient::non_empty_text")]
    pub original_environment: Option<String>,
    /// The deployment's `payload`.
    #[serde(default)]
    pub payload: Payload,
    /// Description set by the creator.
    #[serde(default, deserialize_with = "lenient::non_empty_text")]
    pub description: Option<String>,
    /// `true` if the environment will cease to exist, such as that of a pull request.
    #[serde(default, deserialize_with = "lenient::value")]
    pub transient_environment: Option<bool>,
    /// `true` if end users interact with the environment.
    #[serde(default, deserialize_with = "lenient::value")]
    pub production_environment: Option<bool>,
    /// Account that created the deployment, or `None` if the account was deleted.
    #[serde(default, deserialize_with = "lenient::value")]
    pub creator: Option<Account>,
    /// App through which the deployment was created, or `None` if the server sent none.
    #[serde(default, deserialize_with = "lenient::value")]
    pub performed_via_github_app: Option<App>,
    /// Creation time, by the server's clock.
    pub created_at: Timestamp,
    /// Time of the last update, by the server's clock.
    #[serde(default, deserialize_with = "lenient::value")]
    pub updated_at: Option<Timestamp>,
    /// ID of the deployment in GitHub's GraphQL API.
    #[serde(default, deserialize_with = "lenient::non_empty_text")]
    pub node_id: Option<String>,
    /// URL of the deployment in the API.
    #[serde(default, deserialize_with = "lenient::non_empty_text")]
    pub url: Option<String>,
    /// URL of the deployment's statuses in the API.
    #[serde(default, deserialize_with = "lenient::non_empty_text")]
    pub statuses_url: Option<String>,
    /// URL of the repository in the API.
    #[serde(default, deserialize_with = "lenient::non_empty_text")]
    pub repository_url: Option<String>,
}
