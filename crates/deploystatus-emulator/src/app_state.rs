//! The state that all requests of one emulator share.

pub(crate) mod request_log;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::access::Tokens;
use crate::app_state::request_log::RequestLog;
use crate::error::Error;
use crate::faults::queue::FaultQueue;
use crate::http::rate_limiter::RateLimiter;
use crate::json::style::{BaseUrls, Style};
use crate::model::clock::Clock;
use crate::model::control_settings::ControlSettings;
use crate::model::create::{NewDeployment, NewStatus};
use crate::model::profile::Profile;
use crate::model::quirks::Quirks;
use crate::model::{Deployment, Repository, Status, User, lock};
use crate::seed::Seed;
use crate::store::Store;
use crate::store::snapshot;
use crate::store::statuses::StatusRules;
use crate::webhooks::event::Event;
use crate::webhooks::sender::Webhooks;

/// The state that all requests of one emulator share. No lock is held across an await.
#[derive(Debug)]
pub(crate) struct AppState {
    pub(crate) profile: Profile,
    pub(crate) clock: Clock,
    /// Address of the listener.
    pub(crate) address: SocketAddr,
    /// `http://` and the address of the listener.
    pub(crate) origin: String,
    pub(crate) control: ControlSettings,
    pub(crate) snapshot: Option<PathBuf>,
    pub(crate) webhooks: Webhooks,
    pub(crate) seed: Seed,
    pub(crate) initial_quirks: Quirks,
    /// Closed when the emulator stops.
    pub(crate) stopped: watch::Receiver<()>,
    pub(crate) parts: Parts,
}

/// The parts that change.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) store: Mutex<Store>,
    pub(crate) tokens: Mutex<Tokens>,
    pub(crate) quirks: Mutex<Quirks>,
    pub(crate) faults: Mutex<FaultQueue>,
    pub(crate) rate_limiter: Mutex<RateLimiter>,
    pub(crate) requests: Mutex<RequestLog>,
    /// Number of resets. A request that began before the last one must not change the state.
    pub(crate) resets: RwLock<u64>,
}

/// The account that creates an object, and the base URLs for the webhooks' payload.
#[derive(Debug)]
pub(crate) struct Creator<'a> {
    pub(crate) user: User,
    pub(crate) base: &'a BaseUrls,
}

