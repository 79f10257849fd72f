//! Which server the emulator is.

use std::fmt;
use std::str::FromStr;

use crate::Error;

/// Which GitHub is emulated: github.com, or an Enterprise Server of some version.
///
/// Written `github` or `ghes:3.21`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    enterprise: Option<(u8, u8)>,
}

/// The `X-GitHub-Api-Version` values, oldest first.
pub(crate) const API_VERSIONS: [&str; 2] = ["2022-11-28", "2026-03-10"];

impl Profile {
    /// GitHub.com, as it is today.
    pub const GITHUB: Profile = Profile { enterprise: None };

    /// Enterprise Server, from 2.18 to 3.22.
    ///
    /// # Errors
    ///
    /// When there was no such release.
    pub fn enterprise(major: u8, minor: u8) -> Result<Profile, Error> {
        let known = match major {
            2 => (18..=22).contains(&minor),
            3 => minor <= 22,
            _ => false,
        };
        if known {
            Ok(Profile {
                enterprise: Some((major, minor)),
            })
        } else {
            Err(Error::UnknownProfile(format!("ghes:{major}.{minor}")))
        }
    }

    /// Whether this is an Enterprise Server.
    #[must_use]
    pub fn is_enterprise(self) -> bool {
        self.enterprise.is_some()
    }

    /// The value of `X-GitHub-Enterprise-Version`.
    pub(crate) fn enterprise_version(self) -> Option<String> {
        self.enterprise
            .map(|(major, minor)| format!("{major}.{minor}.0"))
    }

    /// The front of every documentation link.
    pub(crate) fn documentation(self) -> String {
        match self.enterprise {
            Some((major, minor)) => {
                format!("https://docs.github.com/enterprise-server@{major}.{minor}/rest")
            }
            None => "https://docs.github.com/rest".to_owned(),
        }
    }

    /// Whether previews still gate states and rendering.
    pub(crate) fn has_previews(self) -> bool {
        self.before(3, 3)
    }

    /// Whether `performed_via_github_app` is shown to those who ask with a preview only.
    pub(crate) fn hides_apps(self) -> bool {
        self.before(2, 22)
    }

    /// The API versions it understands, oldest first; none if it ignores the header.
    pub(crate) fn api_versions(self) -> &'static [&'static str] {
        if self.before(3, 8) {
            &[]
        } else if self.before(3, 21) {
            &API_VERSIONS[..1]
        } else {
            &API_VERSIONS
        }
    }

    /// Whether a 403 tells which permission is wanted.
    pub(crate) fn tells_permissions(self) -> bool {
        !self.before(3, 11)
    }

    /// Whether error bodies repeat the status, as they do since the middle of 2024.
    pub(crate) fn repeats_status(self) -> bool {
        !self.before(3, 14)
    }

    /// Whether users carry `user_view_type`, as they do since the end of 2024.
    pub(crate) fn tells_user_view(self) -> bool {
        !self.before(3, 16)
    }

    /// Whether node identifiers have the form that begins with a type prefix.
    pub(crate) fn has_prefixed_node_ids(self) -> bool {
        !self.has_previews()
    }

    fn before(self, major: u8, minor: u8) -> bool {
        self.enterprise
            .is_some_and(|version| version < (major, minor))
    }
}

impl FromStr for Profile {
    type Err = Error;

    fn from_str(word: &str) -> Result<Profile, Error> {
        let unknown = || Error::UnknownProfile(word.to_owned());
        if word == "github" {
            return Ok(Profile::GITHUB);
        }
        let version = word.strip_prefix("ghes:").ok_or_else(unknown)?;
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
    fn a_profile_is_written_and_read_the_same_way() {
        for word in ["github", "ghes:2.18", "ghes:3.0", "ghes:3.22"] {
            assert_eq!(word.parse::<Profile>().unwrap().to_string(), word);
        }
        for word in [
            "",
            "gitlab",
            "ghes:2.17",
            "ghes:3.23",
            "ghes:4.0",
            "ghes:3",
            "ghes:a.b",
        ] {
            assert!(word.parse::<Profile>().is_err(), "{word}");
        }
    }

    #[test]
    fn the_versions_understood_follow_the_release() {
        let versions = |word: &str| word.parse::<Profile>().unwrap().api_versions();
        assert_eq!(versions("ghes:3.7"), [""; 0]);
        assert_eq!(versions("ghes:3.8"), ["2022-11-28"]);
        assert_eq!(versions("ghes:3.20"), ["2022-11-28"]);
        assert_eq!(versions("ghes:3.21"), ["2022-11-28", "2026-03-10"]);
        assert_eq!(versions("github"), ["2022-11-28", "2026-03-10"]);
    }
}
