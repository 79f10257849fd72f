//! JSON as GitHub writes it.

mod deployment;
mod node_id;
mod repository;
mod status;
mod user;

pub(crate) use deployment::DeploymentBody;
pub(crate) use repository::RepositoryBody;
pub(crate) use status::StatusBody;
pub(crate) use user::UserBody;

use crate::media::Media;
use crate::profile::Profile;
use crate::switches::Ghost;

/// Where the emulator was reached, which the addresses in bodies repeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Base {
    /// The front of the API, without a slash at the end.
    pub(crate) api: String,
    /// The front of the pages for people.
    pub(crate) web: String,
}

impl Base {
    /// The addresses of one who came to `origin`, under the front of Enterprise Server or not.
    pub(crate) fn new(origin: &str, under_api_v3: bool) -> Base {
        if under_api_v3 {
            Base {
                api: format!("{origin}/api/v3"),
                web: origin.to_owned(),
            }
        } else {
            Base {
                api: origin.to_owned(),
                web: "https://github.com".to_owned(),
            }
        }
    }
}

/// What is written, and how: it depends on the server and on what the request accepts.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each came with a release of its own"
)]
pub(crate) struct Style {
    /// `environment_url` and `log_url` of statuses, and the flags of deployments.
    ant_man: bool,
    /// `performed_via_github_app`.
    apps: bool,
    user_view: bool,
    prefixed_node_ids: bool,
    ghost: Ghost,
}

impl Style {
    pub(crate) fn new(profile: Profile, media: &Media, ghost: Ghost) -> Style {
        Style {
            ant_man: !profile.has_previews() || media.has_preview("ant-man"),
            apps: !profile.hides_apps() || media.has_preview("machine-man"),
            ..Style::complete(profile, ghost)
        }
    }

    /// With everything the server knows, as webhooks write it.
    pub(crate) fn complete(profile: Profile, ghost: Ghost) -> Style {
        Style {
            ant_man: true,
            apps: true,
            user_view: profile.tells_user_view(),
            prefixed_node_ids: profile.has_prefixed_node_ids(),
            ghost,
        }
    }

    /// Nobody emulated acts on behalf of an app, so the value is null wherever the key is shown.
    fn app(self) -> Option<serde_json::Value> {
        self.apps.then_some(serde_json::Value::Null)
    }
}
