//! Absence of the token from texts.

use deploystatus::{Client, NewStatus, State};
use deploystatus_emulator::Fault;
use serde_json::json;
use tests::{Scene, TOKEN};

#[track_caller]
fn hides_the_token(text: &str) {
    assert!(!text.contains(TOKEN), "{text}");
}

#[tokio::test]
async fn debug_output_hides_the_token() {
    let scene = Scene::start().await;
    let builder = Client::builder().token(TOKEN);
    hides_the_token(&format!("{builder:?} {builder:#?}"));
    hides_the_token(&format!("{:?} {:#?}", scene.client, scene.client));
    hides_the_token(&format!(
        "{:?} {:?}",
        scene.deployment,
        scene.deployment.statuses()
    ));
}

#[tokio::test]
async fn echoed_token_is_removed_from_errors() {
    let echo = format!("no such token: {TOKEN}");
    let errors = json!([{"message": echo}, echo, {"field": TOKEN, "code": "invalid"}]);
    let responses = [
        Fault::status(401).body(json!({"message": echo, "errors": errors})),
        Fault::status(401).body(json!({"documentation_url": echo})),
        Fault::status(401).header("x-github-request-id", TOKEN),
        Fault::status(200).header("content-type", TOKEN),
        Fault::status(200).header("x-github-request-id", TOKEN),
        Fault::status(200).body(json!({"id": echo})),
        Fault::status(401).body(format!("<p>{echo}</p>")),
        Fault::status(200).body(format!("<p>{echo}</p>")),
        Fault::status(200).body(format!("{}{TOKEN}", "x".repeat(110))),
    ];
    for response in responses {
        let scene = Scene::start().await;
        scene.fault(response);
        let error = scene.deployment.get_status(1).await.unwrap_err();
        hides_the_token(&format!(
            "{error} {error:?} {error:#?} {:?}",
            error.advice().map(|it| it.to_string())
        ));
        assert!(!format!("{error:?}").contains(&TOKEN[..12]), "{error:?}");
    }
}

#[tokio::test]
async fn short_token_is_not_removed_from_errors() {
    let scene = Scene::with_client(|client| client.token("t")).await;
    let error = scene.deployment.get_status(1).await.unwrap_err();
    assert!(error.to_string().contains("\"Not Found\""), "{error}");
}

#[tokio::test]
async fn invalid_token_is_not_shown() {
    let error = Client::builder()
        .token(format!("{TOKEN} {TOKEN}"))
        .build()
        .unwrap_err();
    hides_the_token(&format!("{error} {error:?}"));
}

#[tokio::test]
async fn connection_errors_hide_the_token() {
    let client = Client::builder()
        .base_url("http://127.0.0.1:1")
        .token(TOKEN)
        .retry_policy(deploystatus::RetryPolicy::never())
        .build()
        .unwrap();
    let deployment = client.deployment("octocat/example", 42).unwrap();
    let error = deployment
        .create_status(NewStatus::new(State::Success))
        .await
        .unwrap_err();
    hides_the_token(&format!("{error} {error:?} {error:#?}"));
}
