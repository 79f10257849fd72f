//! Server profiles: the kind of a server, and the headers that it requires.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use reqwest::header::HeaderValue;
use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::model::invalid_value::InvalidValue;
use crate::model::new_status::NewStatus;
use crate::model::preview::Preview;

/// The kind of a server, and the previews and API version that are sent to it.
///
/// A client detects the profile from the base URL, and then from the `X-GitHub-Enterprise-Version` of each response.
///
/// | server | previews | `X-GitHub-Api-Version` |
/// |---|---|---|
/// | api.github.com and *.ghe.com | none | 2026-03-10 |
/// | Enterprise Server 3.21 and later | none | 2026-03-10 |
/// | Enterprise Server 3.8 to 3.20 | none | 2022-11-28 |
/// | Enterprise Server 3.3 to 3.7 | none | not sent |
/// | Enterprise Server before 3.3 | `ant-man` and `flash` | not sent |
/// | Enterprise Server of unknown version | `ant-man` and `flash` | 2022-11-28 |
///
/// ```
/// use deploystatus::{Preview, ServerProfile};
///
/// let old: ServerProfile = "ghes 2.22".parse()?;
/// assert_eq!(old.previews(), Preview::ALL);
/// assert_eq!(old.api_version(), None);
///
/// let pinned = ServerProfile::github().with_api_version("2022-11-28")?;
/// assert_eq!(pinned.api_version(), Some("2022-11-28"));
/// assert_eq!(pinned.accept(), "application/vnd.github+json");
/// # Ok::<_, deploystatus::InvalidValue>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct ServerProfile {
    server: Server,
    previews: Vec<Preview>,
    api_version: Option<HeaderValue>,
    accept: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Server {
    GitHub,
    Enterprise(u16, u16),
    UnknownEnterprise,
}

/// The first Enterprise Server version that requires no previews.
const FIRST_WITHOUT_PREVIEWS: (u16, u16) = (3, 3);
const FIRST_WITH_API_VERSION: (u16, u16) = (3, 8);
const FIRST_WITH_2026_VERSION: (u16, u16) = (3, 21);

impl ServerProfile {
    /// Creates the profile of github.com and of the tenants of ghe.com.
    pub fn github() -> Self {
        Self::new(Server::GitHub, &[], Some("2026-03-10"))
    }

    /// Creates the profile of an Enterprise Server of this version.
    pub fn enterprise(major: u16, minor: u16) -> Self {
        let version = (major, minor);
        let previews = if version < FIRST_WITHOUT_PREVIEWS {
            Preview::ALL
        } else {
            &[]
        };
        let api_version = if version >= FIRST_WITH_2026_VERSION {
            Some("2026-03-10")
        } else if version >= FIRST_WITH_API_VERSION {
            Some("2022-11-28")
        } else {
            None
        };
        Self::new(Server::Enterprise(major, minor), previews, api_version)
    }

    /// Creates the profile of an Enterprise Server of unknown version.
    ///
    /// It contains both previews, which newer servers ignore.
    pub fn enterprise_of_unknown_version() -> Self {
        Self::new(Server::UnknownEnterprise, Preview::ALL, Some("2022-11-28"))
    }

    fn new(server: Server, previews: &[Preview], api_version: Option<&'static str>) -> Self {
        Self {
            server,
            previews: previews.to_vec(),
            api_version: api_version.map(HeaderValue::from_static),
            accept: accept(previews),
        }
    }

    /// Returns the previews that are sent.
    #[must_use]
    pub fn previews(&self) -> &[Preview] {
        &self.previews
    }

    /// Returns the `X-GitHub-Api-Version` that is sent, or `None` if the header is not sent.
    #[must_use]
    pub fn api_version(&self) -> Option<&str> {
        self.api_version.as_ref()?.to_str().ok()
    }

    /// Returns the `Accept` header that is sent.
    #[must_use]
    pub fn accept(&self) -> &str {
        &self.accept
    }

    /// Sets the previews to send.
    pub fn with_previews(mut self, previews: impl IntoIterator<Item = Preview>) -> Self {
        self.previews = previews.into_iter().collect();
        self.accept = accept(&self.previews);
        self
    }

