//! Accounts.

use serde::Serialize;

use super::style::{BaseUrls, Style, plain_node_id};
use crate::model::quirks::Ghost;
use crate::model::{User, UserKind};

/// Body of an account inside another object.
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
    pub(crate) fn new(user: &User, base: &BaseUrls, style: Style) -> UserBody {
        let kind = match user.kind {
            UserKind::User => "User",
            UserKind::Bot => "Bot",
            UserKind::Organization => "Organization",
        };
        let app = user.login.strip_suffix("[bot]");
        let folder = if app.is_some() { "in" } else { "u" };
        let url = format!(
            "{}/users/{}",
            base.api,
            user.login.replace('[', "%5B").replace(']', "%5D")
        );
        UserBody {
            login: user.login.clone(),
            id: user.id,
            node_id: plain_node_id(kind, user.id),
            avatar_url: format!(
                "https://avatars.githubusercontent.com/{folder}/{}?v=4",
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
            user_view_type: style.has_user_view.then_some("public"),
            site_admin: false,
        }
    }

    /// Creates the body of a creator whose account may have been deleted.
    pub(super) fn creator(user: Option<&User>, base: &BaseUrls, style: Style) -> Option<UserBody> {
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

/// Body of the organization in the payload of a webhook.
#[derive(Debug, Serialize)]
pub(crate) struct OrganizationBody {
    login: String,
    id: u64,
    node_id: String,
    url: String,
    repos_url: String,
    events_url: String,
    hooks_url: String,
    issues_url: String,
    members_url: String,
    public_members_url: String,
    avatar_url: String,
    description: &'static str,
}

impl OrganizationBody {
    /// Creates the body for the owner of a repository, or returns `None` if that is a person.
    pub(crate) fn of_owner(owner: &User, base: &BaseUrls) -> Option<OrganizationBody> {
        if owner.kind != UserKind::Organization {
            return None;
        }
        let url = format!("{}/orgs/{}", base.api, owner.login);
        Some(OrganizationBody {
            login: owner.login.clone(),
            id: owner.id,
            node_id: plain_node_id("Organization", owner.id),
            repos_url: format!("{url}/repos"),
            events_url: format!("{url}/events"),
            hooks_url: format!("{url}/hooks"),
            issues_url: format!("{url}/issues"),
            members_url: format!("{url}/members{{/member}}"),
            public_members_url: format!("{url}/public_members{{/member}}"),
            avatar_url: format!("https://avatars.githubusercontent.com/u/{}?v=4", owner.id),
            description: "",
            url,
        })
    }
}
