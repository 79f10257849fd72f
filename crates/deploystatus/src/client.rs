//! The client: everything that its calls share.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::HeaderValue;

use crate::base_url::BaseUrl;
use crate::builder::ClientBuilder;
use crate::deployment::Deployment;
use crate::header::{DEPRECATION, ENTERPRISE_VERSION, SUNSET};
use crate::name::RepositoryName;
use crate::pacing::Pacer;
use crate::reply::Reply;
use crate::token::Token;
use crate::transport::Transport;
use crate::{Error, RateLimit, RetryPolicy, ServerProfile};

/// A way to one server, with one token.
///
/// It is cheap to clone, and its clones share connections, pace and whatever was learned about the server.
#[derive(Clone)]
pub struct Client(Arc<Core>);

impl Client {
    /// A client that can be told more before it is made.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// A handle on a deployment of `owner/repo`. Nothing is sent.
    ///
    /// # Errors
    ///
    /// When the name is not one that GitHub gives out.
    pub fn deployment(&self, repository: &str, id: u64) -> Result<Deployment, Error> {
        let name = RepositoryName::read(repository)?;
        Ok(Deployment::new(self.0.clone(), name, id)?)
    }

    /// The same from the parts of the name.
    ///
    /// # Errors
    ///
    /// When a part is not a name that GitHub gives out.
    pub fn deployment_in(&self, owner: &str, repo: &str, id: u64) -> Result<Deployment, Error> {
        let name = RepositoryName::from_parts(owner, repo)?;
        Ok(Deployment::new(self.0.clone(), name, id)?)
    }

    /// The address of the API, completed.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.0.base.text
    }

    /// What the server is taken for, by now.
    #[must_use]
    pub fn profile(&self) -> ServerProfile {
        self.0.profile()
    }

    /// What the newest answer told of the token's quota; nothing before it, or when the server has none.
    #[must_use]
    pub fn rate_limit(&self) -> Option<RateLimit> {
        self.0.pacer.rate_limit()
    }

    pub(crate) fn new(core: Core) -> Self {
        Self(Arc::new(core))
    }
}

/// Shows where it leads, and nothing secret.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.0.base.text)
            .field("token", &self.0.token)
            .field("retry", &self.0.retry)
            .finish_non_exhaustive()
    }
}

/// What all clones of a client and all its handles share.
pub(crate) struct Core {
    pub(crate) base: BaseUrl,
    pub(crate) token: Option<Token>,
    pub(crate) user_agent: HeaderValue,
    pub(crate) timeout: Duration,
    pub(crate) transport: Transport,
    pub(crate) retry: RetryPolicy,
    pub(crate) pacer: Pacer,
    pub(crate) server: Mutex<ServerProfile>,
    /// Whether the profile was given, so that there is nothing to learn.
    pub(crate) is_told: bool,
}

impl Core {
    pub(crate) fn profile(&self) -> ServerProfile {
        self.server
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Learns from an answer what the server is and how much it takes.
    pub(crate) fn learn(&self, reply: &Reply) {
        self.pacer.observe(reply);
        for name in [&DEPRECATION, &SUNSET] {
            if let Some(value) = reply.header(name) {
                tracing::warn!(
                    header = name.as_str(),
                    value,
                    "the server is going to drop what was asked of it"
                );
            }
        }
        if self.is_told {
            return;
        }
        let told = reply.header(&ENTERPRISE_VERSION);
        if let Some(profile) = told.and_then(ServerProfile::told_by) {
            let mut server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
            if *server != profile {
                tracing::debug!(version = told, "learned the server's version");
                *server = profile;
            }
        }
    }
}
