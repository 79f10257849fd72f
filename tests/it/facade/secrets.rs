//! Where the token must not appear.

use deploystatus::{Client, NewStatus, State};
use deploystatus_emulator::Fault;
use serde_json::json;

use super::{Scene, TOKEN};

#[track_caller]
fn hides_the_token(text: &str) {
    assert!(!text.contains(TOKEN), "{text}");
}

#[tokio::test]
async fn no_debug_text_shows_the_token() {
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
async fn no_error_repeats_a_token_that_the_server_repeated() {
    let echo = format!("no such token: {TOKEN}");
    let errors = json!([{"message": echo}, echo, {"field": TOKEN, "code": "invalid"}]);
    let answers = [
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
    for answer in answers {
        let scene = Scene::start().await;
        scene.github.fault(answer);
        let error = scene.deployment.get_status(1).await.unwrap_err();
        hides_the_token(&format!("{error} {error:?} {error:#?} {:?}", error.hint()));
        assert!(!format!("{error:?}").contains(&TOKEN[..12]), "{error:?}");
    }
}

#[tokio::test]
async fn a_word_that_is_too_short_for_a_token_is_left_in_what_the_server_says() {
    let scene = Scene::with(deploystatus_emulator::Emulator::builder(), |client| {
        client.token("t")
    })
    .await;
    let error = scene.deployment.get_status(1).await.unwrap_err();
    assert!(error.to_string().contains("\"Not Found\""), "{error}");
}

#[tokio::test]
async fn a_token_that_cannot_be_used_is_not_shown_either() {
    let error = Client::builder()
        .token(format!("{TOKEN} {TOKEN}"))
        .build()
        .unwrap_err();
    hides_the_token(&format!("{error} {error:?}"));
}

#[tokio::test]
async fn no_failure_on_the_way_shows_the_token() {
    let client = Client::builder()
        .base_url("http://127.0.0.1:1")
        .token(TOKEN)
        .retry(deploystatus::RetryPolicy::never())
        .build()
        .unwrap();
    let deployment = client.deployment("octocat/example", 42).unwrap();
    let error = deployment
        .create_status(NewStatus::new(State::Success))
        .await
        .unwrap_err();
    hides_the_token(&format!("{error} {error:?} {error:#?}"));
}
