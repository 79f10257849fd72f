//! The client: a handle for one server and one token.

pub(crate) mod builder;
pub(crate) mod create;
pub(crate) mod deployment;
pub(crate) mod pages;
pub(crate) mod read;
pub(crate) mod wait;

use std::fmt;
use std::sync::Arc;

use self::deployment::Deployment;
use crate::call::core::Core;
use crate::call::target::Target;
use crate::error::Error;
use crate::http::profile::ServerProfile;
use crate::http::rate_limit::RateLimit;
use crate::model::repository_name::RepositoryName;

/// A client for one GitHub server. Cheap to clone.
///
/// Clones share connections, pacing, and all data about the server and its deployments.
#[derive(Clone)]
pub struct Client(Arc<Core>);

impl Client {
    /// Creates a handle for a deployment of the repository `OWNER/NAME`. Sends nothing.
    ///
    /// # Errors
    ///
    /// Returns an error if the name or the ID is invalid.
    pub fn deployment(&self, repository: &str, id: u64) -> Result<Deployment, Error> {
        let name = RepositoryName::parse(repository)?;
        Ok(Deployment::new(Target::new(Arc::clone(&self.0), name, id)?))
    }

    /// Returns the base URL of the API.
    ///
    /// It is completed as described at [`ClientBuilder::base_url`](crate::ClientBuilder::base_url).
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.0.base.text
    }

    /// Returns the server profile currently in use.
    pub fn profile(&self) -> ServerProfile {
        self.0.profile()
    }

    /// Returns the rate limit of the newest response, or `None` if the server has sent none.
    #[must_use]
    pub fn rate_limit(&self) -> Option<RateLimit> {
        self.0.pacer.rate_limit()
    }
}

/// Prints the base URL and the settings, without secrets.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.0.base.text)
            .field("token", &self.0.token)
            .field("retry", &self.0.retry)
            .finish_non_exhaustive()
    }
}
