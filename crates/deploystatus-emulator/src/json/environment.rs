//! Environments.

use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value;

use super::style::{BaseUrls, Style};
use crate::model::{Environment, Repository};

/// Body of an environment.
#[derive(Debug, Serialize)]
pub(crate) struct EnvironmentBody<'a> {
    id: u64,
    node_id: String,
    name: &'a str,
    url: String,
    html_url: String,
    created_at: Timestamp,
    updated_at: Timestamp,
    protection_rules: [Value; 0],
    deployment_branch_policy: Option<Value>,
}

impl<'a> EnvironmentBody<'a> {
    pub(crate) fn new(
        environment: &'a Environment,
        repository: &Repository,
        base: &BaseUrls,
        style: Style,
    ) -> EnvironmentBody<'a> {
        let full_name = repository.full_name();
        let name = utf8_percent_encode(&environment.name, NON_ALPHANUMERIC);
        EnvironmentBody {
            id: environment.id,
            node_id: style.node_id("Environment", "EN", &[repository.id, environment.id]),
            name: &environment.name,
            url: format!("{}/repos/{full_name}/environments/{name}", base.api),
            html_url: format!(
                "{}/{full_name}/deployments/activity_log?environments_filter={name}",
                base.web
            ),
            created_at: environment.created_at,
            updated_at: environment.updated_at,
            protection_rules: [],
            deployment_branch_policy: None,
        }
    }
}
