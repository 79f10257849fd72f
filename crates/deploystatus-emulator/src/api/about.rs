//! Handlers that describe the server, the user and the rate limit.

#![expect(
    clippy::unnecessary_wraps,
    reason = "all handlers have the type that the routes need"
)]

use std::collections::BTreeMap;

use http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::access::token::TokenKind;
use crate::access::{Actor, Denial};
use crate::app_state::AppState;
use crate::http::request::Request;
use crate::http::response::Response;
use crate::json::user::UserBody;
use crate::model::profile::API_VERSIONS;

/// Body of the authenticated user.
#[derive(Serialize)]
struct AuthenticatedUser {
    #[serde(flatten)]
    user: UserBody,
    name: Option<String>,
    company: Option<String>,
    blog: &'static str,
    location: Option<String>,
    email: Option<String>,
    hireable: Option<bool>,
    bio: Option<String>,
    public_repos: u64,
    public_gists: u64,
    followers: u64,
    following: u64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// Creation time of every user: 2020-01-01T00:00:00Z.
const USER_CREATED_AT: Timestamp = Timestamp::constant(1_577_836_800, 0);

pub(super) fn user(state: &AppState, request: &Request) -> Result<Response, Response> {
    let Actor::Known(token) = &request.actor else {
        return Err(Response::denied(Denial::Unauthenticated, request));
    };
    if matches!(token.kind, TokenKind::App | TokenKind::Actions) {
        return Err(Response::denied(
            Denial::NotAccessibleByIntegration,
            request,
        ));
    }
    let user = state.store().user(&token.login);
    let body = AuthenticatedUser {
        user: UserBody::new(&user, &request.base, request.style()),
        name: None,
        company: None,
        blog: "",
        location: None,
        email: None,
        hireable: None,
        bio: None,
        public_repos: 0,
        public_gists: 0,
        followers: 0,
        following: 0,
        created_at: USER_CREATED_AT,
        updated_at: USER_CREATED_AT,
    };
    Ok(Response::json(StatusCode::OK, request, &body))
}

pub(super) fn rate_limit(state: &AppState, request: &Request) -> Result<Response, Response> {
    let login = request.actor.login();
    let limit = state.rate_limiter().current(login, state.clock.now());
    let Some(limit) = limit else {
        let message = "Rate limiting is not enabled.";
        return Err(Response::error(StatusCode::NOT_FOUND, request, message));
    };
    let core = json!({
        "limit": limit.limit,
        "used": limit.used,
        "remaining": limit.remaining(),
        "reset": limit.reset.as_second(),
    });
    // Some clients require the resource `search`, although nothing here can be searched.
    let search = json!({
        "limit": 30,
        "used": 0,
        "remaining": 30,
        "reset": state.clock.now().as_second() + 60,
    });
    let mut body = json!({"resources": {"core": core, "search": search}});
    // The newest version has no `rate`, which repeats `core`.
    if !has_newest_version(request) {
        body["rate"] = core;
    }
    Ok(Response::json(StatusCode::OK, request, &body))
}

/// Members of the root, with their paths. The first two are missing in the newest version.
const ROOT: [(&str, &str); 32] = [
    ("authorizations_url", "/authorizations"),
    ("hub_url", "/hub"),
    ("current_user_url", "/user"),
    ("emails_url", "/user/emails"),
    ("emojis_url", "/emojis"),
    ("events_url", "/events"),
    ("feeds_url", "/feeds"),
    ("followers_url", "/user/followers"),
    ("following_url", "/user/following{/target}"),
    ("gists_url", "/gists{/gist_id}"),
    ("issues_url", "/issues"),
    ("keys_url", "/user/keys"),
    ("notifications_url", "/notifications"),
    ("organization_url", "/orgs/{org}"),
    (
        "organization_repositories_url",
        "/orgs/{org}/repos{?type,page,per_page,sort}",
    ),
    ("organization_teams_url", "/orgs/{org}/teams"),
    ("public_gists_url", "/gists/public"),
    ("rate_limit_url", "/rate_limit"),
    ("repository_url", "/repos/{owner}/{repo}"),
    (
        "current_user_repositories_url",
        "/user/repos{?type,page,per_page,sort}",
    ),
    ("starred_url", "/user/starred{/owner}{/repo}"),
    ("starred_gists_url", "/gists/starred"),
    ("user_url", "/users/{user}"),
    ("user_organizations_url", "/user/orgs"),
    (
        "user_repositories_url",
        "/users/{user}/repos{?type,page,per_page,sort}",
    ),
    (
        "code_search_url",
        "/search/code?q={query}{&page,per_page,sort,order}",
    ),
    (
        "commit_search_url",
        "/search/commits?q={query}{&page,per_page,sort,order}",
    ),
    (
        "issue_search_url",
        "/search/issues?q={query}{&page,per_page,sort,order}",
    ),
    (
        "label_search_url",
        "/search/labels?q={query}&repository_id={repository_id}{&page,per_page}",
    ),
    (
        "repository_search_url",
        "/search/repositories?q={query}{&page,per_page,sort,order}",
    ),
    (
        "topic_search_url",
        "/search/topics?q={query}{&page,per_page}",
    ),
    (
        "user_search_url",
        "/search/users?q={query}{&page,per_page,sort,order}",
    ),
];

pub(super) fn root(_: &AppState, request: &Request) -> Result<Response, Response> {
    let skipped = if has_newest_version(request) { 2 } else { 0 };
    let mut body: BTreeMap<&str, String> = ROOT
        .iter()
        .skip(skipped)
        .map(|(name, path)| (*name, format!("{}{path}", request.base.api)))
        .collect();
    body.insert(
        "current_user_authorizations_html_url",
        format!(
            "{}/settings/connections/applications{{/client_id}}",
            request.base.web
        ),
    );
    Ok(Response::json(StatusCode::OK, request, &body))
}

fn has_newest_version(request: &Request) -> bool {
    request.version.selected() == Some(API_VERSIONS[1])
}

pub(super) fn meta(_: &AppState, request: &Request) -> Result<Response, Response> {
    let mut body = json!({"verifiable_password_authentication": false});
    if let Some(version) = request.profile.enterprise_version() {
        body["installed_version"] = Value::String(version);
    }
    Ok(Response::json(StatusCode::OK, request, &body))
}

pub(super) fn zen(_: &AppState, _: &Request) -> Result<Response, Response> {
    Ok(Response::text(
        StatusCode::OK,
        "Say it once, and say it truly.",
    ))
}
