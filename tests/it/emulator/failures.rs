//! Failures of requests and deliveries on the page.

use std::time::Duration;

use deploystatus_emulator::{Clock, Emulator, Fault, Operation, Webhook};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::github::{Github, statuses};
use super::page::{event, stream};

/// Returns the failures in the first event that satisfies a condition.
async fn failures(github: &Github, is_expected: impl Fn(&Value) -> bool) -> Value {
    let mut stream = stream(github).await;
    let event = event(&mut stream, |it| is_expected(&it["overview"])).await;
    event["overview"]["failures"].clone()
}

fn texts(failures: &Value) -> Vec<String> {
    let shown = failures["shown"].as_array().unwrap();
    let text = |it: &Value| format!("{} {}", it["subject"], it["text"]).replace('"', "");
    shown.iter().map(text).collect()
}

#[tokio::test]
async fn redirected_creation_is_a_loss() {
    let github = Github::start().await;
    let path = statuses(&github.deployment());
    let renamed = github
        .emulator
        .rename_repository("octocat/example", "octocat/new");
    renamed.unwrap();
    let sent = json!({"state": "success"});
    github.post(&path, sent.clone()).await.expect(307);
    // A read that is redirected loses nothing.
    github.get(&path).await.expect(301);
    let found = failures(&github, |_| true).await;
    let id = path.split('/').nth(5).unwrap();
    let text = format!("#{id} success was not stored: 307 (redirect)");
    assert_eq!(texts(&found), [text]);
    assert_eq!(found["shown"][0]["is_loss"], true);

    // A client that follows the redirect loses nothing either.
    let (_, rest) = path.split_once("/deployments").unwrap();
    let id = github.emulator.repositories()[0].id;
    let target = format!("/repositories/{id}/deployments{rest}");
    github.post(&target, sent).await.expect(201);
    assert_eq!(failures(&github, |_| true).await["total"], 0);
}

#[tokio::test]
async fn creation_without_work_is_a_loss_despite_its_200() {
    let github = Github::start().await;
    let path = statuses(&github.deployment());
    github.emulator.fault(Fault::status(200));
    github.post(&path, json!({"state": 7})).await.expect(200);
    let found = failures(&github, |_| true).await;
    let text = &texts(&found)[0];
    assert!(text.ends_with("a status was not stored, but the client received 200 (fault)"));
}

#[tokio::test]
async fn interrupted_request_is_a_loss() {
    let github = Github::start().await;
    let path = statuses(&github.deployment());
    let mut client = TcpStream::connect(github.emulator.address()).await.unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\nuser-agent: t\r\ncontent-length: 90\r\n\r\n{{\"state\""
    );
    client.write_all(head.as_bytes()).await.unwrap();
    drop(client);
    let found = failures(&github, |it| it["failures"]["total"] == 1).await;
    let text = &texts(&found)[0];
    assert!(
        text.ends_with("was not stored: incomplete request"),
        "{text}"
    );
    let request = github.emulator.requests().remove(0);
    assert!(request.is_finished && request.status.is_none());
}

#[tokio::test(start_paused = true)]
async fn undecided_creation_is_no_failure() {
    let github = Github::from(Emulator::builder().clock(Clock::tokio())).await;
    let deployment = github.deployment();
    let path = statuses(&deployment);
    let minute = Duration::from_secs(60);
    github.emulator.fault(Fault::delay(minute));
    let sent = github.request(Method::POST, &path);
    let sent = sent.json(&json!({"state": "queued"})).send();
    let held = tokio::spawn(sent);
    let found = failures(&github, |it| it["requests"].as_array().unwrap().len() == 1).await;
    assert_eq!(found, json!({"shown": [], "total": 0, "unfinished": 1}));
    assert_eq!(held.await.unwrap().unwrap().status(), 201);

    // The response is known, and the work is not done yet.
    github.emulator.fault(Fault::status(502).work_later(minute));
    let sent = json!({"state": "success"});
    github.post(&path, sent).await.expect(502);
    let found = failures(&github, |it| it["requests"][1]["status"] == 502).await;
    assert_eq!(found, json!({"shown": [], "total": 0, "unfinished": 1}));
    tokio::time::sleep(2 * minute).await;
    let found = failures(&github, |_| true).await;
    let id = github.emulator.history(deployment.id)[1].id;
    let expected = format!("was stored as {id}, but the client received 502 (fault)");
    assert!(texts(&found)[0].ends_with(&expected), "{found}");
    assert_eq!(found["shown"][0]["is_loss"], false);
}

#[tokio::test]
async fn losses_are_found_in_the_whole_log() {
    let github = Github::start().await;
    let path = statuses(&github.deployment());
    github.emulator.fault(Fault::status(502));
    let sent = json!({"state": "success"});
    github.post(&path, sent.clone()).await.expect(502);
    for _ in 0..150 {
        github.get("/zen").await.expect(200);
    }
    let found = failures(&github, |_| true).await;
    assert!(texts(&found)[0].ends_with("success was not stored: 502 (fault)"));
}

#[tokio::test]
async fn losses_precede_other_failures() {
    let receiver = Emulator::start().await.unwrap();
    receiver.fault(Fault::status(500).times(100));
    let builder = Emulator::builder().webhook(Webhook::new(receiver.url()));
    let github = Github::from(builder).await;
    let path = statuses(&github.deployment());
    for state in ["success", "done"] {
        let lost = Fault::status(502).on(Operation::CreateStatus);
        github.emulator.fault(lost);
        let sent = json!({ "state": state });
        github.post(&path, sent).await.expect(502);
    }
    for _ in 0..8 {
        let sent = json!({"state": "queued"});
        github.post(&path, sent).await.expect(201);
        github.get("/nothing").await.expect(404);
    }
    github.emulator.wait_for_deliveries().await;
    let found = failures(&github, |_| true).await;
    let texts = texts(&found);
    assert_eq!(texts.len(), 6);
    assert!(texts[0].contains("done was not stored"), "{texts:?}");
    assert!(texts[1].contains("success was not stored"), "{texts:?}");
    assert_eq!(texts[2], "GET /nothing failed: 404 Not Found");
    assert!(texts[3].starts_with("deployment_status was not accepted by http:"));
    // The rejected requests and the nine deliveries are counted too.
    assert_eq!(found["total"], 2 + 8 + 9);
}
