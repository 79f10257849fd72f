//! Handlers that describe the server, the user and the rate limit.

#![expect(
    clippy::unnecessary_wraps,
    reason = "all handlers have the type that the routes need"
)]

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
    let now = state.clock.now();
    let Some(limit) = state.rate_limiter().current(request.actor.login(), now) else {
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
        "reset": now.as_second() + 60,
    });
    let mut body = json!({"resources": {"core": core, "search": search}});
    // The newest version has no `rate`, which repeats `core`.
    if request.version.selected() != Some(API_VERSIONS[1]) {
        body["rate"] = core;
    }
    Ok(Response::json(StatusCode::OK, request, &body))
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
