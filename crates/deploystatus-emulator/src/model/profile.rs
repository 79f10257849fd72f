//! The emulated server and its release.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;

/// The emulated server: github.com, or an Enterprise Server of some release.
///
/// As text it is `github` or, for example, `ghes:3.21`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    enterprise: Option<(u8, u8)>,
}

/// The supported values of `X-GitHub-Api-Version`, oldest first.
pub(crate) const API_VERSIONS: [&str; 2] = ["2022-11-28", "2026-03-10"];

impl Profile {
    /// The current github.com.
    pub const GITHUB: Profile = Profile { enterprise: None };

    /// Creates the profile of an Enterprise Server release, from 2.18 to 3.22.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no such release.
    pub fn enterprise(major: u8, minor: u8) -> Result<Profile, Error> {
        let exists = match major {
            2 => (18..=22).contains(&minor),
            3 => minor <= 22,
            _ => false,
        };
        if exists {
            Ok(Profile {
                enterprise: Some((major, minor)),
            })
        } else {
            Err(Error::UnknownProfile(format!("ghes:{major}.{minor}")))
        }
    }

    /// Returns `true` if this is an Enterprise Server.
    #[must_use]
    pub fn is_enterprise(self) -> bool {
        self.enterprise.is_some()
    }

    /// Returns the value of `X-GitHub-Enterprise-Version`.
    pub(crate) fn enterprise_version(self) -> Option<String> {
        self.enterprise
            .map(|(major, minor)| format!("{major}.{minor}.0"))
    }

    /// Returns the base URL of the documentation.
    pub(crate) fn documentation(self) -> String {
        match self.enterprise {
            Some((major, minor)) => {
                format!("https://docs.github.com/enterprise-server@{major}.{minor}/rest")
            }
            None => "https://docs.github.com/rest".to_owned(),
        }
    }

    /// Returns `true` if previews gate states and fields.
    pub(crate) fn has_previews(self) -> bool {
        self.is_before(3, 3)
    }

    /// Returns `true` if `performed_via_github_app` is rendered only with a preview.
    pub(crate) fn hides_apps(self) -> bool {
        self.is_before(2, 22)
    }

    /// Returns the supported API versions, oldest first, or an empty list if the header is ignored.
    pub(crate) fn api_versions(self) -> &'static [&'static str] {
        if self.is_before(3, 8) {
            &[]
        } else if self.is_before(3, 21) {
            &API_VERSIONS[..1]
        } else {
            &API_VERSIONS
        }
    }

    /// Returns `true` if responses have `X-Accepted-GitHub-Permissions`.
    pub(crate) fn sends_accepted_permissions(self) -> bool {
        !self.is_before(3, 11)
    }

    /// Returns `true` if error bodies repeat the status code, as they do since mid-2024.
    pub(crate) fn repeats_status(self) -> bool {
        !self.is_before(3, 14)
    }

    /// Returns `true` if users have `user_view_type`, as they do since the end of 2024.
    pub(crate) fn has_user_view(self) -> bool {
        !self.is_before(3, 16)
    }

    /// Returns `true` if node IDs start with a type prefix such as `DES_`.
    pub(crate) fn has_prefixed_node_ids(self) -> bool {
        !self.has_previews()
    }

    pub(crate) fn is_before(self, major: u8, minor: u8) -> bool {
        self.enterprise
            .is_some_and(|version| version < (major, minor))
    }
}

impl FromStr for Profile {
    type Err = Error;

    fn from_str(text: &str) -> Result<Profile, Error> {
        let unknown = || Error::UnknownProfile(text.to_owned());
        if text == "github" {
            return Ok(Profile::GITHUB);
        }
        let version = text.strip_prefix("ghes:").ok_or_else(unknown)?;
        let (major, minor) = version.split_once('.').ok_or_else(unknown)?;
        match (major.parse(), minor.parse()) {
            (Ok(major), Ok(minor)) => Profile::enterprise(major, minor),
            _ => Err(unknown()),
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.enterprise {
            Some((major, minor)) => write!(f, "ghes:{major}.{minor}"),
            None => f.write_str("github"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trips() {
        for text in ["github", "ghes:2.18", "ghes:3.0", "ghes:3.22"] {
            assert_eq!(text.parse::<Profile>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "gitlab",
            "ghes:2.17",
            "ghes:3.23",
            "ghes:4.0",
            "ghes:3",
            "ghes:a.b",
        ] {
            assert!(text.parse::<Profile>().is_err(), "{text}");
        }
    }

    #[test]
    fn api_versions_follow_the_release() {
        let versions = |text: &str| text.parse::<Profile>().unwrap().api_versions();
        assert_eq!(versions("ghes:3.7"), [""; 0]);
        assert_eq!(versions("ghes:3.8"), ["2022-11-28"]);
        assert_eq!(versions("ghes:3.20"), ["2022-11-28"]);
        assert_eq!(versions("ghes:3.21"), ["2022-11-28", "2026-03-10"]);
        assert_eq!(versions("github"), ["2022-11-28", "2026-03-10"]);
    }
}
