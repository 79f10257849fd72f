//! Limits of what the emulator keeps.

use std::net::TcpListener;
use std::time::Duration;

use deploystatus::Pacing;
use deploystatus_emulator::{Emulator, Webhook};
use futures_util::StreamExt;
use reqwest::Method;
use serde_json::{Value, json};
use tests::Scene;
use tokio::time::Instant;

use super::github::{Github, send, statuses};

/// Number of requests and deliveries that the emulator keeps.
const KEPT: usize = 10_000;

async fn control(github: &Github, method: Method, path: &str) -> super::github::Response {
    let url = format!("{}/_emulator{path}", github.emulator.url());
    send(reqwest::Client::new().request(method, url)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_hold_the_last_ten_thousand_entries() {
    // Refused connections are deliveries too, and faster than others.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let hook = Webhook::new(format!("http://{}", listener.local_addr().unwrap()));
    drop(listener);
    let github = Github::from(Emulator::builder().webhook(hook)).await;
    let path = statuses(&github.deployment());
    let first = github.emulator.wait_for_deliveries().await.remove(0);
    let body = json!({"state": "in_progress"});
    let creations = (0..=KEPT).map(|_| github.post(&path, body.clone()));
    let mut responses = futures_util::stream::iter(creations).buffer_unordered(8);
    while let Some(response) = responses.next().await {
        response.expect(201);
    }
    github.emulator.wait_for_deliveries().await;

    // The deployment has a delivery too.
    for (list, newest) in [("/requests", KEPT + 1), ("/deliveries", KEPT + 2)] {
        let entries = control(&github, Method::GET, list).await.expect(200).json();
        let entries = entries.as_array().unwrap();
        assert_eq!(entries.len(), KEPT, "{list}");
        assert_eq!(entries[0]["number"], newest - KEPT + 1, "{list}");
        assert_eq!(entries[KEPT - 1]["number"], newest, "{list}");
    }
    let repeat = format!("/deliveries/{}", first.id);
    control(&github, Method::POST, &repeat).await.expect(404);
    control(&github, Method::POST, "/reset").await.expect(204);
    for list in ["/requests", "/deliveries"] {
        let entries = control(&github, Method::GET, list).await.expect(200).json();
        assert_eq!(entries, Value::Array(Vec::new()), "{list}");
    }
}

#[tokio::test(start_paused = true)]
async fn paced_client_is_not_stopped_by_an_unenforced_limit() {
    let scene = Scene::with_client(|client| client.pacing(Pacing::new())).await;
    let mut longest = Duration::ZERO;
    for _ in 0..5_100 {
        let start = Instant::now();
        let page = scene.deployment.statuses().next_page().await;
        page.unwrap();
        longest = longest.max(start.elapsed());
    }
    let requests = scene.github.requests();
    assert!(requests.iter().all(|it| it.status == Some(200)));
    assert!(requests.len() >= 5_100, "{}", requests.len());
    // With little quota left, the client spreads its requests. It does not stop until the next hour.
    assert!(longest < Duration::from_secs(60), "{longest:?}");
}
