//! Tokens: whose they are and what they may do.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Denial;

/// A token and what it allows.
///
/// As long as no token was given out, any non-empty one may write as `octocat`;
/// from the first on, all others are bad credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    #[serde(rename = "token")]
    pub(crate) value: String,
    #[serde(default = "octocat")]
    pub(crate) login: String,
    #[serde(default)]
    pub(crate) kind: TokenKind,
    /// Of a classic token.
    #[serde(default = "repo")]
    pub(crate) scopes: Vec<String>,
    /// Of every other token.
    #[serde(default)]
    pub(crate) permissions: BTreeMap<String, String>,
    /// Full names; all repositories if none.
    pub(crate) repositories: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) suspended: bool,
    pub(crate) expires_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum TokenKind {
    #[default]
    Classic,
    FineGrained,
    App,
    Actions,
}

impl Token {
    /// A classic personal token of `octocat` with the scope `repo`.
    pub fn classic(token: impl Into<String>) -> Token {
        Token::new(token, TokenKind::Classic, "octocat")
    }

    /// A fine-grained personal token of `octocat`, without any permission yet.
    pub fn fine_grained(token: impl Into<String>) -> Token {
        Token::new(token, TokenKind::FineGrained, "octocat")
    }

    /// A token of an app's installation, without any permission yet.
    pub fn app(token: impl Into<String>, slug: impl Into<String>) -> Token {
        Token::new(token, TokenKind::App, format!("{}[bot]", slug.into()))
    }

    /// The token of a workflow run, without any permission yet.
    pub fn actions(token: impl Into<String>) -> Token {
        Token::new(token, TokenKind::Actions, "github-actions[bot]")
    }

    /// Acts under this login.
    #[must_use]
    pub fn login(mut self, login: impl Into<String>) -> Self {
        self.login = login.into();
        self
    }

    /// Replaces the scopes of a classic token, written as GitHub does: `repo, gist`.
    #[must_use]
    pub fn scopes(mut self, scopes: impl Into<String>) -> Self {
        let scopes: String = scopes.into();
        let words = scopes.split(',').map(str::trim);
        self.scopes = words
            .filter(|it| !it.is_empty())
            .map(str::to_owned)
            .collect();
        self
    }

    /// Adds a permission of any other token, for example `deployments` and `write`.
    #[must_use]
    pub fn permission(mut self, name: impl Into<String>, level: impl Into<String>) -> Self {
        self.permissions.insert(name.into(), level.into());
        self
    }

    /// Narrows it to this repository, and to others named so before.
    #[must_use]
    pub fn repository(mut self, name: impl Into<String>) -> Self {
        self.repositories.get_or_insert_default().push(name.into());
        self
    }

    /// Suspends the installation it belongs to.
    #[must_use]
    pub fn suspended(mut self) -> Self {
        self.suspended = true;
        self
    }

    /// Announces when it expires; from then on it is a bad credential.
    #[must_use]
    pub fn expires_at(mut self, time: Timestamp) -> Self {
        self.expires_at = Some(time);
        self
    }

    pub(super) fn reaches(&self, full_name: &str) -> bool {
        let is_it = |name: &String| name.eq_ignore_ascii_case(full_name);
        self.repositories
            .as_ref()
            .is_none_or(|names| names.iter().any(is_it))
    }

    pub(super) fn sees_private(&self) -> bool {
        match self.kind {
            TokenKind::Classic => self.has_scope("repo") || self.has_scope("repo_deployment"),
            _ => true,
        }
    }

    pub(super) fn may_push(&self, private: bool) -> bool {
        self.has_scope("repo")
            || self.has_scope("repo_deployment")
            || (!private && self.has_scope("public_repo"))
    }

    pub(super) fn is_permitted(&self, writes: bool) -> bool {
        match self.permissions.get("deployments").map(String::as_str) {
            Some("write") => true,
            Some("read") => !writes,
            _ => false,
        }
    }

    pub(super) fn denial(&self) -> Denial {
        if self.kind == TokenKind::FineGrained {
            Denial::NotAccessibleByToken
        } else {
            Denial::NotAccessibleByIntegration
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