    /// Sets the API version to send.
    ///
    /// # Errors
    ///
    /// Returns an error if the version is not a date such as `2026-03-10`.
    pub fn with_api_version(mut self, version: &str) -> Result<Self, InvalidValue> {
        let is_date = version.len() == 10 && version.parse::<Date>().is_ok();
        let value = HeaderValue::from_str(version).ok().filter(|_| is_date);
        self.api_version = Some(value.ok_or_else(|| {
            InvalidValue::new("api_version", format!("invalid API version {version:?}"))
                .expected("expected a date such as 2026-03-10")
        })?);
        Ok(self)
    }

    /// Removes the API version, so that the header is not sent.
    pub fn without_api_version(mut self) -> Self {
        self.api_version = None;
        self
    }

    /// Parses the profile from an `X-GitHub-Enterprise-Version` header such as `3.12.4`.
    pub(crate) fn from_version(version: &str) -> Option<Self> {
        let mut numbers = version.trim().split('.').map(str::parse);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(major)), Some(Ok(minor))) => Some(Self::enterprise(major, minor)),
            _ => None,
        }
    }

    /// Returns `true` if both profiles are for the same kind and version of server.
    pub(crate) fn is_same_server(&self, other: &Self) -> bool {
        self.server == other.server
    }

    /// Returns `true` if the profile is for github.com or ghe.com.
    pub(crate) fn is_github(&self) -> bool {
        self.server == Server::GitHub
    }

    pub(crate) fn api_version_header(&self) -> Option<&HeaderValue> {
        self.api_version.as_ref()
    }

    /// Rejects a status that requires a preview which this profile leaves out, if the server depends on previews.
    pub(crate) fn check(&self, status: &NewStatus) -> Result<(), InvalidValue> {
        let has_previews = matches!(self.server, Server::Enterprise(major, minor) if (major, minor) < FIRST_WITHOUT_PREVIEWS);
        let missing = status
            .required_previews()
            .into_iter()
            .find(|preview| !self.previews.contains(preview));
        match missing {
            Some(preview) if has_previews => Err(InvalidValue::new(
                "profile",
                format!(
                    "status {:?} requires the {preview} preview, which the profile {:?} leaves out",
                    status.state.as_str(),
                    self.to_string()
                ),
            )),
            _ => Ok(()),
        }
    }
}

fn accept(previews: &[Preview]) -> String {
    if previews.is_empty() {
        return "application/vnd.github+json".to_owned();
    }
    let types: Vec<&str> = previews
        .iter()
        .map(|preview| preview.media_type())
        .collect();
    types.join(", ")
}

/// Prints `github`, `ghes 3.12`, or `ghes` if the version is unknown.
impl fmt::Display for ServerProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.server {
            Server::GitHub => f.write_str("github"),
            Server::Enterprise(major, minor) => write!(f, "ghes {major}.{minor}"),
            Server::UnknownEnterprise => f.write_str("ghes"),
        }
    }
}

/// Parses `github`, `ghes 3.12`, `ghes:3.12` or `ghes`.
impl FromStr for ServerProfile {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let invalid = || {
            InvalidValue::new("profile", format!("invalid server profile {text:?}"))
                .expected("expected github, ghes, or ghes and a version such as ghes 3.12")
        };
        match text.trim().to_ascii_lowercase().as_str() {
            "github" => Ok(Self::github()),
            "ghes" => Ok(Self::enterprise_of_unknown_version()),
            other => {
                let version = other
                    .strip_prefix("ghes")
                    .and_then(|rest| rest.strip_prefix([' ', ':']))
                    .ok_or_else(invalid)?;
                Self::from_version(version).ok_or_else(invalid)
            }
        }
    }
}

impl Serialize for ServerProfile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("ServerProfile", 4)?;
        object.serialize_field("server", &self.to_string())?;
        object.serialize_field("previews", &self.previews)?;
        object.serialize_field("accept", &self.accept)?;
        object.serialize_field("api_version", &self.api_version())?;
        object.end()
    }
}
