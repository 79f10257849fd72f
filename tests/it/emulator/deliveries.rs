//! The queue of deliveries to a webhook.

use std::net::TcpListener;
use std::time::Duration;

use deploystatus_emulator::{Emulator, Fault, NewStatus, Stage, Webhook};
use serde_json::Value;
use tokio::time::Instant;

use super::github::{Github, send};

/// Number of deliveries that wait for a webhook.
const MAX_WAITING: usize = 10_000;

/// Returns a webhook that accepts connections and never responds.
fn hanging() -> (TcpListener, Webhook) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, Webhook::new(url))
}

#[tokio::test]
async fn full_queue_refuses_deliveries() {
    let (_listener, hook) = hanging();
    let github = Github::from(Emulator::builder().webhook(hook)).await;
    let deployment = github.deployment();
    // The first delivery leaves the queue.
    tokio::task::yield_now().await;
    for _ in 0..=MAX_WAITING {
        let new = NewStatus::new("in_progress");
        github.emulator.create_status(deployment.id, new).unwrap();
    }
    let deliveries = github.emulator.deliveries();
    let failed: Vec<_> = deliveries.iter().filter(|it| it.error.is_some()).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].number, 2 + MAX_WAITING as u64);
    assert_eq!(
        failed[0].error.as_deref(),
        Some("queue is full: 10000 deliveries are waiting")
    );
    let repeated = github.emulator.redeliver(&deliveries[0].id).unwrap();
    assert_eq!(repeated.error, failed[0].error);
}

#[tokio::test(start_paused = true)]
async fn reset_drops_queued_deliveries() {
    let receiver = Emulator::start().await.unwrap();
    receiver.fault(Fault::delay(Duration::from_secs(5)));
    let builder = Emulator::builder().webhook(Webhook::new(receiver.url()));
    let github = Github::from(builder).await;
    for environment in ["first", "second"] {
        github.deployment_to(environment);
    }
    // The first delivery is under way.
    tokio::time::sleep(Duration::from_secs(1)).await;
    github.emulator.reset().unwrap();
    let start = Instant::now();
    assert!(github.emulator.wait_for_deliveries().await.is_empty());
    github.deployment_to("third");
    let deliveries = github.emulator.wait_for_deliveries().await;
    assert!(start.elapsed() < Duration::from_secs(1));
    assert_eq!(deliveries.len(), 1);
    let sent = receiver.requests();
    let environments = ["first", "second", "third"];
    let environments = environments.map(|it| sent.iter().any(|request| request.body.contains(it)));
    assert_eq!(environments, [true, false, true]);
}

#[tokio::test]
async fn start_of_the_response_is_kept() {
    let receiver = Emulator::start().await.unwrap();
    let builder = Emulator::builder().webhook(Webhook::new(receiver.url()));
    let github = Github::from(builder).await;
    let cause = "signature is invalid";
    receiver.fault(Fault::status(401).body(cause));
    receiver.fault(Fault::status(200).body("é".repeat(100_000)));
    receiver.fault(Fault::close(Stage::BeforeWork));
    for _ in 0..3 {
        github.deployment();
    }
    github.emulator.wait_for_deliveries().await;
    let url = format!("{}/_emulator/deliveries", github.emulator.url());
    let list = send(reqwest::Client::new().get(url)).await.expect(200);
    let list = list.json();
    assert_eq!(list[0]["response_body"], cause);
    assert_eq!(list[1]["response_body"], "é".repeat(2_048));
    assert_eq!(list[2]["response_body"], Value::Null);
}
