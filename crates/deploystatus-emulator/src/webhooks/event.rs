//! Events and their payloads.

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

use crate::json::deployment::DeploymentBody;
use crate::json::repository::{RepositoryBody, Usage};
use crate::json::status::StatusBody;
use crate::json::style::{BaseUrls, Style};
use crate::json::user::{OrganizationBody, UserBody};
use crate::model::{Deployment, Repository, Status, User};

/// The creation of a deployment or of a status.
#[derive(Debug)]
pub(crate) struct Event<'a> {
    pub(crate) deployment: &'a Deployment,
    /// The new status, or `None` if the deployment itself is new.
    pub(crate) status: Option<&'a Status>,
    pub(crate) repository: &'a Repository,
    pub(crate) sender: &'a User,
    pub(crate) base: &'a BaseUrls,
    pub(crate) style: Style,
}

#[derive(Serialize)]
struct Payload<'a> {
    action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    deployment_status: Option<StatusBody<'a>>,
    deployment: DeploymentBody<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    check_run: Option<Value>,
    workflow: Option<()>,
    workflow_run: Option<()>,
    repository: RepositoryBody<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization: Option<OrganizationBody>,
    sender: UserBody,
}

impl Event<'_> {
    /// Returns `true` if webhooks are notified. GitHub sends no event for `inactive`.
    pub(super) fn is_delivered(&self) -> bool {
        self.status.is_none_or(|it| it.state != "inactive")
    }

    pub(super) fn name(&self) -> &'static str {
        if self.status.is_some() {
            "deployment_status"
        } else {
            "deployment"
        }
    }

    pub(super) fn payload(&self) -> Bytes {
        let Event {
            repository,
            base,
            style,
            ..
        } = *self;
        let payload = Payload {
            action: "created",
            deployment_status: self
                .status
                .map(|it| StatusBody::new(it, repository, base, style)),
            deployment: DeploymentBody::new(self.deployment, repository, base, style),
            check_run: self.status.map(|_| Value::Null),
            workflow: None,
            workflow_run: None,
            repository: RepositoryBody {
                repository,
                base,
                style,
                usage: Usage::Webhook,
            },
            organization: OrganizationBody::of_owner(&repository.owner, base),
            sender: UserBody::new(self.sender, base, style),
        };
        // Serialization cannot fail, because all keys are strings.
        serde_json::to_vec(&payload).unwrap_or_default().into()
    }
}
