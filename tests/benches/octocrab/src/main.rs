//! Calls with octocrab, by its own methods and types.

#[expect(dead_code, reason = "only the bench measures child processes")]
#[path = "../../cost/task.rs"]
mod task;

use std::hint::black_box;

use octocrab::models::repos::DeploymentStatusState;
use octocrab::{Octocrab, Page};
use task::Caller;

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [operation, times, url] = &arguments[..] else {
        panic!("expected an operation, a number of calls and a URL");
    };
    task::run::<Client>(operation, times, url);
}

struct Client(Octocrab);

impl Caller for Client {
    async fn new(url: &str) -> Self {
        let client = Octocrab::builder()
            .base_uri(url)
            .unwrap()
            .personal_token("token")
            .add_header(
                "accept".parse().unwrap(),
                "application/vnd.github+json".to_owned(),
            )
            .build()
            .unwrap();
        Self(client)
    }

    async fn create(&mut self) {
        let repository = self.0.repos("octocat", "example");
        let status = repository
            .deployments()
            .statuses(42)
            .create(DeploymentStatusState::InProgress)
            .log_url("https://ci.example.com/builds/7")
            .environment_url("https://www.example.com")
            .environment("production")
            .description("Copying files")
            .send()
            .await;
        black_box(status.unwrap());
    }

    async fn get(&mut self) {
        let repository = self.0.repos("octocat", "example");
        let status = repository.deployments().statuses(42).get(1).await;
        black_box(status.unwrap());
    }

    async fn list(&mut self) -> usize {
        self.page().await.items.len()
    }

    async fn list_all(&mut self) -> usize {
        let first = self.page().await;
        self.0.all_pages(first).await.unwrap().len()
    }
}

impl Client {
    async fn page(&self) -> Page<octocrab::models::repos::DeploymentStatus> {
        let repository = self.0.repos("octocat", "example");
        let statuses = repository.deployments().statuses(42);
        statuses.list().per_page(100).send().await.unwrap()
    }
}
