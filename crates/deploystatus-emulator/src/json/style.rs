//! Settings that bodies depend on: base URLs, server release and previews.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::model::profile::Profile;
use crate::model::quirks::Ghost;

/// The base URLs in bodies, which repeat the address that the client used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BaseUrls {
    /// Base URL of the API, without a trailing slash.
    pub(crate) api: String,
    /// Base URL of the web pages, without a trailing slash.
    pub(crate) web: String,
}

impl BaseUrls {
    /// Creates the base URLs for an origin. `is_under_api_v3` selects the paths of Enterprise Server.
    pub(crate) fn new(origin: &str, is_under_api_v3: bool) -> BaseUrls {
        if is_under_api_v3 {
            BaseUrls {
                api: format!("{origin}/api/v3"),
                web: origin.to_owned(),
            }
        } else {
            BaseUrls {
                api: origin.to_owned(),
                web: "https://github.com".to_owned(),
            }
        }
    }
}

/// The fields to render and the form of IDs.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each field came with another release"
)]
pub(crate) struct Style {
    /// Renders `environment_url` and `log_url` of statuses, and the flags of deployments.
    pub(super) has_ant_man_fields: bool,
    has_apps: bool,
    pub(super) has_user_view: bool,
    has_prefixed_node_ids: bool,
    pub(super) ghost: Ghost,
}

impl Style {
    /// Creates the style for a request. `has_preview` returns `true` for accepted previews.
    pub(crate) fn new(profile: Profile, ghost: Ghost, has_preview: impl Fn(&str) -> bool) -> Style {
        Style {
            has_ant_man_fields: !profile.has_previews() || has_preview("ant-man"),
            has_apps: !profile.hides_apps() || has_preview("machine-man"),
            ..Style::complete(profile, ghost)
        }
    }

    /// Creates the style with all fields that the server knows, as webhooks have them.
    pub(crate) fn complete(profile: Profile, ghost: Ghost) -> Style {
        Style {
            has_ant_man_fields: true,
            has_apps: true,
            has_user_view: profile.has_user_view(),
            has_prefixed_node_ids: profile.has_prefixed_node_ids(),
            ghost,
        }
    }

    /// Returns the value of `performed_via_github_app`: always null, as recorded even for apps.
    pub(super) fn app(self) -> Option<serde_json::Value> {
        self.has_apps.then_some(serde_json::Value::Null)
    }

    /// Returns the node ID of an object in a repository.
    pub(super) fn node_id(self, kind: &str, prefix: &str, ids: &[u64]) -> String {
        match ids {
            [.., id] if !self.has_prefixed_node_ids => plain_node_id(kind, *id),
            _ => prefixed_node_id(prefix, ids),
        }
    }
}

/// Encodes the older form of a node ID: the length of the type's name, the name and the ID, in base64.
pub(super) fn plain_node_id(kind: &str, id: u64) -> String {
    STANDARD.encode(format!("0{}:{kind}{id}", kind.len()))
}

/// Encodes the newer form of a node ID: a prefix and an array in `MessagePack`, in base64.
///
/// The array contains a zero and the IDs from the repository to the object.
fn prefixed_node_id(prefix: &str, ids: &[u64]) -> String {
    let length = u8::try_from(ids.len() + 1).unwrap_or(u8::MAX);
    let mut bytes = vec![0x90 | length, 0];
    for id in ids {
        if let Ok(id) = u32::try_from(*id) {
            bytes.push(0xce);
            bytes.extend(id.to_be_bytes());
        } else {
            bytes.push(0xcf);
            bytes.extend(id.to_be_bytes());
        }
    }
    format!("{prefix}_{}", URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_ids_have_the_form_of_github() {
        let plain = plain_node_id("DeploymentStatus", 7);
        assert_eq!(plain, "MDE2OkRlcGxveW1lbnRTdGF0dXM3");
        assert_eq!(plain_node_id("User", 1), "MDQ6VXNlcjE=");
        let prefixed = prefixed_node_id("DES", &[1_296_269, 5_000_000_001]);
        assert!(prefixed.starts_with("DES_kwDOABPHjc8AAAAB"));
    }
}
