//! Who reported a status: an account, and the app it acted through.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::kept::Kept;

/// A person, an organisation or an app's bot, as it appears in a status.
///
/// It is decoded when first asked; what is not modelled here is in [`Account::json`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Account(Kept<KnownAccount>);

#[derive(Default, Deserialize)]
#[serde(default)]
struct KnownAccount {
    login: String,
    id: Option<u64>,
    #[serde(rename = "type")]
    kind: Option<String>,
    html_url: Option<String>,
    avatar_url: Option<String>,
}

impl Account {
    pub(crate) fn new(json: &RawValue) -> Option<Self> {
        Kept::new(json).map(Self)
    }

    /// The account's name; that of an app's bot ends in `[bot]`. Empty when the server sent none.
    #[must_use]
    pub fn login(&self) -> &str {
        &self.0.known().login
    }

    /// The account's number, which stays when the name changes.
    #[must_use]
    pub fn id(&self) -> Option<u64> {
        self.0.known().id
    }

    /// Whether an app's bot reported the status.
    #[must_use]
    pub fn is_bot(&self) -> bool {
        self.0.known().kind.as_deref() == Some("Bot")
    }

    /// The account's page.
    #[must_use]
    pub fn html_url(&self) -> Option<&str> {
        self.0.known().html_url.as_deref()
    }

    /// The account's picture.
    #[must_use]
    pub fn avatar_url(&self) -> Option<&str> {
        self.0.known().avatar_url.as_deref()
    }

    /// All of it, as the server wrote it.
    #[must_use]
    pub fn json(&self) -> &str {
        self.0.json()
    }
}

/// The GitHub App through which a status was reported, when the server tells.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct App(Kept<KnownApp>);

#[derive(Default, Deserialize)]
#[serde(default)]
struct KnownApp {
    id: Option<u64>,
    slug: Option<String>,
    name: Option<String>,
}

impl App {
    pub(crate) fn new(json: &RawValue) -> Option<Self> {
        Kept::new(json).map(Self)
    }

    /// The app's number.
    #[must_use]
    pub fn id(&self) -> Option<u64> {
        self.0.known().id
    }

    /// The app's name in addresses.
    #[must_use]
    pub fn slug(&self) -> Option<&str> {
        self.0.known().slug.as_deref()
    }

    /// The app's display name.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.0.known().name.as_deref()
    }

    /// All of it, as the server wrote it.
    #[must_use]
    pub fn json(&self) -> &str {
        self.0.json()
    }
}
