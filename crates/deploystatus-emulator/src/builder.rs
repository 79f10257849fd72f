//! How an emulator is started.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::access::Tokens;
use crate::clock::Clock;
use crate::connection::accept;
use crate::faults::{FaultBook, FaultMix};
use crate::limits::Limits;
use crate::meter::Meter;
use crate::profile::Profile;
use crate::requests::RequestLog;
use crate::seed::Seed;
use crate::server::Emulator;
use crate::store::Store;
use crate::switches::Switches;
use crate::webhooks::{Webhook, Webhooks};
use crate::world::{Parts, World};
use crate::{Error, routes, snapshot};

/// An emulator to be started.
#[derive(Clone, Debug)]
#[must_use]
pub struct EmulatorBuilder {
    address: SocketAddr,
    profile: Profile,
    clock: Clock,
    seed: Seed,
    switches: Switches,
    limits: Limits,
    webhooks: Vec<Webhook>,
    mix: Option<FaultMix>,
    snapshot: Option<PathBuf>,
}

impl EmulatorBuilder {
    pub(crate) fn new() -> EmulatorBuilder {
        EmulatorBuilder {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            profile: Profile::GITHUB,
            clock: Clock::real(),
            seed: Seed::default(),
            switches: Switches::default(),
            limits: Limits::default(),
            webhooks: Vec::new(),
            mix: None,
            snapshot: None,
        }
    }

    /// Listens here, instead of on any free port of the loopback interface.
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Is this server, instead of github.com.
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// Lives in this time, instead of the machine's.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Begins with this, instead of the repository `octocat/example`.
    pub fn seed(mut self, seed: Seed) -> Self {
        self.seed = seed;
        self
    }

    /// Settles differently what evidence leaves open.
    pub fn switches(mut self, switches: Switches) -> Self {
        self.switches = switches;
        self
    }

    /// Enforces these rate limits, instead of none.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Tells this address of deployments and statuses; may be called again for others.
    pub fn webhook(mut self, webhook: Webhook) -> Self {
        self.webhooks.push(webhook);
        self
    }

    /// Lets requests go wrong at random.
    pub fn fault_mix(mut self, mix: FaultMix) -> Self {
        self.mix = Some(mix);
        self
    }

    /// Begins with what this file holds, if there is one, and saves to it at the end and on request.
    ///
    /// The seed is then used only if there is no such file yet, but for its tokens, which no snapshot holds.
    pub fn snapshot(mut self, path: impl Into<PathBuf>) -> Self {
        self.snapshot = Some(path.into());
        self
    }

    /// Starts it on the caller's runtime.
    ///
    /// # Errors
    ///
    /// When there is no runtime, the address is not free, the seed contradicts itself,
    /// the snapshot cannot be read or a webhook cannot be delivered to.
    pub async fn start(self) -> Result<Emulator, Error> {
        Handle::try_current().map_err(|_| Error::NoRuntime)?;
        let mut tokens = Tokens::default();
        let mut store = Store::new(self.clock.clone());
        self.seed.plant(&mut store, &mut tokens)?;
        let saved = self.snapshot.as_deref().map(snapshot::load).transpose()?;
        if let Some(state) = saved.flatten() {
            store = Store::with_state(self.clock.clone(), state);
        }
        let address = self.address;
        let bind = |source| Error::Bind { address, source };
        let listener = TcpListener::bind(address).await.map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        let mut faults = FaultBook::default();
        faults.set_mix(self.mix);
        let mut limits = self.limits;
        limits.silent = self.profile.is_enterprise();
        let (stop, stopped) = watch::channel(());
        let world = Arc::new(World {
            profile: self.profile,
            webhooks: Webhooks::start(&self.webhooks, self.profile, &self.clock)?,
            clock: self.clock,
            origin: format!("http://{address}"),
            snapshot: self.snapshot,
            seed: self.seed,
            initial_switches: self.switches,
            stopped: stopped.clone(),
            parts: Parts {
                store: store.into(),
                tokens: tokens.into(),
                switches: self.switches.into(),
                faults: faults.into(),
                meter: Meter::new(limits).into(),
                requests: RequestLog::default().into(),
            },
        });
        let router = routes::router(Arc::clone(&world));
        let accepting = tokio::spawn(accept(listener, router, stopped));
        Ok(Emulator::new(world, address, stop, accepting))
    }
}
