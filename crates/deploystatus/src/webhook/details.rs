//! A deployment as an event describes it.

use jiff::Timestamp;
use serde::Deserialize;

use super::{Payload, lenient};
use crate::{Account, App};

/// What was asked for: a deployment as an event describes it.
///
/// The handle to report with is [`DeploymentEvent::deployment`](super::DeploymentEvent::deployment).
/// Texts that the server left empty are `None`, and so is what old servers lack.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct DeploymentDetails {
    /// The number of the deployment.
    pub id: u64,
    /// The commit to deploy.
    pub sha: String,
    /// The branch, tag or commit that was asked for.
    #[serde(rename = "ref")]
    pub reference: String,
    /// What to do, `deploy` unless somebody asked for something else.
    pub task: String,
    /// Where to deploy to.
    pub environment: String,
    /// Where it was to be deployed to when it was asked for; a status can change that.
    #[serde(default, deserialize_with = "lenient::text")]
    pub original_environment: Option<String>,
    /// What was given along.
    #[serde(default)]
    pub payload: Payload,
    /// The remark that was given.
    #[serde(default, deserialize_with = "lenient::text")]
    pub description: Option<String>,
    /// Whether the environment will be gone some day, such as that of a pull request.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub transient_environment: Option<bool>,
    /// Whether people work with what runs there.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub production_environment: Option<bool>,
    /// Who asked for it. Accounts can be gone.
    #[serde(default, deserialize_with = "lenient::account")]
    pub creator: Option<Account>,
    /// The app it was asked for through, when the server tells.
    #[serde(default, deserialize_with = "lenient::app")]
    pub performed_via_github_app: Option<App>,
    /// When it was asked for, by the server's clock.
    pub created_at: Timestamp,
    /// When it was last touched.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub updated_at: Option<Timestamp>,
    /// The same identity in the form that GitHub's GraphQL API uses.
    #[serde(default, deserialize_with = "lenient::text")]
    pub node_id: Option<String>,
    /// Its address in the API.
    #[serde(default, deserialize_with = "lenient::text")]
    pub url: Option<String>,
    /// The address of its statuses in the API.
    #[serde(default, deserialize_with = "lenient::text")]
    pub statuses_url: Option<String>,
    /// The address of its repository in the API.
    #[serde(default, deserialize_with = "lenient::text")]
    pub repository_url: Option<String>,
}
