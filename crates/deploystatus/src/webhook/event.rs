//! Webhook events about deployments.

use std::borrow::Cow;

use deploystatus_generated::lenient;
use percent_encoding::percent_decode;
use serde::Deserialize;
use serde::de::Error as _;
use serde_json::value::RawValue;

use super::details::DeploymentDetails;
use super::verify_error::VerifyError;
use crate::client::Client;
use crate::client::deployment::Deployment;
use crate::error::Error;
use crate::model::account::Account;
use crate::model::deployment_status::DeploymentStatus;

/// A webhook event about a deployment.
///
/// GitHub documents the events
/// [`deployment`](https://docs.github.com/webhooks/webhook-events-and-payloads#deployment) and
/// [`deployment_status`](https://docs.github.com/webhooks/webhook-events-and-payloads#deployment_status).
/// Fields without a counterpart here, such as `workflow_run`, can be read from [`Event::json`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// ID of the delivery (header `X-GitHub-Delivery`), or `None` if the delivery has none.
    ///
    /// A repeated delivery has the same ID. The signature does not cover it,
    /// so it can detect repetitions but not forgeries.
    pub delivery_id: Option<String>,
    /// Content that depends on the kind of event.
    pub content: EventContent,
    /// Action that caused the event. GitHub sends `created`, old Enterprise Servers send none.
    pub action: Option<String>,
    /// Deployment that the event is about.
    pub deployment: DeploymentDetails,
    /// Repository of the deployment.
    pub repository: Repository,
    /// Account that caused the event.
    pub sender: Option<Account>,
    /// Organization that owns the repository.
    pub organization: Option<Account>,
    /// Installation of the GitHub App that receives the event.
    pub installation: Option<Installation>,
    /// Enterprise that owns the repository.
    pub enterprise: Option<Enterprise>,
    json: String,
}

/// Content of an [`Event`] that depends on its kind.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum EventContent {
    /// A deployment was created (event `deployment`).
    Deployment,
    /// A deployment status was created (event `deployment_status`).
    DeploymentStatus(Box<DeploymentStatus>),
}

/// The repository of an event.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Repository {
    /// ID of the repository. Renaming the repository does not change it.
    pub id: u64,
    /// Owner and name, such as `octocat/example`.
    pub full_name: String,
    /// Name without the owner.
    #[serde(default, deserialize_with = "lenient::non_empty_text")]
    pub name: Option<String>,
    /// Account that owns the repository.
    #[serde(default, deserialize_with = "lenient::value")]
    pub owner: Option<Account>,
    /// `true` if the repository is not public.
    #[serde(default, deserialize_with = "lenient::value")]
    pub private: Option<bool>,
    /// Name of the default branch.
    #[serde(default, deserialize_with = "lenient::non_empty_text")]
    pub default_branch: Option<String>,
    /// URL of the repository's page.
    #[serde(default, deserialize_with = "lenient::non_empty_text")]
    pub html_url: Option<String>,
    /// URL for `git clone` over HTTPS.
    #[serde(default, deserialize_with = "lenient::non_empty_text")]
    pub clone_url: Option<String>,
    /// URL of the repository in the API.
    #[serde(default, deserialize_with = "lenient::non_empty_text")]
    pub url: Option<String>,
    /// ID of the repository in GitHub's GraphQL API.
    #[serde(default, deserialize_with = "lenient::non_empty_text")]
    pub node_id: Option<String>,
}

/// The installation of a GitHub App, for which the app can create access tokens.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Installation {
    /// ID of the installation.
    pub id: u64,
}

/// The enterprise of an event.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Enterprise {
    /// ID of the enterprise.
    pub id: u64,
    /// Name used in URLs.
    #[serde(default, deserialize_with = "lenient::non_empty_text")]
    pub slug: Option<String>,
    /// Display name.
    #[serde(default, deserialize_with = "lenient::non_empty_text")]
    pub name: Option<String>,
}

