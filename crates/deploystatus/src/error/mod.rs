//! What can go wrong, in words for the person who reads them at night.

mod hint;
mod invalid;
mod line;
mod rejection;

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

use crate::Undelivered;

pub use invalid::Invalid;
pub(crate) use line::{one_line, short};
pub use rejection::{FieldError, Rejection};

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a call failed.
///
/// It prints as one line that reads well after "failed to …:", and [`Error::hint`] says what to do about it.
/// Callers ask questions instead of matching text.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// Something that was given cannot be used. Nothing was sent.
    Invalid(Invalid),
    /// The thread of a blocking client could not be started. Nothing was sent.
    NoThread(Failed),
    /// The source of tokens gave none. Nothing was sent.
    NoToken(Failed),
    /// No connection was made. Nothing was sent.
    Unreachable(Failed),
    /// The connection or the time ended before the answer came. Only reads end like this.
    Lost(Failed),
    /// The server said no.
    Rejected(Box<Rejection>),
    /// The server or the pacing of this client asks for a longer wait than the policy allows.
    RateLimited(Box<RateLimited>),
    /// The answer is not what GitHub sends.
    Unreadable(Box<Unreadable>),
    /// The server sends the request to a place where the credentials must not go, or in circles.
    Moved(Moved),
    /// A status was sent, and whether it is stored could not be found out.
    OutcomeUnknown(Box<OutcomeUnknown>),
    /// The end of a rollout could not be reported; it is in here, to be sent later.
    Undelivered(Undelivered),
    /// The work of a rollout failed.
    WorkFailed(Box<WorkFailed>),
    /// An outbox could not be read or written.
    Outbox(Failed),
}

/// A wait that is too long to sit out.
#[derive(Debug)]
pub struct RateLimited {
    pub(crate) until: Timestamp,
    pub(crate) wait: Duration,
    /// Nothing when it is the pacing of this client that asks.
    pub(crate) rejection: Option<Rejection>,
}

/// An answer that could not be understood.
#[derive(Debug)]
pub struct Unreadable {
    pub(crate) what: String,
    pub(crate) status: u16,
    pub(crate) request_id: Option<String>,
    pub(crate) cause: Option<Cause>,
}

/// A failure on the way, with its cause.
#[derive(Debug)]
pub struct Failed {
    pub(crate) what: String,
    pub(crate) cause: Option<Cause>,
}

/// A redirect that was not followed.
#[derive(Debug)]
pub struct Moved {
    pub(crate) to: String,
    pub(crate) why: &'static str,
}

/// What is known of a creation whose outcome is not.
#[derive(Debug)]
pub struct OutcomeUnknown {
    pub(crate) looked_for: String,
    pub(crate) since: Timestamp,
    pub(crate) last: Error,
}

/// The failed work of a rollout, and whether that is known to the server.
#[derive(Debug)]
pub struct WorkFailed {
    pub(crate) cause: Cause,
    pub(crate) undelivered: Option<Undelivered>,
}

