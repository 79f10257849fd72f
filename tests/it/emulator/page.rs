use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use deploystatus_emulator::{Clock, Emulator, Fault};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::github::{Github, send, statuses};

pub(super) const HOSTILE: &str = "</script><img src=x onerror=alert(1)>\n\ndata: x";

async fn page(github: &Github) -> super::github::Response {
    let url = format!("{}/_emulator", github.emulator.url());
    send(reqwest::Client::new().get(url)).await.expect(200)
}

/// Reads events from the stream until one satisfies a condition.
pub(super) async fn event(
    stream: &mut reqwest::Response,
    is_expected: impl Fn(&Value) -> bool,
) -> Value {
    let mut text = String::new();
    loop {
        let chunk = stream.chunk().await.unwrap().unwrap();
        text.push_str(std::str::from_utf8(&chunk).unwrap());
        while let Some((event, rest)) = text.split_once("\n\n") {
            let data = event.strip_prefix("data: ").unwrap();
            assert!(!data.contains('\n'));
            let event: Value = serde_json::from_str(data).unwrap();
            if is_expected(&event) {
                return event;
            }
            text = rest.to_owned();
        }
    }
}

pub(super) async fn stream(github: &Github) -> reqwest::Response {
    let url = format!("{}/_emulator/events", github.emulator.url());
    let stream = reqwest::get(url).await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    stream
}

#[tokio::test]
async fn policy_allows_only_the_page_itself() {
    let github = Github::start().await;
    let page = page(&github).await;
    assert!(page.header("content-type").starts_with("text/html"));
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; connect-src 'self';"));
    for element in ["script", "style"] {
        let (_, rest) = page.body.split_once(&format!("<{element}>")).unwrap();
        let (content, rest) = rest.split_once(&format!("</{element}>")).unwrap();
        assert!(!rest.contains(&format!("<{element}")), "{element}");
        let hash = STANDARD.encode(Sha256::digest(content));
        let source = format!("{element}-src 'sha256-{hash}'");
        assert!(policy.contains(&source), "{policy}");
    }
    // Nothing is loaded from elsewhere, and no text is parsed as HTML or code.
    for forbidden in [
        "://",
        "innerHTML",
        "insertAdjacent",
        "document.write",
        "eval(",
    ] {
        assert!(!page.body.contains(forbidden), "{forbidden}");
    }
}

#[tokio::test]
async fn stream_sends_the_state_and_changes() {
    let receiver = Emulator::start().await.unwrap();
    let hook = deploystatus_emulator::Webhook::new(receiver.url());
    let builder = Emulator::builder().clock(Clock::manual()).webhook(hook);
    let github = Github::from(builder).await;
    let deployment = github.deployment();
    let mut stream = stream(&github).await;
    let first = event(&mut stream, |_| true).await;
    assert_eq!(first["now"], "2026-01-01T00:00:00Z");
    assert_eq!(first["overview"]["profile"], "github");
    assert_eq!(first["overview"]["requests"], json!([]));

    github.emulator.fault(Fault::status(502).after_work());
    let body = json!({"state": "success", "description": HOSTILE});
    github.post(&statuses(&deployment), body).await.expect(502);
    github.emulator.wait_for_deliveries().await;
    let changed = event(&mut stream, |it| {
        let deliveries = it["overview"]["deliveries"].as_array().unwrap();
        deliveries.len() == 2 && deliveries.iter().all(|it| it["status"] == 404)
    })
    .await;
    let overview = &changed["overview"];
    let (request, status) = (
        &overview["requests"][0],
        &overview["deployments"][0]["statuses"][0],
    );
    let delivery = &overview["deliveries"][1];
    assert_eq!(request["status"], 502);
    assert_eq!(request["fault"]["after_work"], true);
    assert_eq!(request["created"], status["id"]);
    assert!(request["duration_ms"].is_u64());
    assert_eq!(status["description"], HOSTILE);
    let order = |it: &Value| it["order"].as_i64().unwrap();
    assert!(order(request) <= order(status) && order(status) <= order(delivery));
    assert!(!changed.to_string().contains("Bearer token"));

    github.emulator.advance(std::time::Duration::from_secs(60));
    let advanced = event(&mut stream, |it| it["now"] != first["now"]).await;
    assert_eq!(advanced["now"], "2026-01-01T00:01:00Z");
}

#[tokio::test]
async fn long_texts_are_shortened_in_the_stream() {
    let github = Github::start().await;
    let body = "ü".repeat(5_000);
    let request = github.request(Method::POST, "/zen").body(body);
    send(request).await.expect(404);
    let mut stream = stream(&github).await;
    let event = event(&mut stream, |_| true).await;
    let body = event["overview"]["requests"][0]["body"].as_str().unwrap();
    assert_eq!(body.chars().count(), 2_001);
}
