use deploystatus_emulator::{Emulator, Profile};
use reqwest::Method;
use serde_json::{Value, json};

use super::github::{Github, Response, send, statuses};

const ANT_MAN: &str = "application/vnd.github.ant-man-preview+json";
const FLASH: &str = "application/vnd.github.flash-preview+json";
const MACHINE_MAN: &str = "application/vnd.github.machine-man-preview+json";

async fn of_profile(profile: &str) -> Github {
    let profile: Profile = profile.parse().unwrap();
    Github::from(Emulator::builder().profile(profile)).await
}

async fn post(github: &Github, accept: &str, body: Value) -> Response {
    let path = statuses(&github.deployment_to("staging"));
    let request = github.request(Method::POST, &path).header("accept", accept);
    send(request.json(&body)).await
}

#[tokio::test]
async fn some_states_need_previews_before_3_3() {
    for (profile, gated) in [("ghes:2.22", true), ("ghes:3.2", true), ("ghes:3.3", false)] {
        let github = of_profile(profile).await;
        for (state, preview) in [
            ("in_progress", FLASH),
            ("queued", FLASH),
            ("inactive", ANT_MAN),
        ] {
            let plain = post(&github, "*/*", json!({"state": state})).await;
            assert_eq!(
                plain.status,
                if gated { 422 } else { 201 },
                "{profile} {state}"
            );
            post(&github, preview, json!({"state": state}))
                .await
                .expect(201);
        }
        post(&github, "*/*", json!({"state": "success"}))
            .await
            .expect(201);
    }
}

#[tokio::test]
async fn previews_gate_rendering_only_before_3_3() {
    let github = of_profile("ghes:2.21").await;
    let body = json!({
        "state": "success",
        "target_url": "https://example.com/log",
        "environment_url": "https://example.com",
    });
    let response = post(&github, FLASH, body).await.expect(201);
    let hidden = response.json();
    assert_eq!(
        response.header("x-github-media-type"),
        "github.flash-preview; format=json"
    );
    assert_eq!(hidden["environment"], "staging");
    for key in ["environment_url", "log_url", "performed_via_github_app"] {
        assert!(hidden.get(key).is_none(), "{key}");
    }
    let path = response
        .header("location")
        .split_once("/api/v3")
        .unwrap()
        .1
        .to_owned();
    let accept = format!("{ANT_MAN}, {MACHINE_MAN}");
    let request = github.request(Method::GET, &path).header("accept", accept);
    let shown = send(request).await.expect(200).json();
    assert_eq!(shown["environment_url"], "https://example.com");
    assert_eq!(shown["log_url"], "https://example.com/log");
    assert_eq!(shown["performed_via_github_app"], Value::Null);
    assert!(shown.get("performed_via_github_app").is_some());
}

#[tokio::test]
async fn all_fields_are_rendered_from_3_3_on() {
    for profile in ["ghes:3.3", "ghes:3.22", "github"] {
        let github = of_profile(profile).await;
        let status = post(&github, "*/*", json!({"state": "success"}))
            .await
            .json();
        for key in ["environment_url", "log_url", "performed_via_github_app"] {
            assert!(status.get(key).is_some(), "{profile} {key}");
        }
    }
}

#[tokio::test]
async fn accept_without_json_is_rejected() {
    let github = Github::start().await;
    let request = github
        .request(Method::GET, "/user")
        .header("accept", "text/html");
    let error = send(request).await.expect(415).json();
    assert_eq!(
        error["message"],
        "Unsupported 'Accept' header: text/html. Must accept 'application/json'."
    );
}