impl Error {
    /// The HTTP status of the answer, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Unreadable(answer) => Some(answer.status),
            Self::OutcomeUnknown(unknown) => unknown.last.status(),
            Self::Undelivered(report) => report.last()?.status(),
            _ => self.rejection().map(|rejection| rejection.status),
        }
    }

    /// What the server said when it said no.
    #[must_use]
    pub fn rejection(&self) -> Option<&Rejection> {
        match self {
            Self::Rejected(rejection) => Some(rejection),
            Self::RateLimited(limited) => limited.rejection.as_ref(),
            Self::OutcomeUnknown(unknown) => unknown.last.rejection(),
            Self::Undelivered(report) => report.last()?.rejection(),
            _ => None,
        }
    }

    /// Whether the server answered 404.
    ///
    /// Usual causes: a mistyped name or id, or a token that may not see the repository;
    /// GitHub does not tell these apart.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Rejected(rejection) if rejection.status == 404)
    }

    /// Whether a rate limit is in the way; [`Error::retry_at`] tells until when.
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        match self {
            Self::RateLimited(_) => true,
            Self::Rejected(rejection) => rejection.is_rate_limit(),
            _ => false,
        }
    }

    /// Whether a status may or may not be stored.
    ///
    /// Usual causes: the server was down for longer than the policy waits, or the token can write and not read.
    /// Look at the deployment before you report again.
    #[must_use]
    pub fn is_outcome_unknown(&self) -> bool {
        matches!(self, Self::OutcomeUnknown(_))
    }

    /// When it makes sense to try again, in the server's time.
    #[must_use]
    pub fn retry_at(&self) -> Option<Timestamp> {
        match self {
            Self::RateLimited(limited) => Some(limited.until),
            Self::Rejected(rejection) => rejection.retry_at,
            Self::Undelivered(report) => report.last()?.retry_at(),
            _ => None,
        }
    }

    /// How long after the answer it makes sense to try again: the same moment as [`Error::retry_at`],
    /// for those whose clock is not the server's.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited(limited) => Some(limited.wait),
            Self::Rejected(rejection) => rejection.retry_after,
            _ => None,
        }
    }

    /// The number under which GitHub's support finds the request.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Unreadable(answer) => answer.request_id.as_deref(),
            Self::OutcomeUnknown(unknown) => unknown.last.request_id(),
            Self::Undelivered(report) => report.last()?.request_id(),
            _ => self.rejection()?.request_id.as_deref(),
        }
    }

    /// What the server says of single fields.
    #[must_use]
    pub fn field_errors(&self) -> &[FieldError] {
        self.rejection()
            .map_or(&[], |rejection| &rejection.field_errors)
    }

    /// The end of a rollout that the server does not know of, if there is one.
    #[must_use]
    pub fn undelivered(&self) -> Option<&Undelivered> {
        match self {
            Self::Undelivered(report) => Some(report),
            Self::WorkFailed(failed) => failed.undelivered.as_ref(),
            _ => None,
        }
    }

    /// The same, taken out so that it can be sent.
    #[must_use]
    pub fn into_undelivered(self) -> Option<Undelivered> {
        match self {
            Self::Undelivered(report) => Some(report),
            Self::WorkFailed(failed) => failed.undelivered,
            _ => None,
        }
    }

    /// What to do about it, if that can be told: a sentence or a few.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        hint::hint(self)
    }
}

/// How many characters of an address are shown.
const ADDRESS: usize = 300;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(invalid) => invalid.fmt(f),
            Self::NoThread(failed)
            | Self::NoToken(failed)
            | Self::Unreachable(failed)
            | Self::Lost(failed)
            | Self::Outbox(failed) => f.write_str(&failed.what),
            Self::Rejected(rejection) => rejection.fmt(f),
            Self::RateLimited(limited) => match &limited.rejection {
                Some(rejection) => {
                    write!(f, "{rejection}; it asks to wait until {}", limited.until)
                }
                None => write!(
                    f,
                    "this client has sent as much as GitHub allows for now, and more can be sent at {}",
                    limited.until
                ),
            },
            Self::Unreadable(answer) => {
                f.write_str(&answer.what)?;
                rejection::write_request_id(f, answer.request_id.as_deref())
            }
            Self::Moved(moved) => {
                let to = short(&moved.to, ADDRESS);
                write!(f, "the server redirects to {to}, {}", moved.why)
            }
            Self::OutcomeUnknown(unknown) => write!(
                f,
                "the status was sent and it is unknown whether it is stored: look for {} since {}",
                unknown.looked_for, unknown.since
            ),
            Self::Undelivered(report) => report.fmt(f),
            Self::WorkFailed(failed) => match &failed.undelivered {
                None => f.write_str("the work of the rollout failed"),
                Some(report) => write!(f, "the work of the rollout failed, and {report}"),
            },
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NoThread(failed)
            | Self::NoToken(failed)
            | Self::Unreachable(failed)
            | Self::Lost(failed)
            | Self::Outbox(failed) => failed.cause.as_ref().map(|cause| &**cause as _),
            Self::Unreadable(answer) => answer.cause.as_ref().map(|cause| &**cause as _),
            Self::OutcomeUnknown(unknown) => Some(&unknown.last),
            Self::Undelivered(report) => report.source(),
            Self::WorkFailed(failed) => Some(&*failed.cause),
            _ => None,
        }
    }
}

impl From<Undelivered> for Error {
    fn from(report: Undelivered) -> Self {
        Self::Undelivered(report)
    }
}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}
