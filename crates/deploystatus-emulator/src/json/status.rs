//! Deployment statuses.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::style::{BaseUrls, Style};
use super::user::UserBody;
use crate::model::{Repository, Status};

/// Body of a deployment status.
#[derive(Debug, Serialize)]
pub(crate) struct StatusBody<'a> {
    pub(crate) url: String,
    id: u64,
    node_id: String,
    state: &'a str,
    creator: Option<UserBody>,
    description: &'a str,
    environment: &'a str,
    target_url: &'a str,
    created_at: Timestamp,
    updated_at: Timestamp,
    deployment_url: String,
    repository_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    performed_via_github_app: Option<Value>,
}

impl<'a> StatusBody<'a> {
    pub(crate) fn new(
        status: &'a Status,
        repository: &Repository,
        base: &BaseUrls,
        style: Style,
    ) -> StatusBody<'a> {
        let repository_url = format!("{}/repos/{}", base.api, repository.full_name());
        let deployment_url = format!("{repository_url}/deployments/{}", status.deployment_id);
        StatusBody {
            url: format!("{deployment_url}/statuses/{}", status.id),
            id: status.id,
            node_id: style.node_id("DeploymentStatus", "DES", &[repository.id, status.id]),
            state: &status.state,
            creator: UserBody::creator(status.creator.as_ref(), base, style),
            description: &status.description,
            environment: &status.environment,
            target_url: &status.log_url,
            created_at: status.created_at,
            updated_at: status.created_at,
            deployment_url,
            repository_url,
            environment_url: style.has_ant_man_fields.then_some(&status.environment_url),
            log_url: style.has_ant_man_fields.then_some(&status.log_url),
            performed_via_github_app: style.app(),
        }
    }
}
