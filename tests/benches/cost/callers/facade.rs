//! Calls with `deploystatus`.

use std::hint::black_box;

use deploystatus::{Client, Deployment, DeploymentStatus, NewStatus, Pacing, State};
use futures_util::TryStreamExt;

use crate::task::Caller;

/// The library, which reads all statuses by one of its methods.
pub(crate) struct Facade<const METHOD: u8>(Deployment);

/// As many pages concurrently as by default.
pub(crate) const DEFAULT: u8 = 0;
/// All pages concurrently.
pub(crate) const CONCURRENT: u8 = 1;
/// A stream, as for a list that does not fit into memory.
pub(crate) const STREAM: u8 = 2;

impl<const METHOD: u8> Caller for Facade<METHOD> {
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
            .environment_url("https://www.example.com")
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
        if METHOD == CONCURRENT {
            pages = pages.max_concurrent(30);
        }
        if METHOD == STREAM {
            let stream = pages.into_stream();
            let count = stream.try_fold(0, async |count, status| {
                read(&status);
                Ok(count + 1)
            });
            return count.await.unwrap();
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
