//! Errors of a rollout that carries out work.

use std::error::Error as StdError;
use std::fmt;

use super::undelivered::Undelivered;
use crate::error::Error;

/// The error of [`RolloutBuilder::run`](crate::RolloutBuilder::run).
///
/// `T` is the value of the work and `E` its error. `Display` prints one line that contains the work's own error.
#[non_exhaustive]
pub enum RolloutError<T, E> {
    /// The start could not be reported, so the work was not started.
    NotBegun(Error),
    /// The work failed.
    #[non_exhaustive]
    Failed {
        /// The error of the work.
        error: E,
        /// The report of the failure, or `None` if it was delivered.
        undelivered: Option<Undelivered>,
    },
    /// The work succeeded, and its end could not be reported.
    #[non_exhaustive]
    NotReported {
        /// The value of the work.
        value: T,
        /// The report of the success.
        undelivered: Undelivered,
    },
}

impl<T, E> RolloutError<T, E> {
    /// Returns the report that was not delivered, or `None` if there is none.
    #[must_use]
    pub fn undelivered(&self) -> Option<&Undelivered> {
        match self {
            Self::NotBegun(_) => None,
            Self::Failed { undelivered, .. } => undelivered.as_ref(),
            Self::NotReported { undelivered, .. } => Some(undelivered),
        }
    }

    /// Returns the report that was not delivered, or `None` if there is none. Use it to send the report later.
    #[must_use]
    pub fn into_undelivered(self) -> Option<Undelivered> {
        match self {
            Self::NotBegun(_) => None,
            Self::Failed { undelivered, .. } => undelivered,
            Self::NotReported { undelivered, .. } => Some(undelivered),
        }
    }

    /// Returns the error of the call that failed, or `None` if only the work failed.
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        match self {
            Self::NotBegun(error) => Some(error),
            _ => self.undelivered()?.error(),
        }
    }
}

impl<T, E: fmt::Display> fmt::Display for RolloutError<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotBegun(_) => f.write_str("the start of the rollout could not be reported"),
            Self::Failed { error, undelivered } => {
                write!(f, "the rollout failed: {error}")?;
                match undelivered {
                    Some(_) => f.write_str("; the failure could not be reported"),
                    None => Ok(()),
                }
            }
            Self::NotReported { .. } => {
                f.write_str("the rollout succeeded, but its success could not be reported")
            }
        }
    }
}

/// Omits the value of the work, so that `T` needs no `Debug`.
impl<T, E: fmt::Debug> fmt::Debug for RolloutError<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotBegun(error) => f.debug_tuple("NotBegun").field(error).finish(),
            Self::Failed { error, undelivered } => f
                .debug_struct("Failed")
                .field("error", error)
                .field("undelivered", undelivered)
                .finish(),
            Self::NotReported { undelivered, .. } => f
                .debug_struct("NotReported")
                .field("undelivered", undelivered)
                .finish_non_exhaustive(),
        }
    }
}

/// The work's own error is part of the text and not the source, because a boxed error is not an [`Error`](StdError).
impl<T, E: fmt::Debug + fmt::Display> StdError for RolloutError<T, E> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::NotBegun(error) => Some(error),
            _ => self.undelivered().map(|undelivered| undelivered as _),
        }
    }
}
