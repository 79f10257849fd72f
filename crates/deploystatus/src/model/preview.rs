//! API previews of old Enterprise Servers.

use std::fmt;

use serde::ser::{Serialize, Serializer};

/// A preview of the API, which Enterprise Servers before 3.3 require for some states and fields.
///
/// Newer servers and github.com ignore previews.
/// [`NewStatus::required_previews`](crate::NewStatus::required_previews) lists the previews that a status requires,
/// and [`ServerProfile::previews`](crate::ServerProfile::previews) those that are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Preview {
    /// `ant-man-preview`: the state `inactive`, and the fields `log_url`, `environment_url` and `auto_inactive`.
    AntMan,
    /// `flash-preview`: the states `in_progress` and `queued`, and the field `environment`.
    Flash,
}

impl Preview {
    /// All previews of deployment statuses.
    pub const ALL: &'static [Self] = &[Self::AntMan, Self::Flash];

    /// Returns the name of the preview, such as `ant-man`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AntMan => "ant-man",
            Self::Flash => "flash",
        }
    }

    /// Returns the media type that enables the preview in an `Accept` header.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::AntMan => "application/vnd.github.ant-man-preview+json",
            Self::Flash => "application/vnd.github.flash-preview+json",
        }
    }
}

impl fmt::Display for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for Preview {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
