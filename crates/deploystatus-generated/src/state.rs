//! Conversions of [`State`] from and to text. The variants are generated.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::generated::State;

impl State {
    /// Returns `true` if the deployment has ended. Unknown states do not count as ended.
    ///
    /// GitHub accepts any state after any other, so a finished deployment can start again.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        Self::FINISHED.contains(self)
    }

    /// Returns `true` if GitHub accepts the state in a request.
    ///
    /// Some states occur in responses only. Unknown states cannot be reported.
    #[must_use]
    pub fn can_be_reported(&self) -> bool {
        Self::REPORTABLE.contains(self)
    }

    /// Returns `true` if the deployment succeeded and is live, which is the state `success` alone.
    #[must_use]
    pub fn is_successful(&self) -> bool {
        matches!(self, Self::Success)
    }
}

impl From<&str> for State {
    fn from(name: &str) -> Self {
        let known = Self::KNOWN.iter().find(|state| state.as_str() == name);
        known
            .cloned()
            .unwrap_or_else(|| Self::Unknown(name.to_owned()))
    }
}

impl FromStr for State {
    type Err = Infallible;

    fn from_str(name: &str) -> Result<Self, Infallible> {
        Ok(name.into())
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
        deserializer.deserialize_str(Name)
    }
}

struct Name;

impl Visitor<'_> for Name {
    type Value = State;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a state")
    }

    fn visit_str<E>(self, name: &str) -> Result<State, E> {
        Ok(name.into())
    }
}
