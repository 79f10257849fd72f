//! The handle of a running emulator.

pub(crate) mod builder;

mod body;
mod connection;
mod listener;
mod pipeline;
mod work;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::access::token::Token;
use crate::app_state::request_log::ReceivedRequest;
use crate::app_state::{AppState, Creator};
use crate::error::Error;
use crate::faults::fault::Fault;
use crate::faults::mix::FaultMix;
use crate::model::create::{NewDeployment, NewRepository, NewStatus};
use crate::model::log_part::LogPart;
use crate::model::quirks::Quirks;
use crate::model::{Deployment, Repository, Status};
use crate::seed::Seed;
use crate::store::statuses::StatusRules;
use crate::webhooks::delivery::Delivery;

/// A running emulator, which stops when it is dropped.
///
/// The methods act directly, without HTTP: they are not validated, not limited and not affected by faults.
/// Start one emulator per test, so that tests do not share state.
#[derive(Debug)]
pub struct Emulator {
    state: Arc<AppState>,
    /// All tasks end when this is dropped.
    stop: Option<watch::Sender<()>>,
    server: Option<JoinHandle<()>>,
}

impl Emulator {
    /// Returns the URL of the server, without a trailing slash.
    #[must_use]
    pub fn url(&self) -> String {
        self.state.origin.clone()
    }

    /// Returns the base URL of the API.
    ///
    /// It equals [`url`](Self::url) as on github.com, or ends in `/api/v3` as on an Enterprise Server.
    #[must_use]
    pub fn api_url(&self) -> String {
        self.state.base_urls().api
    }

