//! What a delivery tells.

use serde::Serialize;
use serde_json::Value;

use crate::record::{Deployment, Repository, Status, User};
use crate::wire::{Base, DeploymentBody, RepositoryBody, StatusBody, Style, UserBody};

/// Something that happened to a deployment.
#[derive(Debug)]
pub(crate) struct Event<'a> {
    pub(crate) deployment: &'a Deployment,
    /// The status that was created; none if it was the deployment itself.
    pub(crate) status: Option<&'a Status>,
    pub(crate) repository: &'a Repository,
    pub(crate) sender: &'a User,
    pub(crate) base: &'a Base,
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
    sender: UserBody,
}

impl Event<'_> {
    /// Nobody is told of inactive statuses.
    pub(super) fn is_announced(&self) -> bool {
        self.status.is_none_or(|it| it.state != "inactive")
    }

    pub(super) fn name(&self) -> &'static str {
        if self.status.is_some() {
            "deployment_status"
        } else {
            "deployment"
        }
    }

    pub(super) fn body(&self) -> String {
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
                may_push: None,
            },
            sender: UserBody::new(self.sender, base, style),
        };
        // Strings as keys and plain values throughout: nothing in it can fail to be written.
        serde_json::to_string(&payload).unwrap_or_default()
    }
}
