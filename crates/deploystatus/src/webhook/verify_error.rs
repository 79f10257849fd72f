//! Errors of verifying and parsing webhook deliveries.

use std::fmt;

use crate::error::text::clean;

/// The reason why a webhook delivery was rejected.
///
/// `Display` prints one bounded line without secrets. Text from the delivery is escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VerifyError {
    /// The body is too large. The signature was not checked.
    #[non_exhaustive]
    TooLarge {
        /// Size of the body in bytes.
        size: usize,
        /// Maximum size in bytes.
        max_size: usize,
    },
    /// The header `X-Hub-Signature-256` is missing.
    ///
    /// GitHub signs deliveries only if a secret is set in the settings of the webhook.
    MissingSignature,
    /// The signature was not made for this body with any of the secrets.
    ///
    /// Either the webhook and the verifier have different secrets,
    /// or a program on the way, such as a proxy or a JSON parser, changed the body.
    WrongSignature,
    /// The header `X-GitHub-Event` is missing or not ASCII.
    MissingEvent,
    /// The signature is correct, but the event is neither `deployment` nor `deployment_status`.
    #[non_exhaustive]
    UnsupportedEvent {
        /// Name of the event, such as `ping`.
        name: String,
    },
    /// The signature is correct, but the content cannot be decoded.
    #[non_exhaustive]
    Malformed {
        /// Part that cannot be decoded: `deployment`, `deployment_status` or `payload`.
        part: String,
        /// Reason, as one line of at most 300 characters.
        reason: String,
    },
}

/// Maximum number of characters of a text from a delivery in an error message.
const MAX_TEXT_LENGTH: usize = 300;

impl VerifyError {
    pub(super) fn malformed(part: &str, error: &serde_json::Error) -> Self {
        Self::Malformed {
            part: part.to_owned(),
            reason: clean(&error.to_string(), MAX_TEXT_LENGTH),
        }
    }

    /// Returns the HTTP status code with which the receiver should respond to the delivery.
    ///
    /// The code for an unsupported event is 204, because the delivery itself is valid.
    /// GitHub sends the event `ping` to every new webhook and shows the response in its settings.
    #[must_use]
    pub fn status_code(&self) -> u16 {
        match self {
            Self::TooLarge { .. } => 413,
            Self::MissingSignature | Self::WrongSignature => 401,
            Self::MissingEvent | Self::Malformed { .. } => 400,
            Self::UnsupportedEvent { .. } => 204,
        }
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { size, max_size } => {
                write!(f, "body is too large: {size} bytes (maximum {max_size})")
            }
            Self::MissingSignature => f.write_str(
                "missing header X-Hub-Signature-256; set a secret in the settings of the webhook",
            ),
            Self::WrongSignature => f.write_str(
                "wrong signature; check the secret, and that nothing changes the body on the way",
            ),
            Self::MissingEvent => f.write_str("missing header X-GitHub-Event"),
            Self::UnsupportedEvent { name } => write!(
                f,
                "unsupported event {}: expected deployment or deployment_status",
                clean(name, MAX_TEXT_LENGTH)
            ),
            Self::Malformed { part, reason } => write!(f, "malformed {part}: {reason}"),
        }
    }
}

impl std::error::Error for VerifyError {}
