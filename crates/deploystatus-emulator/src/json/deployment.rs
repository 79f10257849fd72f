//! Deployments.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::style::{BaseUrls, Style};
use super::user::UserBody;
use crate::model::{Deployment, Repository};

/// Body of a deployment.
#[derive(Debug, Serialize)]
pub(crate) struct DeploymentBody<'a> {
    pub(crate) url: String,
    id: u64,
    node_id: String,
    task: &'a str,
    original_environment: &'a str,
    environment: &'a str,
    description: Option<&'a str>,
    created_at: Timestamp,
    updated_at: Timestamp,
    statuses_url: String,
    repository_url: String,
    creator: Option<UserBody>,
    sha: &'a str,
    #[serde(rename = "ref")]
    reference: &'a str,
    payload: &'a Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    transient_environment: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    production_environment: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    performed_via_github_app: Option<Value>,
}

impl<'a> DeploymentBody<'a> {
    pub(crate) fn new(
        deployment: &'a Deployment,
        repository: &Repository,
        base: &BaseUrls,
        style: Style,
    ) -> DeploymentBody<'a> {
        let repository_url = format!("{}/repos/{}", base.api, repository.full_name());
        let url = format!("{repository_url}/deployments/{}", deployment.id);
        DeploymentBody {
            id: deployment.id,
            node_id: style.node_id("Deployment", "DE", &[repository.id, deployment.id]),
            task: &deployment.task,
            original_environment: &deployment.original_environment,
            environment: &deployment.environment,
            description: deployment.description.as_deref(),
            created_at: deployment.created_at,
            updated_at: deployment.updated_at,
            statuses_url: format!("{url}/statuses"),
            url,
            repository_url,
            creator: UserBody::creator(deployment.creator.as_ref(), base, style),
            sha: &deployment.sha,
            reference: &deployment.reference,
            payload: &deployment.payload,
            transient_environment: style
                .has_ant_man_fields
                .then_some(deployment.transient_environment),
            production_environment: style
                .has_ant_man_fields
                .then_some(deployment.production_environment),
            performed_via_github_app: style.app(),
        }
    }
}
