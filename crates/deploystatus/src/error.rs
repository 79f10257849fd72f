//! Errors of the library.

pub(crate) mod advice;
pub(crate) mod rejection;
pub(crate) mod text;
pub(crate) mod unknown_outcome;

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

use self::rejection::{FieldError, Rejection, write_request_id};
use self::unknown_outcome::UnknownOutcome;
use crate::model::invalid_value::InvalidValue;

/// An error of the library.
///
/// `Display` prints one line of bounded length. [`Error::kind`] and the predicates classify the error,
/// and [`Error::advice`] describes the fix. The predicates look through wrappers:
/// an unknown outcome after a timeout is both a timeout and an unknown outcome.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    message: String,
    details: Details,
    source: Option<Source>,
}

pub(crate) type Source = Box<dyn std::error::Error + Send + Sync>;

/// Data from which the methods of an error compute their results.
#[derive(Debug)]
pub(crate) enum Details {
    None,
    Invalid(InvalidValue),
    Response {
        status: u16,
        request_id: Option<String>,
    },
    Rejection(Rejection),
    RateLimit(Limit),
    Unknown(UnknownOutcome, Error),
}

/// A wait that is longer than the policy permits.
#[derive(Debug)]
pub(crate) struct Limit {
    pub(crate) until: Timestamp,
    pub(crate) wait: Duration,
    /// The server's response, or `None` if the limit is the client's own.
    pub(crate) rejection: Option<Rejection>,
}

impl Limit {
    /// Creates a limit that ends after this time on the clock of this machine.
    pub(crate) fn after(wait: Duration, rejection: Option<Rejection>) -> Self {
        let until = Timestamp::now().checked_add(wait);
        Self {
            until: until.unwrap_or(Timestamp::MAX),
            wait,
            rejection,
        }
    }
}

/// The kind of an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An input value cannot be used. Nothing was sent.
    InvalidValue,
    /// The token source failed. Nothing was sent.
    TokenSource,
    /// No connection to the server was made. Nothing was sent.
    Connect,
    /// No complete response was received in time.
    Timeout,
    /// The connection was lost before the response was complete.
    ConnectionLost,
    /// The server rejected the request.
    Rejected,
    /// The server, or the pacing of the client, requires a longer wait than the policy permits.
    RateLimited,
    /// The response does not have the form of GitHub's API.
    InvalidResponse,
    /// A redirect or a link to a page is invalid, forms a loop, or leads to another server.
    Redirect,
    /// The list of statuses lacked statuses that are known to exist, for the whole search time.
    StaleList,
    /// A report was not sent, because another rollout has reported a newer status.
    Superseded,
    /// A status was sent, and it is unknown whether it is stored.
    OutcomeUnknown,
    /// An outbox cannot be read or written.
    Outbox,
    /// The Tokio runtime is missing or was shut down.
    Runtime,
}