    /// Returns the address of the listener.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.state.address
    }

    /// Creates a repository.
    ///
    /// # Errors
    ///
    /// Returns an error if the name is invalid, or if the name or ID is in use.
    pub fn create_repository(&self, new: NewRepository) -> Result<Repository, Error> {
        self.state.store().create_repository(new)
    }

    /// Returns all repositories, ordered by ID.
    #[must_use]
    pub fn repositories(&self) -> Vec<Repository> {
        self.state.store().repositories().cloned().collect()
    }

    /// Renames or transfers a repository. The old name redirects to the new one.
    ///
    /// # Errors
    ///
    /// Returns an error if the repository is unknown, or if another one has the new name.
    pub fn rename_repository(&self, from: &str, to: &str) -> Result<Repository, Error> {
        self.state.store().rename_repository(from, to)
    }

    /// Archives a repository, which makes it read-only.
    ///
    /// # Errors
    ///
    /// Returns an error if the repository is unknown.
    pub fn archive_repository(&self, name: &str) -> Result<Repository, Error> {
        self.state.store().archive(name)
    }

    /// Makes an archived repository writable.
    ///
    /// # Errors
    ///
    /// Returns an error if the repository is unknown.
    pub fn unarchive_repository(&self, name: &str) -> Result<Repository, Error> {
        self.state.store().unarchive(name)
    }

    /// Creates a deployment in a repository.
    ///
    /// # Errors
    ///
    /// Returns an error if the repository is unknown, or if the ID is in use.
    pub fn create_deployment(
        &self,
        repository: &str,
        new: NewDeployment,
    ) -> Result<Deployment, Error> {
        let (repository, user) = {
            let mut store = self.state.store();
            let login = new.creator.as_deref().unwrap_or("octocat");
            (store.repository_named(repository)?, store.user(login))
        };
        let base = &self.state.base_urls();
        let creator = Creator { user, base };
        let deployment = self.state.create_deployment(&repository, new, &creator)?;
        self.state.store().make_visible(deployment.id);
        Ok(deployment)
    }

    /// Creates a status of a deployment. A success makes earlier deployments inactive.
    ///
    /// # Errors
    ///
    /// Returns an error if the deployment is unknown, or if the ID is not higher than the previous one.
    pub fn create_status(&self, deployment_id: u64, new: NewStatus) -> Result<Status, Error> {
        let login = new.creator.as_deref().unwrap_or("octocat");
        let user = self.state.store().user(login);
        let base = &self.state.base_urls();
        let creator = Creator { user, base };
        let rules = StatusRules {
            max_statuses: None,
            ..StatusRules::from(&*self.state.quirks())
        };
        let status = self
            .state
            .create_status(deployment_id, new, &creator, &rules)?;
        self.state.store().make_visible(deployment_id);
        Ok(status)
    }

    /// Returns a deployment, or `None` if the ID is unknown.
    #[must_use]
    pub fn deployment(&self, id: u64) -> Option<Deployment> {
        self.state.store().deployment(id).cloned()
    }

    /// Returns all deployments, oldest first.
    #[must_use]
    pub fn deployments(&self) -> Vec<Deployment> {
        self.state.store().deployments().cloned().collect()
    }

    /// Returns all statuses of a deployment, oldest first, or an empty list if the ID is unknown.
    #[must_use]
    pub fn history(&self, deployment_id: u64) -> Vec<Status> {
        let store = self.state.store();
        store.history(deployment_id).unwrap_or_default().to_vec()
    }

    /// Returns the last 10,000 requests, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        self.state.requests().list(LogPart::All)
    }

    /// Empties the log of requests.
    pub fn clear_requests(&self) {
        self.state.requests().clear();
    }

    /// Adds a fault. A request takes the first fault that matches, in the order of addition.
    pub fn fault(&self, fault: Fault) {
        self.state.faults().add(fault);
    }

    /// Sets or removes the random faults for requests that match no other fault.
    pub fn fault_mix(&self, mix: impl Into<Option<FaultMix>>) {
        self.state.faults().set_mix(mix.into());
    }

    /// Returns the faults that wait for a request, without the mix.
    #[must_use]
    pub fn pending_faults(&self) -> Vec<Fault> {
        self.state.faults().pending().to_vec()
    }

    /// Removes all faults and the mix.
    pub fn clear_faults(&self) {
        self.state.faults().clear();
    }

    /// Adds a token. After the first was added, all others are rejected with 401.
    pub fn add_token(&self, token: Token) {
        self.state.tokens().add(token);
    }

    /// Returns the quirks.
    #[must_use]
    pub fn quirks(&self) -> Quirks {
        *self.state.quirks()
    }

    /// Changes the quirks, from the next request on.
    pub fn change_quirks(&self, change: impl FnOnce(&mut Quirks)) {
        change(&mut self.state.quirks());
    }

    /// Returns the time of the emulator's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.state.clock.now()
    }

    /// Moves the emulator's clock forward.
    pub fn advance(&self, by: Duration) {
        self.state.clock.advance(by);
    }

    /// Sets the emulator's clock.
    pub fn set_time(&self, time: Timestamp) {
        self.state.clock.set(time);
    }

    /// Returns the last 10,000 deliveries to webhooks, oldest first.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.state.webhooks.list(LogPart::All)
    }

    /// Waits until all queued deliveries have finished, and returns them.
    pub async fn wait_for_deliveries(&self) -> Vec<Delivery> {
        self.state.webhooks.wait().await;
        self.deliveries()
    }

    /// Sends a delivery again.
    ///
    /// # Errors
    ///
    /// Returns an error if the ID is unknown.
    pub fn redeliver(&self, id: &str) -> Result<Delivery, Error> {
        self.state.webhooks.redeliver(id)
    }

    /// Adds the content of a seed.
    ///
    /// # Errors
    ///
    /// Returns an error if some of the content is invalid or in use. In that case nothing is added.
    pub fn load(&self, seed: &Seed) -> Result<(), Error> {
        self.state.load(seed)
    }

    /// Restores the builder's seed and quirks, and removes everything else except the time.
    ///
    /// Requests that are being handled end without a response, and deliveries that have not finished are dropped.
    ///
    /// # Errors
    ///
    /// Returns an error if the seed cannot be loaded. This cannot happen after a successful start.
    pub fn reset(&self) -> Result<(), Error> {
        self.state.reset()
    }

    /// Writes the snapshot.
    ///
    /// # Errors
    ///
    /// Returns an error if no file is configured, or if it cannot be written.
    pub fn save(&self) -> Result<(), Error> {
        self.state.save()
    }

    /// Stops the emulator and writes the snapshot, if a file is configured.
    ///
    /// The snapshot contains everything for which a response was sent. Afterwards the address is free.
    /// Deliveries that have not finished are dropped; [`wait_for_deliveries`](Self::wait_for_deliveries) awaits them.
    ///
    /// # Errors
    ///
    /// Returns an error if the snapshot cannot be written.
    pub async fn stop(mut self) -> Result<(), Error> {
        self.stop = None;
        if let Some(server) = self.server.take() {
            // The task cannot fail. It may already have ended with its runtime.
            let _ = server.await;
        }
        self.state.save_if_configured()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if self.stop.is_some() {
            // Use `stop` to receive the error.
            let _ = self.state.save_if_configured();
        }
    }
}
