//! The client.

use std::sync::Arc;

use super::Deployment;
use super::thread::Thread;
use crate::error::Failed;
use crate::{ClientBuilder, Delivered, Error, RateLimit, ServerProfile, Undelivered};

/// A way to one server, with one token: [`crate::Client`] without `async`.
///
/// [`ClientBuilder::build_blocking`](crate::ClientBuilder::build_blocking) makes one.
#[derive(Clone, Debug)]
pub struct Client {
    client: crate::Client,
    thread: Arc<Thread>,
}

impl Client {
    /// A client that can be told more before it is made.
    pub fn builder() -> ClientBuilder {
        crate::Client::builder()
    }

    /// A handle on a deployment of `owner/repo`. Nothing is sent.
    ///
    /// # Errors
    ///
    /// When the name is not one that GitHub gives out.
    pub fn deployment(&self, repository: &str, id: u64) -> Result<Deployment, Error> {
        let deployment = self.client.deployment(repository, id)?;
        Ok(Deployment::new(deployment, Arc::clone(&self.thread)))
    }

    /// The same from the parts of the name.
    ///
    /// # Errors
    ///
    /// When a part is not a name that GitHub gives out.
    pub fn deployment_in(&self, owner: &str, repo: &str, id: u64) -> Result<Deployment, Error> {
        let deployment = self.client.deployment_in(owner, repo, id)?;
        Ok(Deployment::new(deployment, Arc::clone(&self.thread)))
    }

    /// The address of the API, completed.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.client.base_url()
    }

    /// What the server is taken for, by now.
    #[must_use]
    pub fn profile(&self) -> ServerProfile {
        self.client.profile()
    }

    /// What the newest answer told of the token's quota; nothing before it, or when the server has none.
    #[must_use]
    pub fn rate_limit(&self) -> Option<RateLimit> {
        self.client.rate_limit()
    }

    /// Sends the end of a rollout that was not delivered, unless it turns out to be on the server already.
    ///
    /// # Errors
    ///
    /// As [`Undelivered::redeliver`].
    pub fn redeliver(&self, report: Undelivered) -> Result<Delivered, Undelivered> {
        self.thread.run(report.redeliver(&self.client))
    }

    /// Delivers what an outbox keeps for this server, oldest first, each once.
    ///
    /// # Errors
    ///
    /// As [`Outbox::flush`](crate::Outbox::flush).
    #[cfg(feature = "outbox")]
    pub fn flush(
        &self,
        outbox: &crate::Outbox,
        overtaken: crate::Overtaken,
    ) -> Result<crate::Flushed, Error> {
        self.thread.run(outbox.flush(&self.client, overtaken))
    }

    pub(crate) fn new(client: crate::Client) -> Result<Self, Error> {
        let thread = Thread::start().map_err(|why| {
            Error::NoThread(Failed {
                what: "the thread of the blocking client could not be started".to_owned(),
                cause: Some(why.into()),
            })
        })?;
        Ok(Self {
            client,
            thread: Arc::new(thread),
        })
    }
}
