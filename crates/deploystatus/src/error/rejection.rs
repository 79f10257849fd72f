//! What a server says when it says no.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::{one_line, short};
use crate::header::{ACCEPTED_PERMISSIONS, ACCEPTED_SCOPES, REQUEST_ID, SSO, TOKEN_EXPIRATION};
use crate::reply::Reply;

/// A refusal: its status, the server's message, and what else it told.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Rejection {
    /// The HTTP status.
    pub status: u16,
    /// The server's own words, or the beginning of a body that is not GitHub's.
    pub message: Option<String>,
    /// What it says of single fields.
    pub field_errors: Vec<FieldError>,
    /// The number under which GitHub's support finds the request.
    pub request_id: Option<String>,
    /// The page that explains it.
    pub documentation_url: Option<String>,
    pub(crate) retry_at: Option<Timestamp>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) rate_limit: bool,
    pub(crate) creating: bool,
    /// `X-Accepted-GitHub-Permissions`, what a token of an app or a fine-grained one would need.
    pub(crate) permissions: Option<String>,
    /// `X-Accepted-OAuth-Scopes`, what a classic token would need.
    pub(crate) scopes: Option<String>,
    /// `X-GitHub-SSO`, where to allow the token for an organisation.
    pub(crate) sso: Option<String>,
    /// `GitHub-Authentication-Token-Expiration`.
    pub(crate) expires: Option<String>,
}

/// What is wrong with one field, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldError {
    /// The field, when the server names one.
    pub field: Option<String>,
    /// What is wrong with it, in one line.
    pub message: String,
}

impl Rejection {
    /// Whether the server refused because of a rate limit, which passes.
    #[must_use]
    pub fn is_rate_limit(&self) -> bool {
        self.rate_limit
    }

    pub(crate) fn read(reply: &Reply, creating: bool) -> Self {
        let header = |name| Some(reply.scrub(reply.header(name)?.to_owned()));
        let said = |value| Some(reply.scrub(text(value)?.to_owned()));
        let mut rejection = Self {
            status: reply.status,
            message: None,
            field_errors: Vec::new(),
            request_id: header(&REQUEST_ID),
            documentation_url: None,
            retry_at: None,
            retry_after: None,
            rate_limit: false,
            creating,
            permissions: header(&ACCEPTED_PERMISSIONS),
            scopes: header(&ACCEPTED_SCOPES).filter(|scopes| !scopes.is_empty()),
            sso: header(&SSO),
            expires: header(&TOKEN_EXPIRATION),
        };
        let Ok(body @ Value::Object(_)) = serde_json::from_slice(reply.whole_body()) else {
            rejection.message = reply.excerpt();
            return rejection;
        };
        rejection.message = said(&body["message"]).or_else(|| said(&body["error"]));
        rejection.field_errors = field_errors(&body["errors"]);
        for error in &mut rejection.field_errors {
            let message = reply.scrub(std::mem::take(&mut error.message));
            error.message = one_line(&message);
            error.field = error.field.take().map(|field| reply.scrub(field));
        }
        rejection.documentation_url = said(&body["documentation_url"]);
        rejection
    }
}

fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty())
}

/// As GitHub has ever written them: a text, or texts and objects.
fn field_errors(errors: &Value) -> Vec<FieldError> {
    match errors {
        Value::Array(errors) => errors.iter().filter_map(field_error).collect(),
        other => field_error(other).into_iter().collect(),
    }
}

fn field_error(error: &Value) -> Option<FieldError> {
    let (field, message) = match error {
        Value::Null => return None,
        Value::String(message) => (None, message.clone()),
        Value::Object(_) => {
            let field = text(&error["field"]);
            let message = text(&error["message"]).map(ToOwned::to_owned);
            let in_words = || refusal(field.unwrap_or("a field"), text(&error["code"]));
            (field, message.unwrap_or_else(in_words))
        }
        other => (None, other.to_string()),
    };
    Some(FieldError {
        field: field.map(ToOwned::to_owned),
        message,
    })
}

/// What GitHub means by a code.
fn refusal(field: &str, code: Option<&str>) -> String {
    match code {
        Some("missing_field") => format!("{field} is missing"),
        Some("missing") => format!("what {field} names does not exist"),
        Some("invalid") => format!("{field} is not valid"),
        Some("already_exists") => format!("{field} exists already"),
        Some("unprocessable") => format!("{field} cannot be used"),
        Some(code) => format!("{field}: {code}"),
        None => format!("{field} was refused"),
    }
}

/// How many characters of a message, of what is said of a field, and how many fields are shown;
/// all of them are there for those who ask.
const MESSAGE: usize = 400;
const FIELD: usize = 200;
const FIELDS: usize = 10;

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the server answered {}", self.status)?;
        if let Some(reason) = reason(self.status) {
            write!(f, " {reason}")?;
        }
        if let Some(message) = &self.message {
            write!(f, ", {:?}", short(message, MESSAGE))?;
        }
        for (index, error) in self.field_errors.iter().take(FIELDS).enumerate() {
            let joint = if index == 0 { ": " } else { "; " };
            write!(f, "{joint}{}", short(&error.message, FIELD))?;
        }
        if let Some(more @ 1..) = self.field_errors.len().checked_sub(FIELDS) {
            write!(f, "; and {more} more")?;
        }
        write_request_id(f, self.request_id.as_deref())
    }
}

impl std::error::Error for Rejection {}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

pub(super) fn write_request_id(f: &mut fmt::Formatter<'_>, id: Option<&str>) -> fmt::Result {
    match id {
        Some(id) => write!(f, " (request {id})"),
        None => Ok(()),
    }
}

fn reason(status: u16) -> Option<&'static str> {
    reqwest::StatusCode::from_u16(status)
        .ok()?
        .canonical_reason()
}
