//! What happened to a deployment.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{
    CheckRun, DeploymentDetails, Enterprise, Installation, Rejected, Repository, Workflow,
    WorkflowRun, lenient,
};
use crate::{Account, Client, Deployment, DeploymentStatus, Error};

/// Something that happened to a deployment.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A deployment was asked for.
    Deployment(Box<DeploymentEvent>),
    /// A status was reported.
    DeploymentStatus(Box<DeploymentStatusEvent>),
}

/// A deployment was asked for.
///
/// See GitHub's page on the [`deployment` event](https://docs.github.com/webhooks/webhook-events-and-payloads#deployment).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct DeploymentEvent {
    /// What was done, so far always `created`; old servers do not tell.
    #[serde(default, deserialize_with = "lenient::text")]
    pub action: Option<String>,
    /// What was asked for.
    pub deployment: DeploymentDetails,
    /// Where.
    pub repository: Repository,
    /// Who asked for it.
    #[serde(default, deserialize_with = "lenient::account")]
    pub sender: Option<Account>,
    /// The organisation to which the repository belongs.
    #[serde(default, deserialize_with = "lenient::account")]
    pub organization: Option<Account>,
    /// The installation of the app that is told.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub installation: Option<Installation>,
    /// The enterprise to which the repository belongs.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub enterprise: Option<Enterprise>,
    /// The workflow that asked for it, if one did.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub workflow: Option<Workflow>,
    /// The run of that workflow.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub workflow_run: Option<WorkflowRun>,
}

/// A status was reported. Of `inactive` ones GitHub does not tell.
///
/// See GitHub's page on the [`deployment_status` event](https://docs.github.com/webhooks/webhook-events-and-payloads#deployment_status).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct DeploymentStatusEvent {
    /// What was done, so far always `created`; old servers do not tell.
    #[serde(default, deserialize_with = "lenient::text")]
    pub action: Option<String>,
    /// What was reported.
    pub deployment_status: DeploymentStatus,
    /// Of which deployment.
    pub deployment: DeploymentDetails,
    /// Where.
    pub repository: Repository,
    /// Who reported it.
    #[serde(default, deserialize_with = "lenient::account")]
    pub sender: Option<Account>,
    /// The organisation to which the repository belongs.
    #[serde(default, deserialize_with = "lenient::account")]
    pub organization: Option<Account>,
    /// The installation of the app that is told.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub installation: Option<Installation>,
    /// The enterprise to which the repository belongs.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub enterprise: Option<Enterprise>,
    /// The check of the job that deploys, if one does.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub check_run: Option<CheckRun>,
    /// The workflow that deploys, if one does.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub workflow: Option<Workflow>,
    /// The run of that workflow.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub workflow_run: Option<WorkflowRun>,
}

impl Event {
    /// Reads a body by the name of its event, and verifies nothing.
    ///
    /// Bodies that are encoded as a form, which a webhook's settings offer besides JSON, are read as well.
    ///
    /// # Errors
    ///
    /// When it is another event, or not readable.
    pub fn read(name: &str, body: &[u8]) -> Result<Self, Rejected> {
        match name {
            "deployment" => decode(name, body).map(Self::Deployment),
            "deployment_status" => decode(name, body).map(Self::DeploymentStatus),
            _ => Err(Rejected::AnotherEvent(name.to_owned())),
        }
    }

    /// The handle on the deployment, to report or to wait with. Nothing is sent.
    ///
    /// # Errors
    ///
    /// When the event names a repository or deployment that cannot be.
    pub fn deployment(&self, client: &Client) -> Result<Deployment, Error> {
        client.deployment(&self.repository().full_name, self.details().id)
    }

    /// What the deployment is.
    #[must_use]
    pub fn details(&self) -> &DeploymentDetails {
        match self {
            Self::Deployment(event) => &event.deployment,
            Self::DeploymentStatus(event) => &event.deployment,
        }
    }

    /// Where it happened.
    #[must_use]
    pub fn repository(&self) -> &Repository {
        match self {
            Self::Deployment(event) => &event.repository,
            Self::DeploymentStatus(event) => &event.repository,
        }
    }
}

impl DeploymentEvent {
    /// The handle on the deployment, to report with. Nothing is sent.
    ///
    /// # Errors
    ///
    /// When the event names a repository or deployment that cannot be.
    pub fn deployment(&self, client: &Client) -> Result<Deployment, Error> {
        client.deployment(&self.repository.full_name, self.deployment.id)
    }
}

impl DeploymentStatusEvent {
    /// The handle on the deployment, to report or to wait with. Nothing is sent.
    ///
    /// # Errors
    ///
    /// When the event names a repository or deployment that cannot be.
    pub fn deployment(&self, client: &Client) -> Result<Deployment, Error> {
        client.deployment(&self.repository.full_name, self.deployment.id)
    }
}

fn decode<T: DeserializeOwned>(name: &str, body: &[u8]) -> Result<Box<T>, Rejected> {
    let mut json = Cow::Borrowed(body);
    if body.starts_with(b"payload=") {
        let field = form_urlencoded::parse(body).next();
        json = field
            .map_or_else(Vec::new, |(_, json)| json.into_owned().into())
            .into();
    }
    serde_json::from_slice(&json).map_err(|cause| Rejected::Malformed {
        what: name.to_owned(),
        cause,
    })
}
