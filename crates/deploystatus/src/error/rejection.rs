//! Rejected requests.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::text::clean;

/// A response with which the server rejected a request.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Rejection {
    /// The HTTP status code.
    pub status: u16,
    /// The server's message, or the start of the body if it is not GitHub's JSON.
    pub message: Option<String>,
    /// The server's messages about single fields.
    pub field_errors: Vec<FieldError>,
    /// The ID by which GitHub's support identifies the request.
    pub request_id: Option<String>,
    /// The URL of the page that documents the error.
    pub documentation_url: Option<String>,
    /// Time (by the server's clock) before which the request must not be repeated.
    pub retry_at: Option<Timestamp>,
    /// Time to wait after the response before the request may be repeated.
    pub retry_after: Option<Duration>,
    /// The permissions that the token lacks, such as `deployments=write` (`X-Accepted-GitHub-Permissions`).
    pub accepted_permissions: Option<String>,
    /// The scopes that a classic token lacks, such as `repo_deployment` (`X-Accepted-OAuth-Scopes`).
    pub accepted_scopes: Option<String>,
    /// The page on which the token can be authorized for single sign-on (`X-GitHub-SSO`).
    pub sso_url: Option<String>,
    /// The time at which the token expires, as the server wrote it (`GitHub-Authentication-Token-Expiration`).
    pub token_expires: Option<String>,
    pub(crate) kind: RejectionKind,
    pub(crate) was_creation: bool,
}

/// The reason for a rejection, as recognized from the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RejectionKind {
    /// A primary or secondary rate limit was exceeded.
    RateLimit,
    /// The request carried no token.
    TokenMissing,
    /// The token is invalid or revoked.
    TokenInvalid,
    /// The token has expired.
    TokenExpired,
    /// The token is not authorized for the single sign-on of the organization.
    SsoRequired,
    /// The `GITHUB_TOKEN` of a workflow, or an app, lacks a permission.
    IntegrationForbidden,
    /// A personal access token lacks a permission.
    PersonalTokenForbidden,
    /// The token lacks a permission.
    Forbidden,
    /// The repository is archived.
    RepositoryArchived,
    /// The installation of the app is suspended.
    InstallationSuspended,
    /// The request had no `User-Agent`.
    UserAgentMissing,
    /// The repository or the deployment does not exist, or the token cannot access it.
    NotFound,
    /// The repository is blocked for legal reasons.
    LegallyBlocked,
    /// The server does not support the API version of the request.
    ApiVersionUnsupported,
    /// The server requires a preview for the state, or for the request.
    PreviewRequired,
    /// A field is invalid.
    InvalidFields,
    /// The server failed.
    ServerError,
    /// Any other reason.
    Other,
}

/// The server's message about one field of the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FieldError {
    /// The name of the field, or `None` if the server sent none.
    pub field: Option<String>,
    /// The message, in one line.
    pub message: String,
}

impl Rejection {
    /// Returns the reason for the rejection.
    #[must_use]
    pub fn kind(&self) -> RejectionKind {
        self.kind
    }

    /// Returns `true` if the rejected request was a creation.
    #[must_use]
    pub fn was_creation(&self) -> bool {
        self.was_creation
    }
}

/// Limits of the text that `Display` prints. The fields of a rejection contain the complete texts.
const MAX_MESSAGE: usize = 400;
const MAX_FIELD_MESSAGE: usize = 200;
const MAX_FIELD_ERRORS: usize = 10;
const MAX_REQUEST_ID: usize = 100;

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the server responded {}", self.status)?;
        if let Some(reason) = reason_phrase(self.status) {
            write!(f, " {reason}")?;
        }
        if let Some(message) = &self.message {
            write!(f, ": {:?}", clean(message, MAX_MESSAGE))?;
        }
        for (index, error) in self.field_errors.iter().take(MAX_FIELD_ERRORS).enumerate() {
            let separator = if index == 0 { ": " } else { "; " };
            write!(f, "{separator}{}", clean(&error.message, MAX_FIELD_MESSAGE))?;
        }
        if let Some(more @ 1..) = self.field_errors.len().checked_sub(MAX_FIELD_ERRORS) {
            write!(f, "; and {more} more")?;
        }
        write_request_id(f, self.request_id.as_deref())
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

pub(super) fn write_request_id(f: &mut fmt::Formatter<'_>, id: Option<&str>) -> fmt::Result {
    match id {
        Some(id) => write!(f, " (request ID {})", clean(id, MAX_REQUEST_ID)),
        None => Ok(()),
    }
}

fn reason_phrase(status: u16) -> Option<&'static str> {
    reqwest::StatusCode::from_u16(status)
        .ok()?
        .canonical_reason()
}
