//! The crate `deploystatus`, against an emulated GitHub.

mod building;
mod connections;
mod creating;
mod delivery;
mod errors;
mod listing;
mod pace;
mod reading;
mod recorded;
mod redirects;
mod retries;
mod schedules;
mod secrets;
mod servers;
mod traces;
mod values;

use std::future::Future;
use std::process::{Command, Stdio};

use deploystatus::{Client, ClientBuilder, Deployment, Pacing};
use deploystatus_emulator::{Clock, Emulator, EmulatorBuilder, NewDeployment};

/// An emulator with one deployment of `octocat/example`, and a client on it.
pub(crate) struct Scene {
    pub(crate) github: Emulator,
    pub(crate) client: Client,
    pub(crate) deployment: Deployment,
}

impl Scene {
    /// GitHub itself, and a client that keeps no pace, so that no test waits for the clock.
    pub(crate) async fn start() -> Self {
        Self::with(Emulator::builder(), |client| client).await
    }

    pub(crate) async fn with(
        github: EmulatorBuilder,
        client: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Self {
        let github = github.start().await.unwrap();
        let id = github
            .create_deployment("octocat/example", NewDeployment::new("main"))
            .unwrap()
            .id;
        let builder = Client::builder()
            .base_url(github.api_url())
            .token(TOKEN)
            .pacing(Pacing::off());
        let client = client(builder).build().unwrap();
        let deployment = client.deployment("octocat/example", id).unwrap();
        Self {
            github,
            client,
            deployment,
        }
    }

    /// The states that the server has, oldest first.
    pub(crate) fn stored(&self) -> Vec<String> {
        let history = self.github.history(self.deployment.id());
        history.into_iter().map(|status| status.state).collect()
    }

    /// How many requests of this method came.
    pub(crate) fn requests(&self, method: &str) -> usize {
        let requests = self.github.requests();
        requests.iter().filter(|it| it.method == method).count()
    }
}

pub(crate) const TOKEN: &str = "gho_5ecret5ecret5ecret5ecret";

/// Runs a test on one thread with a clock that jumps to the next thing to wait for.
pub(crate) fn in_paused_time<F: Future>(test: impl FnOnce() -> F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(async { test().await })
}

/// An emulator whose clock is tokio's.
pub(crate) fn on_tokio_time() -> EmulatorBuilder {
    Emulator::builder().clock(Clock::tokio())
}

/// This very test in a process of its own, which finds in a variable what it is to do.
pub(crate) fn another_process(test: &str, variable: &str, plan: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", test, "--nocapture"])
        .env(variable, plan)
        .stdout(Stdio::piped());
    command
}
