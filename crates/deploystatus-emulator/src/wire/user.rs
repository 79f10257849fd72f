//! A user as JSON.

use serde::Serialize;

use super::{Base, Style, node_id};
use crate::record::{User, UserKind};
use crate::switches::Ghost;

/// A user as other objects contain it.
#[derive(Debug, Serialize)]
pub(crate) struct UserBody {
    login: String,
    id: u64,
    node_id: String,
    avatar_url: String,
    gravatar_id: &'static str,
    url: String,
    html_url: String,
    followers_url: String,
    following_url: String,
    gists_url: String,
    starred_url: String,
    subscriptions_url: String,
    organizations_url: String,
    repos_url: String,
    events_url: String,
    received_events_url: String,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_view_type: Option<&'static str>,
    site_admin: bool,
}

impl UserBody {
    pub(crate) fn new(user: &User, base: &Base, style: Style) -> UserBody {
        let kind = match user.kind {
            UserKind::User => "User",
            UserKind::Bot => "Bot",
            UserKind::Organization => "Organization",
        };
        let app = user.login.strip_suffix("[bot]");
        let portrait = if app.is_some() { "in" } else { "u" };
        let url = format!(
            "{}/users/{}",
            base.api,
            user.login.replace('[', "%5B").replace(']', "%5D")
        );
        UserBody {
            login: user.login.clone(),
            id: user.id,
            node_id: node_id::plain(kind, user.id),
            avatar_url: format!(
                "https://avatars.githubusercontent.com/{portrait}/{}?v=4",
                user.id
            ),
            gravatar_id: "",
            html_url: match app {
                Some(slug) => format!("{}/apps/{slug}", base.web),
                None => format!("{}/{}", base.web, user.login),
            },
            followers_url: format!("{url}/followers"),
            following_url: format!("{url}/following{{/other_user}}"),
            gists_url: format!("{url}/gists{{/gist_id}}"),
            starred_url: format!("{url}/starred{{/owner}}{{/repo}}"),
            subscriptions_url: format!("{url}/subscriptions"),
            organizations_url: format!("{url}/orgs"),
            repos_url: format!("{url}/repos"),
            events_url: format!("{url}/events{{/privacy}}"),
            received_events_url: format!("{url}/received_events"),
            url,
            kind,
            user_view_type: style.user_view.then_some("public"),
            site_admin: false,
        }
    }

    /// The creator of something, or what stands for one whose account is gone.
    pub(super) fn creator(user: Option<&User>, base: &Base, style: Style) -> Option<UserBody> {
        match (user, style.ghost) {
            (Some(user), _) => Some(UserBody::new(user, base, style)),
            (None, Ghost::Null) => None,
            (None, Ghost::User) => {
                let ghost = User {
                    id: 10137,
                    login: "ghost".to_owned(),
                    kind: UserKind::User,
                };
                Some(UserBody::new(&ghost, base, style))
            }
        }
    }
}
