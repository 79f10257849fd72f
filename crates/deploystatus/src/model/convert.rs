//! Conversions between the generated types and the public ones.
//!
//! Every generated struct is destructured and built with all of its fields.
//! A field that the API description gains or loses therefore stops the build here, with the name of the field.

use deploystatus_generated::types;

use super::account::{Account, AccountFields, App, AppFields};
use super::deployment_status::DeploymentStatus;
use super::new_status::NewStatus;

impl From<types::DeploymentStatus> for DeploymentStatus {
    fn from(status: types::DeploymentStatus) -> Self {
        let types::DeploymentStatus {
            created_at,
            creator,
            deployment_url,
            description,
            environment,
            environment_url,
            extra,
            id,
            log_url,
            node_id,
            performed_via_github_app,
            repository_url,
            state,
            target_url,
            updated_at,
            url,
        } = status;
        let target_url = non_empty(target_url);
        Self {
            id,
            node_id: non_empty(node_id),
            state,
            creator: creator.map(Account),
            description: non_empty(description),
            environment: non_empty(environment),
            log_url: non_empty(log_url).or_else(|| target_url.clone()),
            target_url,
            has_environment_url: environment_url.is_some(),
            environment_url: non_empty(environment_url),
            created_at,
            updated_at,
            url: non_empty(url),
            deployment_url: non_empty(deployment_url),
            repository_url: non_empty(repository_url),
            performed_via_github_app: performed_via_github_app.map(App),
            extra,
        }
    }
}

/// Builds the body of a creation.
pub(crate) fn request_body(status: &NewStatus) -> types::ReposCreateDeploymentStatusBody {
    types::ReposCreateDeploymentStatusBody {
        auto_inactive: status.auto_inactive,
        description: non_empty(status.description.clone()),
        environment: non_empty(status.environment.clone()),
        environment_url: non_empty(status.environment_url.clone()),
        log_url: non_empty(status.log_url.clone()),
        state: status.state.clone(),
        target_url: non_empty(status.target_url.clone()),
    }
}

impl Account {
    /// Returns the fields of the account that have a getter. The others are in its JSON.
    pub(super) fn fields(&self) -> AccountFields<'_> {
        self.0.get().map(account).unwrap_or_default()
    }
}

fn account(user: &types::SimpleUser) -> AccountFields<'_> {
    let types::SimpleUser {
        avatar_url,
        email: _,
        events_url: _,
        followers_url: _,
        following_url: _,
        gists_url: _,
        gravatar_id: _,
        html_url,
        id,
        login,
        name: _,
        node_id: _,
        organizations_url: _,
        received_events_url: _,
        repos_url: _,
        site_admin: _,
        starred_at: _,
        starred_url: _,
        subscriptions_url: _,
        type_,
        url: _,
        user_view_type: _,
    } = user;
    AccountFields {
        login: login.as_deref().unwrap_or_default(),
        id: *id,
        kind: type_.as_deref(),
        html_url: html_url.as_deref(),
        avatar_url: avatar_url.as_deref(),
    }
}

impl App {
    /// Returns the fields of the app that have a getter. The others are in its JSON.
    pub(super) fn fields(&self) -> AppFields<'_> {
        self.0.get().map(app).unwrap_or_default()
    }
}

fn app(app: &types::Integration) -> AppFields<'_> {
    let types::Integration {
        client_id: _,
        created_at: _,
        description: _,
        events: _,
        external_url: _,
        html_url: _,
        id,
        installations_count: _,
        name,
        node_id: _,
        owner: _,
        permissions: _,
        slug,
        updated_at: _,
    } = app;
    AppFields {
        id: *id,
        slug: slug.as_deref(),
        name: name.as_deref(),
    }
}

fn non_empty(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}
