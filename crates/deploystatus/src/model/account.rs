//! Accounts and apps that report statuses.

use deploystatus_generated::{LazyJson, types};
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::Value;

/// A user, an organization or the bot of an app, as it appears in a status.
///
/// The account is decoded on first use. [`Account::json`] returns all of its fields.
/// Two accounts are equal if all of their fields are equal.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct Account(pub(super) LazyJson<types::SimpleUser>);

/// The fields of an account that have a getter.
#[derive(Default)]
pub(super) struct AccountFields<'a> {
    pub(super) login: &'a str,
    pub(super) id: Option<u64>,
    pub(super) kind: Option<&'a str>,
    pub(super) html_url: Option<&'a str>,
    pub(super) avatar_url: Option<&'a str>,
}

impl Account {
    /// Returns the account's login name, or an empty string if the server sent none.
    ///
    /// The login name of a bot ends in `[bot]`.
    #[must_use]
    pub fn login(&self) -> &str {
        self.fields().login
    }

    /// Returns the account's ID, or `None` if the server sent none.
    ///
    /// Renaming the account does not change the ID.
    #[must_use]
    pub fn id(&self) -> Option<u64> {
        self.fields().id
    }

    /// Returns `true` if the account is the bot of an app.
    #[must_use]
    pub fn is_bot(&self) -> bool {
        self.fields().kind == Some("Bot")
    }

    /// Returns the URL of the account's page, or `None` if the server sent none.
    #[must_use]
    pub fn html_url(&self) -> Option<&str> {
        self.fields().html_url
    }

    /// Returns the URL of the account's picture, or `None` if the server sent none.
    #[must_use]
    pub fn avatar_url(&self) -> Option<&str> {
        self.fields().avatar_url
    }

    /// Returns the account as JSON, as sent by the server.
    #[must_use]
    pub fn json(&self) -> &str {
        self.0.as_json()
    }
}

/// The GitHub App through which a status was reported.
///
/// Two apps are equal if all of their fields are equal.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct App(pub(super) LazyJson<types::Integration>);

/// The fields of an app that have a getter.
#[derive(Default)]
pub(super) struct AppFields<'a> {
    pub(super) id: Option<u64>,
    pub(super) slug: Option<&'a str>,
    pub(super) name: Option<&'a str>,
}

impl App {
    /// Returns the app's ID, or `None` if the server sent none.
    #[must_use]
    pub fn id(&self) -> Option<u64> {
        self.fields().id
    }

    /// Returns the app's name in URLs, or `None` if the server sent none.
    #[must_use]
    pub fn slug(&self) -> Option<&str> {
        self.fields().slug
    }

    /// Returns the app's display name, or `None` if the server sent none.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.fields().name
    }

    /// Returns the app as JSON, as sent by the server.
    #[must_use]
    pub fn json(&self) -> &str {
        self.0.as_json()
    }
}

impl PartialEq for Account {
    fn eq(&self, other: &Self) -> bool {
        is_same_json(self.json(), other.json())
    }
}

impl PartialEq for App {
    fn eq(&self, other: &Self) -> bool {
        is_same_json(self.json(), other.json())
    }
}

/// Compares two JSON texts, ignoring white space and the order of fields, because serialization may change both.
fn is_same_json(left: &str, right: &str) -> bool {
    let value = |json: &str| serde_json::from_str::<Value>(json).ok();
    left == right || value(left) == value(right)
}

impl<'de> Deserialize<'de> for Account {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object(deserializer).map(Self)
    }
}

impl<'de> Deserialize<'de> for App {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object(deserializer).map(Self)
    }
}

fn object<'de, D: Deserializer<'de>, T>(deserializer: D) -> Result<LazyJson<T>, D::Error> {
    let json = LazyJson::deserialize(deserializer)?;
    if json.is_object() {
        Ok(json)
    } else {
        Err(D::Error::custom("expected an object"))
    }
}
