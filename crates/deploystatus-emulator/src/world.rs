//! Everything one emulator consists of.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::Error;
use crate::access::Tokens;
use crate::clock::Clock;
use crate::faults::FaultBook;
use crate::input::{NewDeployment, NewStatus};
use crate::meter::Meter;
use crate::profile::Profile;
use crate::record::{Deployment, Repository, Status, User};
use crate::requests::RequestLog;
use crate::seed::Seed;
use crate::snapshot;
use crate::store::Store;
use crate::switches::{AutoInactive, Switches};
use crate::webhooks::{Event, Webhooks};
use crate::wire::{Base, Style};

/// Everything one emulator consists of, behind locks that nobody holds while waiting.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) profile: Profile,
    pub(crate) clock: Clock,
    /// `http://` and the address the emulator listens on.
    pub(crate) origin: String,
    pub(crate) snapshot: Option<PathBuf>,
    pub(crate) webhooks: Webhooks,
    pub(crate) seed: Seed,
    pub(crate) initial_switches: Switches,
    /// Closed when the emulator stops.
    pub(crate) stopped: watch::Receiver<()>,
    pub(crate) parts: Parts,
}

/// The parts that change.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) store: Mutex<Store>,
    pub(crate) tokens: Mutex<Tokens>,
    pub(crate) switches: Mutex<Switches>,
    pub(crate) faults: Mutex<FaultBook>,
    pub(crate) meter: Mutex<Meter>,
    pub(crate) requests: Mutex<RequestLog>,
}

/// Who reports a status, where they came from, and what they may make inactive.
#[derive(Debug)]
pub(crate) struct Reporter<'a> {
    pub(crate) user: User,
    pub(crate) base: &'a Base,
    pub(crate) scope: AutoInactive,
}

impl World {
    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        open(&self.parts.store)
    }

    pub(crate) fn tokens(&self) -> MutexGuard<'_, Tokens> {
        open(&self.parts.tokens)
    }

    pub(crate) fn switches(&self) -> MutexGuard<'_, Switches> {
        open(&self.parts.switches)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, FaultBook> {
        open(&self.parts.faults)
    }

    pub(crate) fn meter(&self) -> MutexGuard<'_, Meter> {
        open(&self.parts.meter)
    }

    pub(crate) fn requests(&self) -> MutexGuard<'_, RequestLog> {
        open(&self.parts.requests)
    }

    /// Runs a task that ends with the emulator at the latest.
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<Option<T>> {
        let mut stopped = self.stopped.clone();
        tokio::spawn(async move {
            tokio::select! {
                outcome = task => Some(outcome),
                _ = stopped.changed() => None,
            }
        })
    }

    /// Where those find the API who did not come over HTTP.
    pub(crate) fn base(&self) -> Base {
        Base::new(&self.origin, self.profile.is_enterprise())
    }

    /// Adds a deployment and tells the webhooks.
    pub(crate) fn create_deployment(
        &self,
        repository: &Repository,
        new: NewDeployment,
        creator: User,
        base: &Base,
    ) -> Result<Deployment, Error> {
        let style = Style::complete(self.profile, self.switches().ghost);
        let mut store = self.store();
        let sender = creator.clone();
        let deployment = store.create_deployment(repository.id, new, creator)?;
        self.webhooks.announce(&Event {
            deployment: &deployment,
            status: None,
            repository,
            sender: &sender,
            base,
            style,
        });
        Ok(deployment)
    }

    /// Adds a status with all that follows from it, and tells the webhooks.
    pub(crate) fn create_status(
        &self,
        deployment_id: u64,
        new: NewStatus,
        reporter: &Reporter<'_>,
    ) -> Result<Status, Error> {
        let switches = *self.switches();
        let style = Style::complete(self.profile, switches.ghost);
        // Deliveries keep the order of creation because the store stays locked until they are queued.
        let mut store = self.store();
        let status = store.create_status(
            deployment_id,
            new,
            &reporter.user,
            reporter.scope,
            switches.had_success,
        )?;
        let deployment = store
            .deployment(deployment_id)
            .ok_or(Error::UnknownDeployment(deployment_id))?;
        let repository = store
            .repository(deployment.repository_id)
            .ok_or(Error::UnknownDeployment(deployment_id))?;
        // The statuses that made others inactive are announced to nobody, as all of that state.
        self.webhooks.announce(&Event {
            deployment,
            status: Some(&status),
            repository: &repository,
            sender: &reporter.user,
            base: reporter.base,
            style,
        });
        Ok(status)
    }

    /// Adds what a seed holds: all of it, or nothing if it does not fit.
    pub(crate) fn plant(&self, seed: &Seed) -> Result<(), Error> {
        let (mut store, mut tokens) = (self.store(), self.tokens());
        let (mut grown_store, mut grown_tokens) = (store.clone(), tokens.clone());
        seed.plant(&mut grown_store, &mut grown_tokens)?;
        *store = grown_store;
        *tokens = grown_tokens;
        Ok(())
    }

    pub(crate) fn save(&self) -> Result<(), Error> {
        let path = self.snapshot.as_deref().ok_or(Error::NoSnapshot)?;
        snapshot::save(path, self.store().state())
    }

    pub(crate) fn save_if_wanted(&self) -> Result<(), Error> {
        match self.save() {
            Err(Error::NoSnapshot) => Ok(()),
            saved => saved,
        }
    }

    /// Forgets everything that was not there at the start.
    pub(crate) fn reset(&self) -> Result<(), Error> {
        let mut store = Store::new(self.clock.clone());
        let mut tokens = Tokens::default();
        self.seed.plant(&mut store, &mut tokens)?;
        *self.store() = store;
        *self.tokens() = tokens;
        *self.switches() = self.initial_switches;
        self.faults().clear();
        self.meter().forget();
        self.requests().clear();
        self.webhooks.forget();
        Ok(())
    }
}

/// A panic while a lock was held has left what it guards usable, because nothing is changed in two steps.
fn open<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
