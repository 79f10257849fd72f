//! Advice on how to fix an error.

use std::fmt;

use jiff::Timestamp;

use super::rejection::{Rejection, RejectionKind};
use super::text::clean;
use super::{Details, Error, ErrorKind};

/// Advice on how to fix an error.
///
/// `Display` prints one or more complete sentences for users of the library.
/// Programs with settings of their own, such as command-line flags, can match on the variants and print their own text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Advice {
    /// Give the client a token.
    ProvideToken,
    /// Replace the token.
    #[non_exhaustive]
    ReplaceToken {
        /// The time at which the token expires or expired, as the server wrote it.
        expires: Option<String>,
    },
    /// Authorize the token for the single sign-on of the organization.
    #[non_exhaustive]
    AuthorizeToken {
        /// The page on which the token can be authorized.
        url: Option<String>,
    },
    /// Add a permission to the workflow or the app.
    #[non_exhaustive]
    AddIntegrationPermission {
        /// The missing permission, such as `deployments=write`.
        permission: String,
        /// The level for the workflow's `deployments:` permission, `read` or `write`.
        level: &'static str,
    },
    /// Give the token a permission.
    #[non_exhaustive]
    AddTokenPermission {
        /// The missing permission, such as `deployments=write`.
        permission: String,
        /// The scopes of which a classic token needs one.
        scopes: Option<String>,
    },
    /// Check the repository, the deployment ID and the permissions of the token.
    #[non_exhaustive]
    CheckDeployment {
        /// The permission that a creation requires, or `None` if the request was a read.
        permission: Option<String>,
    },
    /// Unarchive the repository.
    UnarchiveRepository,
    /// Resume the app's installation.
    ResumeInstallation,
    /// Set a user agent.
    SetUserAgent,
    /// Use an API version that the server supports.
    UseSupportedApiVersion,
    /// Send the previews that the server requires.
    EnablePreviews,
    /// Repeat the request after the server's rate limit has been reset.
    #[non_exhaustive]
    WaitUntil {
        /// The time by the server's clock.
        at: Timestamp,
    },
    /// Report less often, or wait: this client has used up its own budget.
    #[non_exhaustive]
    ReportLess {
        /// The time at which the budget admits the next request.
        at: Timestamp,
    },
    /// Check the deployment's statuses before reporting again.
    LookBeforeReporting,
    /// Use the new address as the base URL.
    UseNewAddress,
    /// Check the base URL, the name resolution, and any proxy or certificate.
    CheckConnection,
    /// Check the base URL and any proxy, because the response did not come from GitHub's API.
    CheckBaseUrl,
    /// Check the status of the server.
    CheckServerStatus,
    /// Check that the outbox directory exists, is writable and has free space.
    CheckOutbox,
}

impl Error {
    /// Returns advice on how to fix the error, or `None` if there is none.
    #[must_use]
    pub fn advice(&self) -> Option<Advice> {
        advice(self)
    }
}

fn advice(error: &Error) -> Option<Advice> {
    Some(match (error.kind(), error.details()) {
        (ErrorKind::OutcomeUnknown, _) => Advice::LookBeforeReporting,
        (_, Details::RateLimit(limit)) => match limit.rejection {
            Some(_) => Advice::WaitUntil { at: limit.until },
            None => Advice::ReportLess { at: limit.until },
        },
        (_, Details::Rejection(rejection)) => return for_rejection(rejection),
        (ErrorKind::Redirect, _) => Advice::UseNewAddress,
        (ErrorKind::Connect, _) => Advice::CheckConnection,
        (ErrorKind::InvalidResponse, _) => Advice::CheckBaseUrl,
        (ErrorKind::Outbox, _) => Advice::CheckOutbox,
        _ => return None,
    })
}

