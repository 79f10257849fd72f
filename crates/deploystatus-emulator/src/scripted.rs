//! Answers that are not the emulator's own but a fault's.

use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderName, HeaderValue, StatusCode};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::faults::{Effect, RetryAfter};
use crate::headers::{common, http_date};
use crate::world::World;

/// What an overloaded server shows to people, and sometimes to programs.
const PAGE: &str = "<!DOCTYPE html>\n<html>\n<head><title>Unavailable</title></head>\n\
                    <body><h1>This page is taking too long</h1></body>\n</html>\n";

/// The answer a fault asks for.
pub(crate) fn response(world: &World, number: u64, effect: &Effect) -> Response {
    match effect {
        Effect::Answer {
            status,
            headers,
            body,
        } => {
            let mut response = match body {
                Some(Value::String(text)) => {
                    plain(world, number, *status, "text/plain", text.clone())
                }
                Some(body) => json_response(world, number, *status, body),
                None => json_response(world, number, *status, &json!({"message": "Server Error"})),
            };
            for (name, value) in headers {
                // What cannot be a header was told as a mistake before.
                if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse()) {
                    response.headers_mut().insert(name, value);
                }
            }
            response
        }
        Effect::Html { status } => plain(
            world,
            number,
            *status,
            "text/html; charset=utf-8",
            PAGE.to_owned(),
        ),
        Effect::Limit {
            status,
            retry_after,
        } => limit(world, number, *status, *retry_after),
        Effect::Panic => std::panic::resume_unwind(Box::new("a scripted panic")),
        Effect::Pass | Effect::Close { .. } | Effect::CutBody | Effect::Dribble(_) => {
            server_error(world, number, StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

/// What is said instead of an answer that cannot be given.
pub(crate) fn mistake(world: &World, number: u64, mistake: &str) -> Response {
    let message = format!("the scripted fault cannot happen: {mistake}");
    json_response(world, number, 500, &json!({"message": message}))
}

/// What is said when something went wrong inside.
pub(crate) fn server_error(world: &World, number: u64, status: StatusCode) -> Response {
    json_response(
        world,
        number,
        status.as_u16(),
        &json!({"message": "Server Error"}),
    )
}

fn limit(world: &World, number: u64, status: u16, retry_after: RetryAfter) -> Response {
    let body = json!({
        "documentation_url": format!(
            "{}/overview/rate-limits-for-the-rest-api",
            world.profile.documentation()
        ),
        "message": "You have exceeded a secondary rate limit. \
                    Please wait a few minutes before you try again.",
    });
    let mut response = json_response(world, number, status, &body);
    let value = match retry_after {
        RetryAfter::Seconds(seconds) => Some(seconds.to_string()),
        RetryAfter::Date(seconds) => {
            let wait = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
            let end = world.clock.now().saturating_add(wait);
            end.ok().map(http_date)
        }
        RetryAfter::Absent => None,
    };
    if let Some(Ok(value)) = value.map(HeaderValue::try_from) {
        response.headers_mut().insert(RETRY_AFTER, value);
    }
    response
}

fn json_response(world: &World, number: u64, status: u16, body: &Value) -> Response {
    let content_type = "application/json; charset=utf-8";
    plain(world, number, status, content_type, body.to_string())
}

fn plain(
    world: &World,
    number: u64,
    status: u16,
    content_type: &'static str,
    body: String,
) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = common(world.profile, world.clock.now(), number);
    let content_type = HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}
