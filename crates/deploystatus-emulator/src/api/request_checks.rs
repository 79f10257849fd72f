//! Checks that come before every handler, in GitHub's order.

use http::StatusCode;
use http::header::{ACCEPT, RETRY_AFTER, SERVER, USER_AGENT};
use jiff::SignedDuration;

use crate::app_state::AppState;
use crate::http::api_version::{ApiVersion, unknown_version_error};
use crate::http::headers::request_id;
use crate::http::rate_limiter::{
    Exceeded, primary_limit_documentation, secondary_limit_documentation,
};
use crate::http::request::Request;
use crate::http::response::{Errors, Response};
use crate::model::operation::Operation;
use crate::model::quirks::LimitStatus;

/// Maximum size of a body in bytes. The limit of GitHub is not documented.
pub(crate) const MAX_BODY: usize = 1024 * 1024;

/// Checks a request, and returns the response if it is refused.
///
/// A request that passes has been counted by the rate limiter, if [`is_counted`] is true for it.
pub(crate) fn check(state: &AppState, request: &Request) -> Result<(), Response> {
    check_user_agent(request)?;
    check_route(request)?;
    check_credential(request)?;
    check_version(request)?;
    check_media_type(request)?;
    check_body_size(request)?;
    check_rate_limits(state, request)
}

/// Returns `true` if the rate limits count the request.
pub(crate) fn is_counted(request: &Request) -> bool {
    request.operation != Some(Operation::GetRateLimit)
}

fn check_user_agent(request: &Request) -> Result<(), Response> {
    let agent = request.header(USER_AGENT).unwrap_or_default();
    if !agent.trim().is_empty() {
        return Ok(());
    }
    let text = "\r\nRequest forbidden by administrative rules. \
                Please make sure your request has a User-Agent header.\r\n";
    Err(Response::text(StatusCode::FORBIDDEN, text).without_version())
}

fn check_route(request: &Request) -> Result<(), Response> {
    if request.operation.is_some() {
        return Ok(());
    }
    let status = StatusCode::NOT_FOUND;
    Err(Response::general_error(status, request, "Not Found"))
}

fn check_credential(request: &Request) -> Result<(), Response> {
    if !request.has_bad_credential() {
        return Ok(());
    }
    let status = StatusCode::UNAUTHORIZED;
    Err(Response::general_error(status, request, "Bad credentials"))
}

fn check_version(request: &Request) -> Result<(), Response> {
    let (status, message, errors) = match &request.version {
        ApiVersion::Selected(_) => return Ok(()),
        ApiVersion::Retired => {
            let message = "The API version you specified is no longer supported.";
            (StatusCode::GONE, message, None)
        }
        ApiVersion::Unknown(requested) => {
            let errors = unknown_version_error(request.profile, requested);
            (StatusCode::BAD_REQUEST, "Bad Request", Some(errors))
        }
    };
    let errors = errors.map(Errors::Sentence);
    let documentation = request.profile.documentation();
    let response = Response::error_with(status, request, message, errors, documentation);
    Err(response.without_version())
}

fn check_media_type(request: &Request) -> Result<(), Response> {
    if request.media.is_some() {
        return Ok(());
    }
    let accept = request.header(ACCEPT).unwrap_or_default();
    let message = format!("Unsupported 'Accept' header: {accept}. Must accept 'application/json'.");
    let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    Err(Response::general_error(status, request, &message))
}

fn check_body_size(request: &Request) -> Result<(), Response> {
    if request.body.len() <= MAX_BODY {
        return Ok(());
    }
    let status = StatusCode::PAYLOAD_TOO_LARGE;
    Err(Response::error(
        status,
        request,
        "Request body is too large",
    ))
}

fn check_rate_limits(state: &AppState, request: &Request) -> Result<(), Response> {
    let Some(operation) = request.operation.filter(|_| is_counted(request)) else {
        return Ok(());
    };
    let login = request.actor.login();
    let started = {
        let mut rate_limiter = state.rate_limiter();
        // Read under the lock, the times of all requests are in order.
        rate_limiter.start(login, operation, state.clock.now())
    };
    started.map_err(|exceeded| match (exceeded, login) {
        (Exceeded::Primary, Some(login)) => primary_limit(state, request, login),
        (Exceeded::Primary, None) => anonymous_limit(request),
        (Exceeded::Secondary { retry_after }, _) => {
            let retry_after = round_up(retry_after).to_string();
            secondary_limit(request, limit_status(request), Some(&retry_after))
        }
    })
}

fn primary_limit(state: &AppState, request: &Request, login: &str) -> Response {
    let user = state.store().user(login).id;
    let now = request.received_at;
    let message = format!(
        "API rate limit exceeded for user ID {user}. If you reach out to GitHub Support for help, \
         please include the request ID {} and timestamp {} UTC.",
        request_id(now, request.number),
        now.strftime("%Y-%m-%d %H:%M:%S"),
    );
    let page = primary_limit_documentation(request.profile);
    Response::error_with(limit_status(request), request, &message, None, page)
}

fn anonymous_limit(request: &Request) -> Response {
    let body = serde_json::json!({
        "message": "API rate limit exceeded for 127.0.0.1. (But here's the good news: \
                    Authenticated requests get a higher rate limit. \
                    Check out the documentation for more details.)",
        "documentation_url": primary_limit_documentation(request.profile),
    });
    Response::json(limit_status(request), request, &body).header(SERVER, "Varnish")
}

/// Creates the response of an exceeded secondary limit.
pub(crate) fn secondary_limit(
    request: &Request,
    status: StatusCode,
    retry_after: Option<&str>,
) -> Response {
    let message = "You have exceeded a secondary rate limit. \
                   Please wait a few minutes before you try again.";
    let page = secondary_limit_documentation(request.profile);
    let response = Response::error_with(status, request, message, None, page);
    match retry_after {
        Some(value) => response.header(RETRY_AFTER, value),
        None => response,
    }
}

fn limit_status(request: &Request) -> StatusCode {
    match request.quirks.limit_status {
        LimitStatus::Forbidden => StatusCode::FORBIDDEN,
        LimitStatus::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
    }
}

/// Rounds up to seconds, so that a client that waits as requested is not early.
fn round_up(duration: SignedDuration) -> i64 {
    duration.as_secs() + i64::from(duration.subsec_nanos() > 0)
}
