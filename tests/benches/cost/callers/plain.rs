//! Structs and headers for calls without a client library.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Headers that GitHub requires or recommends for each call.
pub(crate) const HEADERS: [(&str, &str); 4] = [
    ("accept", "application/vnd.github+json"),
    ("authorization", "Bearer token"),
    ("user-agent", "by-hand"),
    ("x-github-api-version", "2026-03-10"),
];

pub(crate) const STATUSES: &str = "/repos/octocat/example/deployments/42/statuses";

#[derive(Serialize)]
pub(crate) struct Report {
    state: String,
    log_url: Option<String>,
    environment_url: Option<String>,
    environment: Option<String>,
    description: Option<String>,
}

impl Report {
    pub(crate) fn new() -> Self {
        Self {
            state: "in_progress".to_owned(),
            log_url: Some("https://ci.example.com/builds/7".to_owned()),
            environment_url: Some("https://www.example.com".to_owned()),
            environment: Some("production".to_owned()),
            description: Some("Copying files".to_owned()),
        }
    }
}

/// Returns the URL of the next page, or `None` on the last page.
pub(crate) fn next_page(link: &str) -> Option<String> {
    let next = link.split(',').find(|link| link.contains("rel=\"next\""))?;
    Some(next.split_once('<')?.1.split_once('>')?.0.to_owned())
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "decoding the fields is part of the measurement")]
pub(crate) struct Status {
    id: u64,
    node_id: String,
    url: String,
    state: String,
    creator: Option<User>,
    description: String,
    environment: String,
    target_url: String,
    log_url: String,
    environment_url: String,
    created_at: jiff::Timestamp,
    updated_at: jiff::Timestamp,
    deployment_url: String,
    repository_url: String,
    performed_via_github_app: Option<Value>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "decoding the fields is part of the measurement")]
struct User {
    login: String,
    id: u64,
    node_id: String,
    avatar_url: String,
    gravatar_id: String,
    url: String,
    html_url: String,
    followers_url: String,
    following_url: String,
    gists_url: String,
    starred_url: String,
    subscriptions_url: String,
    organizations_url: String,
    repos_url: String,
    events_url: String,
    received_events_url: String,
    r#type: String,
    #[serde(rename = "user_view_type")]
    view: String,
    site_admin: bool,
}
