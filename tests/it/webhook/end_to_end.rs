//! The example server, which receives events from an emulator and reports to it.

use std::time::Duration;

use deploystatus::{Client, Deployment, Outcome, Pacing, WaitPolicy};
use deploystatus_emulator::{Clock, Emulator, NewDeployment, Webhook};

use super::{SECRET, verifier};

#[expect(
    dead_code,
    reason = "the test does not call the example's main function"
)]
#[path = "../../../crates/deploystatus/examples/webhook.rs"]
mod example;

/// Starts an emulator that signs with `secret`, and the example as its receiver.
async fn scene(secret: Option<&str>) -> (Emulator, Client) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut hook = Webhook::new(format!("http://{address}/hook"));
    if let Some(secret) = secret {
        hook = hook.secret(secret);
    }
    let github = Emulator::builder().clock(Clock::tokio()).webhook(hook);
    let github = github.start().await.unwrap();
    let client = Client::builder()
        .base_url(github.api_url())
        .token("t")
        .pacing(Pacing::off())
        .build()
        .unwrap();
    let app = example::app(verifier(), client.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (github, client)
}

fn deploy(github: &Emulator, client: &Client, environment: &str) -> Deployment {
    let new = NewDeployment::new("v7").environment(environment);
    let id = github.create_deployment("octocat/example", new).unwrap().id;
    client.deployment("octocat/example", id).unwrap()
}

#[tokio::test(start_paused = true)]
async fn requested_deployment_is_done_and_reported() {
    let (github, client) = scene(Some(SECRET)).await;
    let deployment = deploy(&github, &client, "staging");
    let outcome = deployment.wait(&WaitPolicy::new()).await.unwrap();
    let Outcome::Succeeded(newest) = outcome else {
        panic!("{outcome:?}")
    };
    let url = newest.environment_url.as_deref();
    assert_eq!(url, Some("https://v7.example.com"));
    let history = github.history(deployment.id());
    let states: Vec<_> = history.iter().map(|status| status.state.as_str()).collect();
    assert_eq!(states, ["in_progress", "success"]);

    // The example accepts the deployment and ignores the statuses.
    github.wait_for_deliveries().await;
    let deliveries = github.deliveries();
    let codes: Vec<_> = deliveries.iter().map(|delivery| delivery.status).collect();
    assert_eq!(codes, [Some(202), Some(204), Some(204)]);
}

#[tokio::test(start_paused = true)]
async fn failed_deployment_is_reported_with_its_reason() {
    let (github, client) = scene(Some(SECRET)).await;
    let deployment = deploy(&github, &client, "the moon");
    let outcome = deployment.wait(&WaitPolicy::new()).await.unwrap();
    let Outcome::Failed(status) = outcome else {
        panic!("{outcome:?}")
    };
    let description = status.description.as_deref();
    assert_eq!(description, Some("unknown environment the moon"));
}

#[tokio::test(start_paused = true)]
async fn unsigned_delivery_deploys_nothing() {
    deploys_nothing(None).await;
}

#[tokio::test(start_paused = true)]
async fn wrongly_signed_delivery_deploys_nothing() {
    deploys_nothing(Some("another")).await;
}

async fn deploys_nothing(secret: Option<&str>) {
    let (github, client) = scene(secret).await;
    let deployment = deploy(&github, &client, "staging");
    github.wait_for_deliveries().await;
    assert_eq!(github.deliveries()[0].status, Some(401));
    let policy = WaitPolicy::new().timeout(Duration::from_secs(60));
    let outcome = deployment.wait(&policy).await.unwrap();
    assert!(
        matches!(outcome, Outcome::StillRunning { last: None, .. }),
        "{outcome:?}"
    );
}