impl ErrorKind {
    /// Returns the name of the kind in snake case, as used in traces.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidValue => "invalid_value",
            Self::TokenSource => "token_source",
            Self::Connect => "connect",
            Self::Timeout => "timeout",
            Self::ConnectionLost => "connection_lost",
            Self::Rejected => "rejected",
            Self::RateLimited => "rate_limited",
            Self::InvalidResponse => "invalid_response",
            Self::Redirect => "redirect",
            Self::StaleList => "stale_list",
            Self::Superseded => "superseded",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::Outbox => "outbox",
            Self::Runtime => "runtime",
        }
    }
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            details: Details::None,
            source: None,
        }))
    }

    pub(crate) fn with_source(mut self, source: impl Into<Source>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn with_details(mut self, details: Details) -> Self {
        self.0.details = details;
        self
    }

    pub(crate) fn rejected(rejection: Rejection) -> Self {
        Self::new(ErrorKind::Rejected, "").with_details(Details::Rejection(rejection))
    }

    pub(crate) fn rate_limited(limit: Limit) -> Self {
        Self::new(ErrorKind::RateLimited, "").with_details(Details::RateLimit(limit))
    }

    pub(crate) fn outcome_unknown(unknown: UnknownOutcome, last: Self) -> Self {
        Self::new(ErrorKind::OutcomeUnknown, "").with_details(Details::Unknown(unknown, last))
    }

    pub(crate) fn details(&self) -> &Details {
        &self.0.details
    }

    /// Returns the error itself, or the error of the last request if this one wraps it.
    fn innermost(&self) -> &Self {
        match &self.0.details {
            Details::Unknown(_, last) => last.innermost(),
            _ => self,
        }
    }

    /// Returns the kind of the error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns `true` if no complete response was received in time.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.innermost().kind() == ErrorKind::Timeout
    }

    /// Returns `true` if no connection to the server was made.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        self.innermost().kind() == ErrorKind::Connect
    }

    /// Returns `true` if the token is missing or invalid, or lacks a permission.
    ///
    /// The status is 401, or 403 without a rate limit.
    #[must_use]
    pub fn is_auth(&self) -> bool {
        matches!(self.status(), Some(401 | 403)) && !self.is_rate_limited()
    }

    /// Returns `true` if the server responded 404.
    ///
    /// Common causes are a mistyped name or ID, and a token without access to the repository.
    /// GitHub does not distinguish them.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(404)
    }

    /// Returns `true` if a rate limit was exceeded. [`Error::retry_at`] returns the end of the limit.
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.innermost().kind() == ErrorKind::RateLimited
    }

    /// Returns `true` if the same call may succeed later without any change.
    ///
    /// Returns `false` for an unknown outcome: check the deployment's statuses before you report again.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self.kind() {
            ErrorKind::Connect
            | ErrorKind::Timeout
            | ErrorKind::ConnectionLost
            | ErrorKind::TokenSource
            | ErrorKind::StaleList
            | ErrorKind::RateLimited => true,
            ErrorKind::Rejected => {
                matches!(self.status(), Some(408 | 425 | 429 | 500..=599))
            }
            _ => false,
        }
    }

    /// Returns `true` if a status was sent and it is unknown whether it is stored.
    ///
    /// Common causes are a server that was down for longer than the policy permits,
    /// and a token that can create statuses but not read them.
    #[must_use]
    pub fn is_outcome_unknown(&self) -> bool {
        self.kind() == ErrorKind::OutcomeUnknown
    }

    /// Returns the known facts about a creation whose outcome is unknown, or `None` for other errors.
    #[must_use]
    pub fn unknown_outcome(&self) -> Option<&UnknownOutcome> {
        match &self.0.details {
            Details::Unknown(unknown, _) => Some(unknown),
            _ => None,
        }
    }

    /// Returns the invalid input value, or `None` for other errors.
    #[must_use]
    pub fn invalid_value(&self) -> Option<&InvalidValue> {
        match &self.0.details {
            Details::Invalid(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the server's rejection, or `None` if the server sent none.
    #[must_use]
    pub fn rejection(&self) -> Option<&Rejection> {
        match &self.innermost().0.details {
            Details::Rejection(rejection) => Some(rejection),
            Details::RateLimit(limit) => limit.rejection.as_ref(),
            _ => None,
        }
    }

    /// Returns the HTTP status code of the response, or `None` if there was none.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match &self.innermost().0.details {
            Details::Response { status, .. } => Some(*status),
            _ => self.rejection().map(|rejection| rejection.status),
        }
    }

    /// Returns the ID by which GitHub's support identifies the request, or `None` if the server sent none.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match &self.innermost().0.details {
            Details::Response { request_id, .. } => request_id.as_deref(),
            _ => self.rejection()?.request_id.as_deref(),
        }
    }

    /// Returns the server's messages about single fields, or an empty list if there are none.
    #[must_use]
    pub fn field_errors(&self) -> &[FieldError] {
        self.rejection()
            .map_or(&[], |rejection| &rejection.field_errors)
    }

    /// Returns the time (by the server's clock) after which the call may succeed, or `None` if it is unknown.
    #[must_use]
    pub fn retry_at(&self) -> Option<Timestamp> {
        match &self.innermost().0.details {
            Details::RateLimit(limit) => Some(limit.until),
            Details::Rejection(rejection) => rejection.retry_at,
            _ => None,
        }
    }

    /// Returns the time to wait after the response before the call may succeed, or `None` if it is unknown.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match &self.innermost().0.details {
            Details::RateLimit(limit) => Some(limit.wait),
            Details::Rejection(rejection) => rejection.retry_after,
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.details {
            Details::None => f.write_str(&self.0.message),
            Details::Invalid(value) => value.fmt(f),
            Details::Response { request_id, .. } => {
                f.write_str(&self.0.message)?;
                write_request_id(f, request_id.as_deref())
            }
            Details::Rejection(rejection) => rejection.fmt(f),
            Details::RateLimit(limit) => match &limit.rejection {
                Some(rejection) => write!(f, "{rejection}; rate limited until {}", limit.until),
                None => write!(
                    f,
                    "client-side rate limit reached; next request allowed at {}",
                    limit.until
                ),
            },
            Details::Unknown(unknown, _) => unknown.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.details {
            Details::Unknown(_, last) => Some(last),
            _ => self.0.source.as_ref().map(|source| &**source as _),
        }
    }
}

impl From<InvalidValue> for Error {
    fn from(value: InvalidValue) -> Self {
        Self::new(ErrorKind::InvalidValue, "").with_details(Details::Invalid(value))
    }
}
