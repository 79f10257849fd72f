//! How a deployment is going, in GitHub's words.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

/// How a deployment was going at one moment.
///
/// States are ordered by how far along they are and then by how bad they are:
/// `Queued < Pending < Waiting < InProgress < Success < Inactive < Failure < Error`, and a word from the future comes last.
///
/// Words that this version does not know are kept, not refused:
///
/// ```
/// use deploystatus::State;
///
/// assert_eq!("in_progress".parse(), Ok(State::InProgress));
/// assert_eq!(State::from("paused").to_string(), "paused");
/// assert!(State::InProgress < State::Failure);
/// ```
///
/// # From the status of an Actions job
///
/// A workflow's `job.status` has its own words, and GitHub itself maps only two of them.
/// Report them like this:
///
/// | `job.status` | state |
/// |---|---|
/// | `success` | [`State::Success`] |
/// | `failure` | [`State::Failure`] |
/// | `cancelled` | [`State::Error`]: it did not fail by itself, and it is not running |
/// | `skipped` | [`State::Inactive`]: nothing was deployed |
///
/// Neither `cancelled` nor `skipped` is a state; both read as [`State::Unknown`] and are refused when sent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum State {
    /// It waits for its turn.
    Queued,
    /// It is known and nothing more has been said of it.
    Pending,
    /// It waits for somebody's approval. GitHub sends this word and does not accept it.
    Waiting,
    /// It is being carried out.
    InProgress,
    /// It went well and is live.
    Success,
    /// It is no longer live: a newer one took its place, or somebody retired it.
    Inactive,
    /// It ran and did not succeed.
    Failure,
    /// It broke down for a reason that is not the deployed code's fault.
    Error,
    /// A word this version does not know, kept as it came. It cannot be sent.
    Unknown(String),
}

impl State {
    /// Every state that has a name here, in order.
    pub const KNOWN: [Self; 8] = [
        Self::Queued,
        Self::Pending,
        Self::Waiting,
        Self::InProgress,
        Self::Success,
        Self::Inactive,
        Self::Failure,
        Self::Error,
    ];

    /// The word GitHub uses for this state.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Queued => "queued",
            Self::Pending => "pending",
            Self::Waiting => "waiting",
            Self::InProgress => "in_progress",
            Self::Success => "success",
            Self::Inactive => "inactive",
            Self::Failure => "failure",
            Self::Error => "error",
            Self::Unknown(word) => word,
        }
    }

    /// Whether nothing more is expected: `success`, `failure`, `error` or `inactive`.
    ///
    /// GitHub allows any state after any other, so a finished deployment can start again.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        matches!(
            self,
            Self::Success | Self::Failure | Self::Error | Self::Inactive
        )
    }

    /// Whether it went well and is live. An inactive deployment is not.
    #[must_use]
    pub fn is_successful(&self) -> bool {
        matches!(self, Self::Success)
    }

    /// Whether GitHub takes this state from a client; it sends more words than it takes.
    #[must_use]
    pub fn can_be_reported(&self) -> bool {
        !matches!(self, Self::Waiting | Self::Unknown(_))
    }
}

impl From<&str> for State {
    fn from(word: &str) -> Self {
        Self::KNOWN
            .into_iter()
            .find(|state| state.as_str() == word)
            .unwrap_or_else(|| Self::Unknown(word.to_owned()))
    }
}

impl FromStr for State {
    type Err = Infallible;

    fn from_str(word: &str) -> Result<Self, Infallible> {
        Ok(word.into())
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for State {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for State {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Word;

        impl Visitor<'_> for Word {
            type Value = State;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the word for a state")
            }

            fn visit_str<E>(self, word: &str) -> Result<State, E> {
                Ok(word.into())
            }
        }

        deserializer.deserialize_str(Word)
    }
}
