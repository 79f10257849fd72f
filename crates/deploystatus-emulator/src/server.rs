//! The handle on a running emulator.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::Error;
use crate::access::Token;
use crate::builder::EmulatorBuilder;
use crate::faults::{Fault, FaultMix};
use crate::input::{NewDeployment, NewRepository, NewStatus};
use crate::record::{Deployment, Repository, Status};
use crate::requests::ReceivedRequest;
use crate::seed::Seed;
use crate::switches::Switches;
use crate::webhooks::Delivery;
use crate::world::{Reporter, World};

/// A running emulator, which stops when it is dropped.
///
/// What it is asked through this handle is done at once and without HTTP;
/// only requests can be wrong, limited or unlucky.
#[derive(Debug)]
pub struct Emulator {
    world: Arc<World>,
    address: SocketAddr,
    /// Everything that runs for the emulator ends when this is dropped.
    stop: Option<watch::Sender<()>>,
    accepting: Option<JoinHandle<()>>,
}

impl Emulator {
    /// Starts an emulator of github.com on a free port of the loopback interface.
    ///
    /// # Errors
    ///
    /// When there is no runtime, or no free port.
    pub async fn start() -> Result<Emulator, Error> {
        Emulator::builder().start().await
    }

    /// An emulator to be started otherwise.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::new()
    }

    /// Where it listens, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        self.world.origin.clone()
    }

    /// Where its API is: at [`url`](Self::url) as on github.com, or below `/api/v3` as on an Enterprise Server.
    #[must_use]
    pub fn api_url(&self) -> String {
        self.world.base().api
    }

    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Adds a repository.
    ///
    /// # Errors
    ///
    /// When there is one of that name, or it is not a name.
    pub fn create_repository(&self, new: NewRepository) -> Result<Repository, Error> {
        self.world.store().create_repository(new)
    }

    /// Renames a repository, or gives it to another owner; its old name redirects.
    ///
    /// # Errors
    ///
    /// When there is no such repository, or already one of that name.
    pub fn rename_repository(&self, from: &str, to: &str) -> Result<Repository, Error> {
        self.world.store().rename_repository(from, to)
    }

    /// Makes a repository read-only, or writable again.
    ///
    /// # Errors
    ///
    /// When there is no such repository.
    pub fn archive_repository(&self, name: &str, archived: bool) -> Result<Repository, Error> {
        self.world.store().archive_repository(name, archived)
    }

    /// Adds a deployment to a repository.
    ///
    /// # Errors
    ///
    /// When there is no such repository, or the number is taken.
    pub fn create_deployment(
        &self,
        repository: &str,
        new: NewDeployment,
    ) -> Result<Deployment, Error> {
        let (repository, creator) = {
            let mut store = self.world.store();
            let creator = new.creator.as_deref().unwrap_or("octocat");
            (store.repository_named(repository)?, store.user(creator))
        };
        let base = self.world.base();
        self.world
            .create_deployment(&repository, new, creator, &base)
    }

    /// Adds a status to a deployment, with all that follows from it.
    ///
    /// # Errors
    ///
    /// When there is no such deployment, or the number does not rise.
    pub fn create_status(&self, deployment_id: u64, new: NewStatus) -> Result<Status, Error> {
        let creator = new.creator.as_deref().unwrap_or("octocat");
        let user = self.world.store().user(creator);
        let scope = self.world.switches().auto_inactive;
        let reporter = Reporter {
            user,
            base: &self.world.base(),
            scope,
        };
        self.world.create_status(deployment_id, new, &reporter)
    }

    /// A deployment as it is now.
    #[must_use]
    pub fn deployment(&self, id: u64) -> Option<Deployment> {
        self.world.store().deployment(id).cloned()
    }

    /// All deployments, oldest first.
    #[must_use]
    pub fn deployments(&self) -> Vec<Deployment> {
        self.world.store().deployments().cloned().collect()
    }

    /// All statuses of a deployment, oldest first; none if there is no such deployment.
    #[must_use]
    pub fn history(&self, deployment_id: u64) -> Vec<Status> {
        let store = self.world.store();
        store.history(deployment_id).unwrap_or_default().to_vec()
    }

    /// The last 10,000 requests, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        self.world.requests().list()
    }

    /// Forgets the requests received so far.
    pub fn clear_requests(&self) {
        self.world.requests().clear();
    }

    /// Lets something go wrong with the next request that matches.
    ///
    /// Faults are looked through in the order in which they were given.
    pub fn fault(&self, fault: Fault) {
        self.world.faults().add(fault);
    }

    /// Lets requests go wrong at random, where no scripted fault matches; or no longer.
    pub fn fault_mix(&self, mix: impl Into<Option<FaultMix>>) {
        self.world.faults().set_mix(mix.into());
    }

    /// The scripted faults that have not happened yet.
    #[must_use]
    pub fn pending_faults(&self) -> Vec<Fault> {
        self.world.faults().pending().to_vec()
    }

    /// Lets nothing go wrong any more.
    pub fn clear_faults(&self) {
        self.world.faults().clear();
    }

    /// Gives out a token; from the first on, all others are bad credentials.
    pub fn add_token(&self, token: Token) {
        self.world.tokens().add(token);
    }

    /// What is settled one way or the other.
    #[must_use]
    pub fn switches(&self) -> Switches {
        *self.world.switches()
    }

    /// Settles differently what evidence leaves open.
    pub fn switch(&self, change: impl FnOnce(&mut Switches)) {
        change(&mut self.world.switches());
    }

    /// What the emulator's clock shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.world.clock.now()
    }

    /// Moves the emulator's clock forward.
    pub fn advance(&self, by: Duration) {
        self.world.clock.advance(by);
    }

    /// Sets the emulator's clock.
    pub fn set_time(&self, time: Timestamp) {
        self.world.clock.set(time);
    }

    /// Everything sent to webhooks, in the order in which it happened.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.world.webhooks.all()
    }

    /// The same, when each has been tried.
    pub async fn deliveries_tried(&self) -> Vec<Delivery> {
        self.world.webhooks.tried().await;
        self.deliveries()
    }

    /// Sends a delivery once more.
    ///
    /// # Errors
    ///
    /// When there is no such delivery.
    pub fn redeliver(&self, id: &str) -> Result<Delivery, Error> {
        self.world.webhooks.redeliver(id)
    }

    /// Adds what a seed holds to what is there.
    ///
    /// # Errors
    ///
    /// When it does not fit what is there; nothing has then been added.
    pub fn plant(&self, seed: &Seed) -> Result<(), Error> {
        self.world.plant(seed)
    }

    /// Makes everything as the builder said, with the seed and without snapshot, but for the clock and the limits.
    ///
    /// # Errors
    ///
    /// Never, if the seed could be planted at the start.
    pub fn reset(&self) -> Result<(), Error> {
        self.world.reset()
    }

    /// Saves the snapshot.
    ///
    /// # Errors
    ///
    /// When the emulator was started without one, or it cannot be written.
    pub fn save(&self) -> Result<(), Error> {
        self.world.save()
    }

    /// Stops, and saves the snapshot, if there is to be one; the address is free afterwards.
    ///
    /// What was answered before the end is in the snapshot.
    ///
    /// # Errors
    ///
    /// When the snapshot cannot be written.
    pub async fn stop(mut self) -> Result<(), Error> {
        self.stop = None;
        if let Some(accepting) = self.accepting.take() {
            // It ends by itself or with the runtime; either way it is over.
            let _ = accepting.await;
        }
        self.world.save_if_wanted()
    }

    pub(crate) fn new(
        world: Arc<World>,
        address: SocketAddr,
        stop: watch::Sender<()>,
        accepting: JoinHandle<()>,
    ) -> Emulator {
        Emulator {
            world,
            address,
            stop: Some(stop),
            accepting: Some(accepting),
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if self.stop.is_some() {
            // Who wants to know how saving went calls `stop`.
            let _ = self.world.save_if_wanted();
        }
    }
}
