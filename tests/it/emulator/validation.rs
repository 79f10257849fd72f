use deploystatus_emulator::{FirstCheck, MissingState, ValidationErrors};
use reqwest::Method;
use serde_json::{Value, json};

use super::github::{Github, send, statuses};

const DOCUMENTATION: &str = "https://docs.github.com/rest/deployments/statuses";

/// Posts an invalid status.
async fn refusal(github: &Github, body: Value) -> (u16, Value) {
    let response = github.post(&statuses(&github.deployment()), body).await;
    (response.status, response.json())
}

#[tokio::test]
async fn unknown_and_missing_states_are_rejected() {
    let github = Github::start().await;
    for body in [
        json!({"state": "done"}),
        json!({"state": "waiting"}),
        json!({}),
    ] {
        let (code, error) = refusal(&github, body).await;
        assert_eq!(code, 422);
        assert_eq!(
            error,
            json!({
                "message": "Validation Failed",
                "errors": [{
                    "resource": "DeploymentStatus",
                    "code": "custom",
                    "field": "state",
                    "message": "state is not included in the list",
                }],
                "documentation_url": format!("{DOCUMENTATION}#create-a-deployment-status"),
                "status": "422",
            })
        );
    }
}

#[tokio::test]
async fn quirks_change_the_form_of_errors() {
    let github = Github::start().await;
    github
        .emulator
        .change_quirks(|it| it.validation_errors = ValidationErrors::Sentence);
    let (code, error) = refusal(&github, json!({})).await;
    assert_eq!(code, 422);
    assert_eq!(
        error["errors"],
        "Validation failed: State is not included in the list"
    );
    github
        .emulator
        .change_quirks(|it| it.missing_state = MissingState::NotSupplied);
    let (code, error) = refusal(&github, json!({})).await;
    assert_eq!(code, 422);
    assert_eq!(
        error["message"],
        "Invalid request.\n\n\"state\" wasn't supplied."
    );
}

#[tokio::test]
async fn description_is_limited_to_140_characters() {
    let github = Github::start().await;
    let path = statuses(&github.deployment());
    let longest = "ü".repeat(140);
    let body = json!({"state": "success", "description": longest});
    let status = github.post(&path, body).await.expect(201).json();
    assert_eq!(status["description"], json!(longest));
    let body = json!({"state": "success", "description": "ü".repeat(141)});
    let (code, error) = refusal(&github, body).await;
    assert_eq!(code, 422);
    assert_eq!(
        error["errors"][0]["message"],
        "description is too long (maximum is 140 characters)"
    );
}

#[tokio::test]
async fn urls_are_http_or_empty() {
    let github = Github::start().await;
    let path = statuses(&github.deployment());
    for field in ["environment_url", "log_url", "target_url"] {
        for url in ["ftp://example.com", "example.com", "javascript:alert(1)"] {
            let (code, error) = refusal(&github, json!({"state": "success", field: url})).await;
            assert_eq!(code, 422);
            assert_eq!(error["errors"][0]["field"], field);
            let message = format!("{field} must use http(s) scheme");
            assert_eq!(error["errors"][0]["message"], json!(message));
        }
        for url in ["", "HTTPS://example.com", "http://localhost:1/x?y#z"] {
            github
                .post(&path, json!({"state": "success", field: url}))
                .await
                .expect(201);
        }
    }
}

#[tokio::test]
async fn wrong_types_are_named() {
    let github = Github::start().await;
    for (body, complaint) in [
        (
            json!({"state": 1}),
            "For 'properties/state', 1 is not a string.",
        ),
        (
            json!({"state": "success", "description": null}),
            "For 'properties/description', nil is not a string.",
        ),
        (
            json!({"state": "success", "auto_inactive": "yes"}),
            "For 'properties/auto_inactive', \"yes\" is not a boolean.",
        ),
    ] {
        let (code, error) = refusal(&github, body).await;
        assert_eq!(code, 422);
        assert_eq!(
            error["message"],
            json!(format!("Invalid request.\n\n{complaint}"))
        );
        assert_eq!(error["errors"], Value::Null);
    }
}

#[tokio::test]
async fn non_object_bodies_are_bad_requests() {
    let github = Github::start().await;
    let path = statuses(&github.deployment());
    for (body, message) in [
        ("{\"state\":", "Problems parsing JSON"),
        ("state=success", "Problems parsing JSON"),
        ("[]", "Body should be a JSON object"),
        ("\"success\"", "Body should be a JSON object"),
    ] {
        let request = github.request(Method::POST, &path).body(body);
        let response = send(request).await.expect(400);
        assert_eq!(response.json()["message"], message);
        assert_eq!(response.json()["status"], "400");
    }
    assert!(
        github
            .emulator
            .history(github.emulator.deployments()[0].id)
            .is_empty()
    );
}

#[tokio::test]
async fn first_check_quirk_orders_the_checks() {
    let github = Github::start().await;
    let path = "/repos/octocat/example/deployments/1/statuses";
    github
        .post(path, json!({"state": "done"}))
        .await
        .expect(422);
    github
        .emulator
        .change_quirks(|it| it.first_check = FirstCheck::Deployment);
    github
        .post(path, json!({"state": "done"}))
        .await
        .expect(404);
}

#[tokio::test]
async fn max_statuses_quirk_rejects_with_422() {
    let github = Github::start().await;
    github
        .emulator
        .change_quirks(|it| it.max_statuses = Some(1));
    let path = statuses(&github.deployment());
    github
        .post(&path, json!({"state": "queued"}))
        .await
        .expect(201);
    let error = github
        .post(&path, json!({"state": "success"}))
        .await
        .expect(422)
        .json();
    assert!(
        error["errors"]
            .as_str()
            .unwrap()
            .contains("maximum number of statuses")
    );
}
