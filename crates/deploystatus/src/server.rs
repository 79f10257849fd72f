//! Which server answers, and what it has to be told.

use reqwest::header::HeaderValue;

use crate::Invalid;

/// What a kind of server expects: media types, API version, and whether it counts requests.
///
/// A client learns it by itself, from its base address and from `X-GitHub-Enterprise-Version` of the first answer.
///
/// | server | previews | `X-GitHub-Api-Version` |
/// |---|---|---|
/// | api.github.com and *.ghe.com | none | 2026-03-10 |
/// | Enterprise Server 3.8 and later | none | 2022-11-28 |
/// | Enterprise Server 3.3 to 3.7 | none | not sent |
/// | Enterprise Server before 3.3 | `ant-man` and `flash` on every call | not sent |
/// | Enterprise Server of unknown version | both | 2022-11-28 |
///
/// ```
/// use deploystatus::ServerProfile;
///
/// let newer_api = ServerProfile::enterprise(3, 21).api_version("2026-03-10")?;
/// # Ok::<_, deploystatus::Invalid>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerProfile {
    previews: bool,
    api_version: Option<HeaderValue>,
    counts: bool,
}

impl ServerProfile {
    /// GitHub itself, api.github.com or a tenant of ghe.com.
    #[must_use]
    pub fn github() -> Self {
        Self {
            previews: false,
            api_version: Some(HeaderValue::from_static("2026-03-10")),
            counts: true,
        }
    }

    /// An Enterprise Server of this version.
    #[must_use]
    pub fn enterprise(major: u16, minor: u16) -> Self {
        let version = (major, minor);
        Self {
            previews: version < (3, 3),
            api_version: (version >= (3, 8)).then(|| HeaderValue::from_static("2022-11-28")),
            counts: false,
        }
    }

    /// An Enterprise Server whose version is not known: what old ones need and new ones ignore.
    #[must_use]
    pub fn enterprise_of_unknown_version() -> Self {
        Self {
            previews: true,
            api_version: Some(HeaderValue::from_static("2022-11-28")),
            counts: false,
        }
    }

    /// Asks for this version of the API.
    ///
    /// # Errors
    ///
    /// When it is not of the form `2026-03-10`.
    pub fn api_version(mut self, version: &str) -> Result<Self, Invalid> {
        let is_date = version.len() == 10
            && version.bytes().enumerate().all(|(at, byte)| match at {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        match HeaderValue::from_str(version) {
            Ok(value) if is_date => self.api_version = Some(value),
            _ => {
                return Err(Invalid::new(
                    "api_version",
                    format!("is a date such as 2026-03-10, and not {version:?}"),
                ));
            }
        }
        Ok(self)
    }

    /// The profile that an answer tells of by its `X-GitHub-Enterprise-Version`, such as `3.12.4`.
    pub(crate) fn told_by(version: &str) -> Option<Self> {
        let mut numbers = version.trim().split('.').map(str::parse);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(major)), Some(Ok(minor))) => Some(Self::enterprise(major, minor)),
            _ => None,
        }
    }

    /// What the client can read, which on old servers is also what it may see.
    pub(crate) fn accept(&self) -> HeaderValue {
        HeaderValue::from_static(if self.previews {
            "application/vnd.github.ant-man-preview+json, application/vnd.github.flash-preview+json"
        } else {
            "application/vnd.github+json"
        })
    }

    pub(crate) fn version(&self) -> Option<&HeaderValue> {
        self.api_version.as_ref()
    }

    /// Whether the server is known to limit requests before it says so.
    pub(crate) fn counts(&self) -> bool {
        self.counts
    }
}