fn for_rejection(rejection: &Rejection) -> Option<Advice> {
    Some(match rejection.kind {
        RejectionKind::TokenMissing => Advice::ProvideToken,
        RejectionKind::TokenInvalid | RejectionKind::TokenExpired => Advice::ReplaceToken {
            expires: rejection.token_expires.clone(),
        },
        RejectionKind::SsoRequired => Advice::AuthorizeToken {
            url: rejection.sso_url.clone(),
        },
        RejectionKind::IntegrationForbidden => Advice::AddIntegrationPermission {
            permission: permission(rejection),
            level: if rejection.was_creation {
                "write"
            } else {
                "read"
            },
        },
        RejectionKind::PersonalTokenForbidden => Advice::AddTokenPermission {
            permission: permission(rejection),
            scopes: None,
        },
        RejectionKind::Forbidden => Advice::AddTokenPermission {
            permission: permission(rejection),
            scopes: rejection.accepted_scopes.clone(),
        },
        RejectionKind::NotFound => Advice::CheckDeployment {
            permission: rejection.was_creation.then(|| permission(rejection)),
        },
        RejectionKind::RepositoryArchived => Advice::UnarchiveRepository,
        RejectionKind::InstallationSuspended => Advice::ResumeInstallation,
        RejectionKind::UserAgentMissing => Advice::SetUserAgent,
        RejectionKind::ApiVersionUnsupported => Advice::UseSupportedApiVersion,
        RejectionKind::PreviewRequired => Advice::EnablePreviews,
        RejectionKind::ServerError => Advice::CheckServerStatus,
        RejectionKind::RateLimit
        | RejectionKind::LegallyBlocked
        | RejectionKind::InvalidFields
        | RejectionKind::Other => return None,
    })
}

/// Returns the permission that the server named, or the one that the operation requires.
fn permission(rejection: &Rejection) -> String {
    match &rejection.accepted_permissions {
        Some(permissions) if !permissions.is_empty() => clean(permissions, MAX_TEXT),
        _ if rejection.was_creation => "deployments=write".to_owned(),
        _ => "deployments=read".to_owned(),
    }
}

const MAX_TEXT: usize = 200;

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ProvideToken => "Give the client a token with `ClientBuilder::token`.",
            Self::ReplaceToken { expires: None } => "Give the client a new token: this one is invalid, revoked or expired.",
            Self::ReplaceToken { expires: Some(time) } => {
                let time = clean(time, MAX_TEXT);
                return write!(f, "Give the client a new token: this one is invalid, revoked or expired (expiration: {time}).");
            }
            Self::AuthorizeToken { url: None } => "Authorize the token for single sign-on in the settings of the organization.",
            Self::AuthorizeToken { url: Some(url) } => {
                return write!(f, "Authorize the token for single sign-on at {}.", clean(url, MAX_TEXT));
            }
            Self::AddIntegrationPermission { permission, level } => {
                return write!(
                    f,
                    "Add the permission `{permission}`. In a workflow, add these lines to the job or the file:\n\
                     permissions:\n  deployments: {level}\n\
                     For an app, add the permission in its settings and accept it for the installation. \
                     Workflows started by Dependabot or from a fork get read-only tokens."
                );
            }
            Self::AddTokenPermission { permission, scopes } => {
                write!(f, "Give the token the repository permission `{permission}`")?;
                return match scopes {
                    Some(scopes) => write!(f, ", or one of these scopes if it is a classic token: {}.", clean(scopes, MAX_TEXT)),
                    None => f.write_str("."),
                };
            }
            Self::CheckDeployment { permission: None } => "Check the repository and the IDs, and that the token can read the repository: GitHub responds 404 in both cases.",
            Self::CheckDeployment { permission: Some(permission) } => {
                return write!(
                    f,
                    "Check the repository and the deployment ID, and that the token has the permission `{permission}` \
                     (scope repo_deployment for a classic token): GitHub responds 404 in both cases."
                );
            }
            Self::UnarchiveRepository => "Unarchive the repository, or stop reporting.",
            Self::ResumeInstallation => "Ask the owner of the app's installation to resume it in its settings.",
            Self::SetUserAgent => "Set a user agent with `ClientBuilder::user_agent`.",
            Self::UseSupportedApiVersion => "Set the right `ServerProfile`, or set none so that the client detects the server.",
            Self::EnablePreviews => "Enterprise Server before 3.3 requires previews: set the right `ServerProfile`, or set none so that the client detects the server.",
            Self::WaitUntil { at } => return write!(f, "Try again after {at}, or raise `RetryPolicy::max_retry_after`."),
            Self::ReportLess { at } => return write!(f, "Report less often, wait until {at}, or change the limits with `Pacing`."),
            Self::LookBeforeReporting => "Check the deployment's statuses before you report again; otherwise the status may be stored twice.",
            Self::UseNewAddress => "If the new address is right, use it as the base URL of the client.",
            Self::CheckConnection => "Check the base URL, the name resolution, and any proxy or certificate on the way to the server.",
            Self::CheckBaseUrl => "Check the base URL (that of an Enterprise Server ends in /api/v3) and any proxy: the response does not come from GitHub's API.",
            Self::CheckServerStatus => "Check the status of the server; https://www.githubstatus.com shows that of github.com.",
            Self::CheckOutbox => "Check that the directory exists, is writable and has free space.",
        })
    }
}