impl Event {
    /// Parses the body of the event `name` without verifying it.
    ///
    /// Accepts both content types that the settings of a webhook offer: JSON and URL-encoded forms.
    ///
    /// # Errors
    ///
    /// Returns [`VerifyError::UnsupportedEvent`] if `name` is neither `deployment` nor `deployment_status`,
    /// and [`VerifyError::Malformed`] if the body is not UTF-8 or a required field is missing or invalid.
    pub fn parse(name: &str, body: &[u8]) -> Result<Self, VerifyError> {
        match name {
            "deployment" | "deployment_status" => {
                decode(name, body).map_err(|error| VerifyError::malformed(name, &error))
            }
            _ => Err(VerifyError::UnsupportedEvent {
                name: name.to_owned(),
            }),
        }
    }

    /// Returns the handle for reporting on the deployment or waiting for it. Sends nothing.
    ///
    /// # Errors
    ///
    /// Returns an error if the repository name or the deployment ID is invalid.
    pub fn handle(&self, client: &Client) -> Result<Deployment, Error> {
        client.deployment(&self.repository.full_name, self.deployment.id)
    }

    /// Returns the whole event as JSON, as sent by GitHub.
    ///
    /// ```
    /// use deploystatus::webhook::Event;
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize)]
    /// struct Body {
    ///     workflow_run: Option<WorkflowRun>,
    /// }
    ///
    /// #[derive(Deserialize)]
    /// struct WorkflowRun {
    ///     html_url: String,
    /// }
    ///
    /// fn workflow_url(event: &Event) -> Result<Option<String>, serde_json::Error> {
    ///     let body: Body = serde_json::from_str(event.json())?;
    ///     Ok(body.workflow_run.map(|run| run.html_url))
    /// }
    /// # let body = br#"{
    /// #     "deployment": {"id": 7, "sha": "c0ffee", "ref": "main", "task": "deploy",
    /// #         "environment": "staging", "created_at": "2026-03-14T09:26:53Z"},
    /// #     "repository": {"id": 1, "full_name": "octocat/example"},
    /// #     "workflow_run": {"html_url": "https://ci.example.com/9"}
    /// # }"#;
    /// # let url = workflow_url(&Event::parse("deployment", body)?)?;
    /// # assert_eq!(url.as_deref(), Some("https://ci.example.com/9"));
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }
}

/// The fields of both events, as sent by GitHub.
#[derive(Deserialize)]
struct Body {
    #[serde(default, deserialize_with = "lenient::non_empty_text")]
    action: Option<String>,
    deployment: DeploymentDetails,
    deployment_status: Option<Box<RawValue>>,
    repository: Repository,
    #[serde(default, deserialize_with = "lenient::value")]
    sender: Option<Account>,
    #[serde(default, deserialize_with = "lenient::value")]
    organization: Option<Account>,
    #[serde(default, deserialize_with = "lenient::value")]
    installation: Option<Installation>,
    #[serde(default, deserialize_with = "lenient::value")]
    enterprise: Option<Enterprise>,
}

fn decode(name: &str, body: &[u8]) -> Result<Event, serde_json::Error> {
    let json = json_text(body)?;
    let body: Body = serde_json::from_str(&json)?;
    let content = if name == "deployment_status" {
        let status = body
            .deployment_status
            .ok_or_else(|| serde_json::Error::missing_field("deployment_status"))?;
        EventContent::DeploymentStatus(serde_json::from_str(status.get())?)
    } else {
        EventContent::Deployment
    };
    Ok(Event {
        delivery_id: None,
        content,
        action: body.action,
        deployment: body.deployment,
        repository: body.repository,
        sender: body.sender,
        organization: body.organization,
        installation: body.installation,
        enterprise: body.enterprise,
        json: json.into_owned(),
    })
}

/// Returns the JSON text of a body, which is either the body itself or its form field `payload`.
///
/// Invalid UTF-8 is an error in both, because replacement characters would alter signed text.
fn json_text(body: &[u8]) -> Result<Cow<'_, str>, serde_json::Error> {
    let text = match body.strip_prefix(b"payload=") {
        Some(form) => String::from_utf8(form_value(form)).ok().map(Cow::Owned),
        None => std::str::from_utf8(body).ok().map(Cow::Borrowed),
    };
    text.ok_or_else(|| serde_json::Error::custom("the body is not UTF-8"))
}

/// Decodes the first value of a URL-encoded form.
fn form_value(form: &[u8]) -> Vec<u8> {
    let value = form.split(|byte| *byte == b'&').next().unwrap_or_default();
    let spaced = value
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte });
    percent_decode(&spaced.collect::<Vec<_>>()).collect()
}
