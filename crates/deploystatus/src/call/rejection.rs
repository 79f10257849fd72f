//! Rejections read from responses.

use serde_json::Value;

use super::operation::Operation;
use crate::error::rejection::{FieldError, Rejection, RejectionKind};
use crate::error::text::clean;
use crate::http::headers::{
    ACCEPTED_PERMISSIONS, ACCEPTED_SCOPES, REQUEST_ID, SSO, TOKEN_EXPIRATION,
};
use crate::http::response::Response;

/// Reads the rejection that a response contains.
pub(crate) fn read(response: &Response, operation: Operation) -> Rejection {
    let text = |value: &Value| {
        let text = value.as_str().filter(|text| !text.is_empty())?;
        Some(response.scrub(text.to_owned()))
    };
    let body: Option<Value> = serde_json::from_slice(response.body()).ok();
    let body = body.filter(Value::is_object);
    let (message, field_errors, documentation_url) = match &body {
        Some(body) => (
            text(&body["message"]).or_else(|| text(&body["error"])),
            field_errors(&body["errors"], response),
            text(&body["documentation_url"]),
        ),
        None => (response.excerpt(), Vec::new(), None),
    };
    let mut rejection = Rejection {
        status: response.status,
        message,
        field_errors,
        request_id: response.scrubbed_header(&REQUEST_ID),
        documentation_url,
        retry_at: None,
        retry_after: None,
        accepted_permissions: response.scrubbed_header(&ACCEPTED_PERMISSIONS),
        accepted_scopes: response
            .scrubbed_header(&ACCEPTED_SCOPES)
            .filter(|scopes| !scopes.is_empty()),
        sso_url: response
            .scrubbed_header(&SSO)
            .and_then(|header| sso_url(&header)),
        token_expires: response.scrubbed_header(&TOKEN_EXPIRATION),
        kind: RejectionKind::Other,
        was_creation: operation == Operation::Create,
    };
    rejection.kind = kind(&rejection, response.headers.contains_key(SSO));
    rejection
}

/// Recognizes the reason for a rejection. For most reasons, GitHub sends only a message and no code.
fn kind(rejection: &Rejection, has_sso: bool) -> RejectionKind {
    let message = rejection.message.as_deref().unwrap_or_default();
    let message = message.to_ascii_lowercase();
    let contains = |text: &str| message.contains(text);
    let has_field_error = |text: &str| {
        let mut errors = rejection.field_errors.iter();
        errors.any(|error| error.message.contains(text))
    };
    match rejection.status {
        400 if has_field_error("not a supported version") => RejectionKind::ApiVersionUnsupported,
        410 => RejectionKind::ApiVersionUnsupported,
        401 if contains("requires authentication") => RejectionKind::TokenMissing,
        401 if contains("expired") || rejection.token_expires.is_some() => {
            RejectionKind::TokenExpired
        }
        401 => RejectionKind::TokenInvalid,
        403 | 404 if has_sso => RejectionKind::SsoRequired,
        403 if contains("archived") => RejectionKind::RepositoryArchived,
        403 if contains("suspended") => RejectionKind::InstallationSuspended,
        403 if contains("resource not accessible by integration") => {
            RejectionKind::IntegrationForbidden
        }
        403 if contains("resource not accessible by personal access token") => {
            RejectionKind::PersonalTokenForbidden
        }
        403 if contains("user-agent") => RejectionKind::UserAgentMissing,
        403 => RejectionKind::Forbidden,
        404 => RejectionKind::NotFound,
        415 => RejectionKind::PreviewRequired,
        // Servers before 3.3 reject gated states without their previews, with or without naming the field.
        422 if is_about_state(rejection) => RejectionKind::PreviewRequired,
        422 => RejectionKind::InvalidFields,
        451 => RejectionKind::LegallyBlocked,
        500.. => RejectionKind::ServerError,
        _ => RejectionKind::Other,
    }
}

/// Returns `true` if a creation was rejected because of its state.
///
/// The library sends only documented states, so such a rejection means that a preview is missing.
fn is_about_state(rejection: &Rejection) -> bool {
    let is_state = |error: &FieldError| {
        error.field.as_deref() == Some("state") || error.message.to_lowercase().contains("state is")
    };
    rejection.was_creation
        && (rejection.field_errors.is_empty() || rejection.field_errors.iter().any(is_state))
}

/// Reads the URL of `required; url=…`. The other form, `partial-results; organizations=…`, has none.
fn sso_url(header: &str) -> Option<String> {
    let mut parts = header.split(';');
    let url = parts.find_map(|part| part.trim().strip_prefix("url="))?;
    Some(url.to_owned())
}

const MAX_FIELD_ERROR: usize = 1000;

/// Reads the field errors in all forms that GitHub has used: a text, or a list of texts and objects.
fn field_errors(errors: &Value, response: &Response) -> Vec<FieldError> {
    let one = |error: &Value| {
        let (field, message) = field_error(error)?;
        Some(FieldError {
            field: field.map(|field| clean(&response.scrub(field.to_owned()), MAX_FIELD_ERROR)),
            message: clean(&response.scrub(message), MAX_FIELD_ERROR),
        })
    };
    match errors {
        Value::Array(errors) => errors.iter().filter_map(one).collect(),
        other => one(other).into_iter().collect(),
    }
}

fn field_error(error: &Value) -> Option<(Option<&str>, String)> {
    let text = |value: &'_ Value| {
        value
            .as_str()
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    Some(match error {
        Value::Null => return None,
        Value::String(message) => (None, message.clone()),
        Value::Object(_) => {
            let field = error["field"].as_str().filter(|text| !text.is_empty());
            let by_code = || code_message(field.unwrap_or("a field"), error["code"].as_str());
            (field, text(&error["message"]).unwrap_or_else(by_code))
        }
        other => (None, other.to_string()),
    })
}

/// Returns the message for one of GitHub's error codes.
fn code_message(field: &str, code: Option<&str>) -> String {
    match code {
        Some("missing_field") => format!("{field} is missing"),
        Some("missing") => format!("{field} does not exist"),
        Some("invalid") => format!("{field} is invalid"),
        Some("already_exists") => format!("{field} already exists"),
        Some("unprocessable") => format!("{field} cannot be processed"),
        Some(code) => format!("{field}: {code}"),
        None => format!("{field} was rejected"),
    }
}
