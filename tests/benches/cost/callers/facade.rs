//! Calls with `deploystatus`.

use std::hint::black_box;

use deploystatus::{Client, Deployment, DeploymentStatus, NewStatus, Pacing, State};

use crate::task::Caller;

/// The library, reading as many pages concurrently as it does by default, or all of them if `CONCURRENT`.
pub(crate) struct Facade<const CONCURRENT: bool>(Deployment);

impl<const CONCURRENT: bool> Caller for Facade<CONCURRENT> {
    async fn new(url: &str) -> Self {
        let client = Client::builder()
            .base_url(url)
            .token("token")
            // Without waits, because the bench measures the work of the client.
            .pacing(
                Pacing::new()
                    .creations_per_minute(u16::MAX)
                    .creations_per_hour(u16::MAX),
            )
            .build()
            .unwrap();
        Self(client.deployment("octocat/example", 42).unwrap())
    }

    async fn create(&mut self) {
        let status = NewStatus::new(State::InProgress)
            .log_url("https://ci.example.com/builds/7")
            .environment("production")
            .description("Copying files");
        read(&self.0.create_status(status).await.unwrap().status);
    }

    async fn get(&mut self) {
        read(&self.0.get_status(1).await.unwrap());
    }

    async fn list(&mut self) -> usize {
        let page = self.0.statuses().next_page().await.unwrap().unwrap();
        page.iter().for_each(read);
        page.len()
    }

    async fn list_all(&mut self) -> usize {
        let mut pages = self.0.statuses();
        if CONCURRENT {
            pages = pages.max_concurrent(30);
        }
        let all: Vec<_> = pages.collect().await.unwrap();
        all.iter().for_each(read);
        all.len()
    }
}

/// Uses a status and its account.
///
/// The library decodes accounts on first use. The other clients have decoded them already.
fn read(status: &DeploymentStatus) {
    black_box(status.creator.as_ref().unwrap().login());
    black_box(status);
}
