//! The fixture of most tests: an emulator, one deployment and a client.

use std::process::{Command, Stdio};

use deploystatus::{Client, ClientBuilder, Deployment, Pacing};
use deploystatus_emulator::{Clock, Emulator, EmulatorBuilder, Fault, NewDeployment, NewStatus};

/// The token of a scene's client.
pub const TOKEN: &str = "gho_5ecret5ecret5ecret5ecret";

/// An emulator with one deployment of `octocat/example`, and a client for it.
///
/// The emulator's clock is tokio's, so a test with `start_paused = true` does not wait for either.
/// The client has no pacing, so that its own limits do not hide those of the server.
pub struct Scene {
    /// The emulator.
    pub github: Emulator,
    /// The client.
    pub client: Client,
    /// The client's handle for the deployment.
    pub deployment: Deployment,
}

impl Scene {
    /// Starts a scene with the defaults of the emulator.
    pub async fn start() -> Self {
        Self::with(on_tokio_time(), |client| client).await
    }

    /// Starts a scene with another emulator.
    pub async fn with_emulator(github: EmulatorBuilder) -> Self {
        Self::with(github, |client| client).await
    }

    /// Starts a scene with another client.
    pub async fn with_client(client: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Self {
        Self::with(on_tokio_time(), client).await
    }

    /// Starts a scene with another emulator and another client.
    pub async fn with(
        github: EmulatorBuilder,
        client: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Self {
        let github = github.start().await.unwrap();
        let new = NewDeployment::new("main");
        let id = github.create_deployment("octocat/example", new).unwrap().id;
        let builder = client_builder(github.api_url());
        let client = client(builder).build().unwrap();
        let deployment = client.deployment("octocat/example", id).unwrap();
        Self {
            github,
            client,
            deployment,
        }
    }

    /// Creates another handle for the deployment.
    #[must_use]
    pub fn another_handle(&self) -> Deployment {
        let id = self.deployment.id();
        self.client.deployment("octocat/example", id).unwrap()
    }

    /// Creates another client for the emulator, as another process would have, and a handle of its own.
    #[must_use]
    pub fn another_client(
        &self,
        client: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Deployment {
        let client = client(client_builder(self.github.api_url())).build();
        let id = self.deployment.id();
        client.unwrap().deployment("octocat/example", id).unwrap()
    }

    /// Adds a fault.
    pub fn fault(&self, fault: Fault) {
        self.github.fault(fault);
    }

    /// Stores a status on the server without the client.
    #[track_caller]
    pub fn store(&self, status: NewStatus) -> u64 {
        let stored = self.github.create_status(self.deployment.id(), status);
        stored.unwrap().id
    }

    /// Stores statuses with these states, oldest first, on the server without the client.
    #[track_caller]
    pub fn store_states(&self, states: &[&str]) {
        for state in states {
            self.store(NewStatus::new(*state));
        }
    }

    /// Returns the stored states, oldest first.
    #[must_use]
    pub fn stored(&self) -> Vec<String> {
        let history = self.github.history(self.deployment.id());
        history.into_iter().map(|status| status.state).collect()
    }

    /// Returns the number of received requests with this method.
    #[must_use]
    pub fn requests(&self, method: &str) -> usize {
        let requests = self.github.requests();
        requests.iter().filter(|it| it.method == method).count()
    }

    /// Returns the status codes of all responses.
    #[must_use]
    pub fn responses(&self) -> Vec<Option<u16>> {
        let requests = self.github.requests();
        requests.iter().map(|it| it.status).collect()
    }
}

/// Creates a builder for a client of the server at `url`, with [`TOKEN`] and without pacing.
pub fn client_builder(url: impl Into<String>) -> ClientBuilder {
    Client::builder()
        .base_url(url)
        .token(TOKEN)
        .pacing(Pacing::off())
}

/// Creates an emulator whose clock is tokio's.
pub fn on_tokio_time() -> EmulatorBuilder {
    Emulator::builder().clock(Clock::tokio())
}

/// Runs one of many cases on a runtime of its own, whose clock jumps to the next timer.
///
/// A test with a single case uses `#[tokio::test(start_paused = true)]`.
pub fn in_paused_time<F: Future>(case: impl FnOnce() -> F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(async { case().await })
}

/// Returns a command that runs one test of this binary in another process, with a variable that contains its plan.
#[must_use]
pub fn another_process(test: &str, variable: &str, plan: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", test, "--nocapture"])
        .env(variable, plan)
        .stdout(Stdio::piped());
    command
}
