//! Why a delivery is not taken.

use std::fmt;

/// Why a delivery was not taken.
///
/// It prints as one line that reads well after "failed to …:", and has nothing of the secrets in it.
#[derive(Debug)]
#[non_exhaustive]
pub enum Rejected {
    /// The body is larger than allowed. Nothing else was looked at.
    TooLarge {
        /// How many bytes it has.
        size: usize,
        /// How many it may have.
        limit: usize,
    },
    /// There is no header `X-Hub-Signature-256`.
    Unsigned,
    /// None of the secrets made this signature for this body.
    WronglySigned,
    /// There is no header `X-GitHub-Event`.
    Unnamed,
    /// It is signed, and tells of something else than deployments: the name of the event.
    AnotherEvent(String),
    /// It is signed, and is not what GitHub sends under this name.
    Malformed {
        /// What was read, such as `deployment`.
        what: String,
        /// Why that failed.
        cause: serde_json::Error,
    },
}

impl Rejected {
    /// The HTTP status to answer the delivery with.
    ///
    /// Another event is answered with 204, because nothing is wrong with it;
    /// GitHub sends a `ping` to every new webhook and shows whether that went well.
    #[must_use]
    pub fn answer(&self) -> u16 {
        match self {
            Self::TooLarge { .. } => 413,
            Self::Unsigned | Self::WronglySigned => 401,
            Self::Unnamed | Self::Malformed { .. } => 400,
            Self::AnotherEvent(_) => 204,
        }
    }

    /// What to do about it, if that can be told.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Unsigned => {
                Some("Give the webhook a secret in its settings, and the verifier the same.")
            }
            Self::WronglySigned => Some(
                "Check that the webhook and the verifier have the same secret, \
                 and that nothing on the way changes the body.",
            ),
            Self::AnotherEvent(_) => Some(
                "Choose only `deployment` and `deployment_status` in the webhook's settings, or ignore the others.",
            ),
            Self::TooLarge { .. } | Self::Unnamed | Self::Malformed { .. } => None,
        }
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { size, limit } => {
                write!(
                    f,
                    "the delivery has {size} bytes, more than the {limit} that are allowed"
                )
            }
            Self::Unsigned => f.write_str("the delivery is not signed"),
            Self::WronglySigned => {
                f.write_str("the delivery is signed with another secret, or was changed on the way")
            }
            Self::Unnamed => f.write_str("the delivery does not name its event"),
            Self::AnotherEvent(name) => write!(f, "the delivery is a {name:?} event"),
            Self::Malformed { what, .. } => write!(f, "the delivery has no readable `{what}`"),
        }
    }
}

impl std::error::Error for Rejected {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Malformed { cause, .. } => Some(cause),
            _ => None,
        }
    }
}
