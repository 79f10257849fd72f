//! Starting an emulator.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::watch;

use super::Emulator;
use super::listener::serve;
use crate::access::Tokens;
use crate::app_state::request_log::RequestLog;
use crate::app_state::{AppState, Parts};
use crate::error::Error;
use crate::faults::mix::FaultMix;
use crate::faults::queue::FaultQueue;
use crate::http::rate_limiter::RateLimiter;
use crate::model::clock::Clock;
use crate::model::control_settings::ControlSettings;
use crate::model::limits::Limits;
use crate::model::profile::Profile;
use crate::model::quirks::Quirks;
use crate::seed::Seed;
use crate::store::Store;
use crate::store::snapshot;
use crate::webhooks::sender::{Webhook, Webhooks};

/// A builder for [`Emulator`]. All settings are optional.
#[derive(Clone, Debug)]
#[must_use]
pub struct EmulatorBuilder {
    address: SocketAddr,
    profile: Profile,
    clock: Clock,
    seed: Seed,
    quirks: Quirks,
    limits: Limits,
    webhooks: Vec<Webhook>,
    mix: Option<FaultMix>,
    snapshot: Option<PathBuf>,
    control: ControlSettings,
}

impl Emulator {
    /// Starts an emulator of github.com on a free port of the loopback interface.
    ///
    /// # Errors
    ///
    /// Returns an error if no Tokio runtime is running, or if no port is free.
    pub async fn start() -> Result<Emulator, Error> {
        Emulator::builder().start().await
    }

    /// Creates a builder for an emulator with other settings.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            profile: Profile::GITHUB,
            clock: Clock::real(),
            seed: Seed::default(),
            quirks: Quirks::default(),
            limits: Limits::default(),
            webhooks: Vec::new(),
            mix: None,
            snapshot: None,
            control: ControlSettings::default(),
        }
    }
}

impl EmulatorBuilder {
    /// Sets the address of the listener. Defaults to a free port of the loopback interface.
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Sets the emulated server. Defaults to github.com.
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// Sets the clock. Defaults to the system's.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Sets the initial content. Defaults to the repository `octocat/example`.
    pub fn seed(mut self, seed: Seed) -> Self {
        self.seed = seed;
        self
    }

    /// Sets the quirks. Defaults to documented or most reported behaviour.
    pub fn quirks(mut self, quirks: Quirks) -> Self {
        self.quirks = quirks;
        self
    }

    /// Sets the rate limits to be enforced. Defaults to none.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Adds a webhook.
    ///
    /// At most 10,000 deliveries wait for it. Further ones fail.
    pub fn webhook(mut self, webhook: Webhook) -> Self {
        self.webhooks.push(webhook);
        self
    }

    /// Sets random faults. Defaults to none.
    pub fn fault_mix(mut self, mix: FaultMix) -> Self {
        self.mix = Some(mix);
        self
    }

    /// Sets the file in which the state is kept.
    ///
    /// It is read at the start, and written at the end and on request.
    /// If the file exists, only the tokens of the seed are used, because a snapshot contains no tokens.
    pub fn snapshot(mut self, path: impl Into<PathBuf>) -> Self {
        self.snapshot = Some(path.into());
        self
    }

    /// Enables the control API at `/_emulator` on an address that other machines can reach.
    ///
    /// Every client that reaches the emulator can then read and change its state.
    /// Defaults to loopback addresses only.
    pub fn expose_control(mut self) -> Self {
        self.control.is_exposed = true;
        self
    }

    /// Adds a host name, without a port, under which the control API can be used.
    ///
    /// The address of the listener, loopback addresses and `localhost` are always allowed.
    /// Other names are refused, because a web page can make a name of its own point to the emulator.
    pub fn allow_host(mut self, name: impl Into<String>) -> Self {
        self.control.allowed_hosts.push(name.into().to_lowercase());
        self
    }

    /// Shows complete tokens in the control API. By default it shows their kind and last four characters.
    pub fn show_credentials(mut self) -> Self {
        self.control.shows_credentials = true;
        self
    }

    /// Starts the emulator on the current Tokio runtime.
    ///
    /// # Errors
    ///
    /// Returns an error if no Tokio runtime is running, if the address is in use,
    /// or if the seed, the snapshot or a webhook URL is invalid.
    pub async fn start(self) -> Result<Emulator, Error> {
        Handle::try_current().map_err(|_| Error::NoRuntime)?;
        let (store, tokens) = self.initial_content()?;
        let address = self.address;
        let bind = |source| Error::Bind { address, source };
        let listener = TcpListener::bind(address).await.map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        let mut faults = FaultQueue::default();
        faults.set_mix(self.mix);
        let (stop, stopped) = watch::channel(());
        let state = Arc::new(AppState {
            profile: self.profile,
            webhooks: Webhooks::start(&self.webhooks, self.profile, &self.clock)?,
            clock: self.clock,
            address,
            origin: format!("http://{address}"),
            control: self.control,
            snapshot: self.snapshot,
            seed: self.seed,
            initial_quirks: self.quirks,
            stopped: stopped.clone(),
            parts: Parts {
                store: store.into(),
                tokens: tokens.into(),
                quirks: self.quirks.into(),
                faults: faults.into(),
                rate_limiter: RateLimiter::new(self.limits, self.profile).into(),
                requests: RequestLog::default().into(),
                resets: 0.into(),
            },
        });
        let server = tokio::spawn(serve(listener, Arc::clone(&state), stopped));
        Ok(Emulator {
            state,
            stop: Some(stop),
            server: Some(server),
        })
    }

    /// Loads the seed, and the snapshot if there is one.
    fn initial_content(&self) -> Result<(Store, Tokens), Error> {
        let mut tokens = Tokens::default();
        let mut store = Store::new(self.clock.clone());
        self.seed.load(&mut store, &mut tokens)?;
        let saved = self.snapshot.as_deref().map(snapshot::load).transpose()?;
        if let Some(state) = saved.flatten() {
            store = Store::with_state(self.clock.clone(), state);
        }
        Ok((store, tokens))
    }
}