impl AppState {
    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        lock(&self.parts.store)
    }

    pub(crate) fn tokens(&self) -> MutexGuard<'_, Tokens> {
        lock(&self.parts.tokens)
    }

    pub(crate) fn quirks(&self) -> MutexGuard<'_, Quirks> {
        lock(&self.parts.quirks)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, FaultQueue> {
        lock(&self.parts.faults)
    }

    pub(crate) fn rate_limiter(&self) -> MutexGuard<'_, RateLimiter> {
        lock(&self.parts.rate_limiter)
    }

    pub(crate) fn requests(&self) -> MutexGuard<'_, RequestLog> {
        lock(&self.parts.requests)
    }

    /// Returns the number of resets, and prevents others while the guard exists.
    pub(crate) fn resets(&self) -> RwLockReadGuard<'_, u64> {
        // Resets do not panic, and the number would be valid nevertheless.
        let resets = self.parts.resets.read();
        resets.unwrap_or_else(PoisonError::into_inner)
    }

    /// Spawns a task that ends when the emulator stops, with `None` in that case.
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<Option<T>> {
        let mut stopped = self.stopped.clone();
        tokio::spawn(async move {
            tokio::select! {
                output = task => Some(output),
                _ = stopped.changed() => None,
            }
        })
    }

    /// Returns the base URLs for objects that are not created over HTTP.
    pub(crate) fn base_urls(&self) -> BaseUrls {
        BaseUrls::new(&self.origin, self.profile.is_enterprise())
    }

    /// Adds a deployment and notifies the webhooks.
    pub(crate) fn create_deployment(
        &self,
        repository: &Repository,
        mut new: NewDeployment,
        creator: &Creator<'_>,
    ) -> Result<Deployment, Error> {
        new.created_at = new.created_at.or_else(|| self.skewed_time());
        let style = Style::complete(self.profile, self.quirks().ghost);
        let mut store = self.store();
        let deployment = store.create_deployment(repository.id, new, creator.user.clone())?;
        self.webhooks.notify(&Event {
            deployment: &deployment,
            status: None,
            repository,
            sender: &creator.user,
            base: creator.base,
            style,
        });
        Ok(deployment)
    }

    /// Adds a status, makes earlier deployments inactive and notifies the webhooks.
    pub(crate) fn create_status(
        &self,
        deployment_id: u64,
        mut new: NewStatus,
        creator: &Creator<'_>,
        rules: &StatusRules,
    ) -> Result<Status, Error> {
        new.created_at = new.created_at.or_else(|| self.skewed_time());
        let style = Style::complete(self.profile, self.quirks().ghost);
        // The store stays locked until the deliveries are queued, so that they are in order.
        let mut store = self.store();
        let status = store.create_status(deployment_id, new, &creator.user, rules)?;
        let deployment = store
            .deployment(deployment_id)
            .ok_or(Error::UnknownDeployment(deployment_id))?;
        let repository = store
            .repository(deployment.repository_id)
            .ok_or(Error::UnknownDeployment(deployment_id))?;
        self.webhooks.notify(&Event {
            deployment,
            status: Some(&status),
            repository,
            sender: &creator.user,
            base: creator.base,
            style,
        });
        Ok(status)
    }

    /// Notes in the request log that a request created a deployment or status.
    pub(crate) fn log_creation(&self, request: u64, id: u64) {
        self.requests().update(request, |it| it.created = Some(id));
    }

    /// Returns the creation time of a new object, or `None` if it is the time of the clock.
    fn skewed_time(&self) -> Option<Timestamp> {
        let milliseconds = self.quirks().clock_skew_ms;
        let skew = SignedDuration::from_millis(milliseconds);
        let time = || self.clock.now().saturating_add(skew).ok();
        (milliseconds != 0).then(time).flatten()
    }

    /// Adds the content of a seed, or nothing if some of it is invalid.
    pub(crate) fn load(&self, seed: &Seed) -> Result<(), Error> {
        let (mut store, mut tokens) = (self.store(), self.tokens());
        let (mut new_store, mut new_tokens) = (store.clone(), tokens.clone());
        seed.load(&mut new_store, &mut new_tokens)?;
        *store = new_store;
        *tokens = new_tokens;
        Ok(())
    }

    /// Writes the snapshot.
    pub(crate) fn save(&self) -> Result<(), Error> {
        let path = self.snapshot.as_deref().ok_or(Error::NoSnapshot)?;
        snapshot::save(path, self.store().state())
    }

    /// Writes the snapshot if a file is configured.
    pub(crate) fn save_if_configured(&self) -> Result<(), Error> {
        match self.save() {
            Err(Error::NoSnapshot) => Ok(()),
            saved => saved,
        }
    }

    /// Restores the seed and the initial quirks, and empties all logs and counters.
    ///
    /// Requests that are being handled end without a response.
    pub(crate) fn reset(&self) -> Result<(), Error> {
        let resets = self.parts.resets.write();
        let mut resets = resets.unwrap_or_else(PoisonError::into_inner);
        *resets += 1;
        self.faults().clear();
        self.rate_limiter().clear();
        self.requests().clear();
        self.webhooks.clear();
        *self.quirks() = self.initial_quirks;
        let (mut store, mut tokens) = (self.store(), self.tokens());
        // The old content is freed before the seed is loaded, so that memory never holds both.
        *store = Store::new(self.clock.clone());
        *tokens = Tokens::default();
        self.seed.load(&mut store, &mut tokens)
    }
}
