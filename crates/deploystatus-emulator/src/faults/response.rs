//! Responses that faults send instead of the real ones.

use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::fault::{Effect, RetryAfter};
use crate::http::headers::{common, http_date};
use crate::http::response::{HttpResponse, full_body};
use crate::model::profile::Profile;

const PAGE: &str = "<!DOCTYPE html>\n<html>\n<head><title>Unavailable</title></head>\n\
                    <body><h1>This page is taking too long</h1></body>\n</html>\n";

/// The values that the common headers of a response depend on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FaultContext {
    pub(crate) profile: Profile,
    pub(crate) now: Timestamp,
    /// Number of the request in the log.
    pub(crate) number: u64,
}

impl RetryAfter {
    /// Returns the value of the header, or `None` if there is no header.
    pub(crate) fn header(self, now: Timestamp) -> Option<String> {
        match self {
            RetryAfter::Seconds(seconds) => Some(seconds.to_string()),
            RetryAfter::Date(seconds) => {
                let wait = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
                now.saturating_add(wait).ok().map(http_date)
            }
            RetryAfter::Absent => None,
        }
    }
}

impl FaultContext {
    /// Creates the response of an effect that replaces the real one.
    pub(crate) fn respond(&self, effect: &Effect) -> HttpResponse {
        match effect {
            Effect::Respond {
                status,
                headers,
                body,
            } => self.custom(*status, headers, body.as_ref()),
            Effect::Html { status } => {
                self.respond_with(*status, "text/html; charset=utf-8", PAGE.to_owned())
            }
            Effect::Panic => std::panic::resume_unwind(Box::new("panic caused by a fault")),
            // The pipeline has other responses for these.
            Effect::Pass
            | Effect::SecondaryLimit { .. }
            | Effect::Close
            | Effect::Reset
            | Effect::CutBody
            | Effect::Dribble(_) => self.server_error(),
        }
    }

    /// Creates the response that reports an invalid fault.
    pub(crate) fn invalid_fault(&self, reason: &str) -> HttpResponse {
        let message = format!("invalid fault: {reason}");
        self.json(500, &json!({"message": message}))
    }

    /// Creates the response of a request whose handler panicked.
    pub(crate) fn server_error(&self) -> HttpResponse {
        self.json(500, &json!({"message": "Server Error"}))
    }

    fn custom(
        &self,
        status: u16,
        headers: &[(String, String)],
        body: Option<&Value>,
    ) -> HttpResponse {
        let mut response = match body {
            Some(Value::String(text)) => self.respond_with(status, "text/plain", text.clone()),
            Some(body) => self.json(status, body),
            None => self.json(status, &json!({"message": "Server Error"})),
        };
        for (name, value) in headers {
            // `Fault::validate` reported invalid headers before.
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse()) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }

    fn json(&self, status: u16, body: &Value) -> HttpResponse {
        self.respond_with(status, "application/json; charset=utf-8", body.to_string())
    }

    fn respond_with(&self, status: u16, content_type: &'static str, body: String) -> HttpResponse {
        let mut response = HttpResponse::new(full_body(body));
        *response.status_mut() =
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        *response.headers_mut() = common(self.profile, self.now, self.number);
        let content_type = HeaderValue::from_static(content_type);
        response.headers_mut().insert(CONTENT_TYPE, content_type);
        response
    }
}
