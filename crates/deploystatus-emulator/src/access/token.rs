//! Tokens and what they allow.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::Repository;
use crate::model::operation::Need;

/// A token and what it allows.
///
/// While no token was added, any non-empty token can write as `octocat`.
/// After the first was added, all others are rejected with 401.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// Text of the token.
    #[serde(rename = "token")]
    pub(crate) value: String,
    /// Login of the token's account.
    #[serde(default = "octocat")]
    pub(crate) login: String,
    /// Kind of the token.
    #[serde(default)]
    pub(crate) kind: TokenKind,
    /// Scopes of a classic token.
    #[serde(default = "repo")]
    pub(crate) scopes: Vec<String>,
    /// Permissions of a token that is not classic, such as `{"deployments": "write"}`.
    #[serde(default)]
    pub(crate) permissions: BTreeMap<String, String>,
    /// Full names of the repositories that the token includes. Defaults to all.
    pub(crate) repositories: Option<Vec<String>>,
    /// `true` if the installation of the token's app is suspended.
    #[serde(default)]
    pub(crate) suspended: bool,
    /// Time of expiry. Defaults to never.
    pub(crate) expires_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum TokenKind {
    #[default]
    Classic,
    FineGrained,
    App,
    Actions,
}

impl Token {
    /// Creates a classic personal token of `octocat` with the scope `repo`.
    pub fn classic(token: impl Into<String>) -> Token {
        Token::new(token, TokenKind::Classic, "octocat")
    }

    /// Creates a fine-grained personal token of `octocat` without permissions.
    pub fn fine_grained(token: impl Into<String>) -> Token {
        Token::new(token, TokenKind::FineGrained, "octocat")
    }

    /// Creates an installation token of an app, without permissions.
    pub fn app(token: impl Into<String>, slug: impl Into<String>) -> Token {
        Token::new(token, TokenKind::App, format!("{}[bot]", slug.into()))
    }

    /// Creates the token of a workflow run, without permissions.
    pub fn actions(token: impl Into<String>) -> Token {
        Token::new(token, TokenKind::Actions, "github-actions[bot]")
    }

    /// Sets the login of the token's account.
    #[must_use]
    pub fn login(mut self, login: impl Into<String>) -> Self {
        self.login = login.into();
        self
    }

    /// Sets the scopes of a classic token, separated by commas: `repo, gist`. Defaults to `repo`.
    #[must_use]
    pub fn scopes(mut self, scopes: impl Into<String>) -> Self {
        let scopes: String = scopes.into();
        let scopes = scopes.split(',').map(str::trim);
        self.scopes = scopes
            .filter(|it| !it.is_empty())
            .map(str::to_owned)
            .collect();
        self
    }

    /// Adds a permission to a token that is not classic, for example `deployments` and `write`.
    #[must_use]
    pub fn permission(mut self, name: impl Into<String>, level: impl Into<String>) -> Self {
        self.permissions.insert(name.into(), level.into());
        self
    }

    /// Limits the token to this repository, in addition to repositories added before.
    #[must_use]
    pub fn repository(mut self, name: impl Into<String>) -> Self {
        self.repositories.get_or_insert_default().push(name.into());
        self
    }

    /// Suspends the installation of the token's app.
    #[must_use]
    pub fn suspended(mut self) -> Self {
        self.suspended = true;
        self
    }

    /// Sets the time of expiry, which responses announce. Expired tokens are rejected with 401.
    #[must_use]
    pub fn expires_at(mut self, time: Timestamp) -> Self {
        self.expires_at = Some(time);
        self
    }

    /// Returns `true` if the token can see a private repository.
    pub(super) fn can_see(&self, repository: &Repository) -> bool {
        let has_access = match self.kind {
            TokenKind::Classic => self.has_scope("repo") || self.has_scope("repo_deployment"),
            _ => true,
        };
        has_access && self.includes(repository)
    }

    /// Returns `true` if the token allows an operation on a repository that it can see.
    pub(super) fn is_allowed(&self, need: Need, repository: &Repository) -> bool {
        let is_public_read = !repository.private && !need.is_write();
        match self.kind {
            TokenKind::Classic if need.is_write() => {
                self.includes(repository) && self.can_push(repository)
            }
            TokenKind::Classic => true,
            _ if need == Need::See || is_public_read => true,
            _ => self.includes(repository) && self.has_permission(need),
        }
    }

    fn includes(&self, repository: &Repository) -> bool {
        let full_name = repository.full_name();
        let is_it = |name: &String| name.eq_ignore_ascii_case(&full_name);
        self.repositories
            .as_ref()
            .is_none_or(|names| names.iter().any(is_it))
    }

    fn can_push(&self, repository: &Repository) -> bool {
        self.has_scope("repo")
            || self.has_scope("repo_deployment")
            || (!repository.private && self.has_scope("public_repo"))
    }

    fn has_permission(&self, need: Need) -> bool {
        let name = match need {
            Need::ReadEnvironments => "actions",
            Need::Administer => "administration",
            Need::See | Need::ReadDeployments | Need::WriteDeployments => "deployments",
        };
        match self.permissions.get(name).map(String::as_str) {
            Some("write") => true,
            Some("read") => !need.is_write(),
            _ => false,
        }
    }

    fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|it| it == scope)
    }

    fn new(token: impl Into<String>, kind: TokenKind, login: impl Into<String>) -> Token {
        Token {
            value: token.into(),
            login: login.into(),
            kind,
            scopes: repo(),
            permissions: BTreeMap::new(),
            repositories: None,
            suspended: false,
            expires_at: None,
        }
    }
}

fn octocat() -> String {
    "octocat".to_owned()
}

fn repo() -> Vec<String> {
    vec!["repo".to_owned()]
}
