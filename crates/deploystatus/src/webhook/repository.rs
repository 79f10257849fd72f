//! Where an event happened.

use serde::Deserialize;

use super::lenient;
use crate::Account;

/// The repository of an event.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Repository {
    /// The number of the repository, which stays when the name changes.
    pub id: u64,
    /// The name with its owner's, such as `octocat/example`.
    pub full_name: String,
    /// The name alone.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// Whose it is.
    #[serde(default, deserialize_with = "lenient::account")]
    pub owner: Option<Account>,
    /// Whether only some may see it.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub private: Option<bool>,
    /// The branch that is taken when none is named.
    #[serde(default, deserialize_with = "lenient::text")]
    pub default_branch: Option<String>,
    /// The repository's page.
    #[serde(default, deserialize_with = "lenient::text")]
    pub html_url: Option<String>,
    /// Where to clone it from.
    #[serde(default, deserialize_with = "lenient::text")]
    pub clone_url: Option<String>,
    /// Its address in the API.
    #[serde(default, deserialize_with = "lenient::text")]
    pub url: Option<String>,
    /// The same identity in the form that GitHub's GraphQL API uses.
    #[serde(default, deserialize_with = "lenient::text")]
    pub node_id: Option<String>,
}

/// The installation of the app that is told of the event, for which a token can be had.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Installation {
    /// The number of the installation.
    pub id: u64,
}

/// The enterprise to which the repository belongs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Enterprise {
    /// The number of the enterprise.
    pub id: u64,
    /// The enterprise's name in addresses.
    #[serde(default, deserialize_with = "lenient::text")]
    pub slug: Option<String>,
    /// The enterprise's display name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
}
