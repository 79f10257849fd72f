use deploystatus_emulator::{Emulator, Ghost, NewStatus};
use reqwest::Method;
use serde_json::{Value, json};

use super::github::{Github, send, statuses};

const STATUS_KEYS: [&str; 15] = [
    "url",
    "id",
    "node_id",
    "state",
    "creator",
    "description",
    "environment",
    "target_url",
    "created_at",
    "updated_at",
    "deployment_url",
    "repository_url",
    "environment_url",
    "log_url",
    "performed_via_github_app",
];

const CREATOR_KEYS: [&str; 19] = [
    "login",
    "id",
    "node_id",
    "avatar_url",
    "gravatar_id",
    "url",
    "html_url",
    "followers_url",
    "following_url",
    "gists_url",
    "starred_url",
    "subscriptions_url",
    "organizations_url",
    "repos_url",
    "events_url",
    "received_events_url",
    "type",
    "user_view_type",
    "site_admin",
];

#[track_caller]
fn assert_keys(value: &Value, keys: &[&str]) {
    let mut expected: Vec<_> = keys.to_vec();
    expected.sort_unstable();
    let mut found: Vec<_> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    found.sort_unstable();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn created_status_has_all_fields_and_location() {
    let github = Github::start().await;
    let deployment = github.deployment();
    let body = json!({
        "state": "success",
        "log_url": "https://example.com/log",
        "description": "done",
        "environment_url": "https://example.com",
    });
    let response = github.post(&statuses(&deployment), body).await.expect(201);
    let status = response.json();
    assert_keys(&status, &STATUS_KEYS);
    assert_keys(&status["creator"], &CREATOR_KEYS);
    assert_eq!(status["creator"]["login"], "octocat");
    assert_eq!(status["state"], "success");
    assert_eq!(status["description"], "done");
    assert_eq!(status["environment"], "production");
    assert_eq!(status["environment_url"], "https://example.com");
    assert_eq!(status["performed_via_github_app"], Value::Null);
    assert!(status["node_id"].as_str().unwrap().starts_with("DES_kwDO"));
    assert!(status["id"].as_u64().unwrap() > 1 << 32);
    let repository = format!("{}/repos/octocat/example", github.emulator.url());
    let url = format!("{repository}/deployments/{}", deployment.id);
    assert_eq!(status["repository_url"], json!(repository));
    assert_eq!(status["deployment_url"], json!(url));
    assert_eq!(
        status["url"],
        json!(format!("{url}/statuses/{}", status["id"]))
    );
    assert_eq!(status["url"], response.header("location"));
    assert_eq!(status["created_at"], status["updated_at"]);

    let path = format!("{}/{}", statuses(&deployment), status["id"]);
    assert_eq!(github.get(&path).await.expect(200).json(), status);
}

#[tokio::test]
async fn omitted_texts_are_empty() {
    let github = Github::start().await;
    let path = statuses(&github.deployment());
    let status = github.post(&path, json!({"state": "queued"})).await.json();
    for field in ["description", "target_url", "log_url", "environment_url"] {
        assert_eq!(status[field], "", "{field}");
    }
}

#[tokio::test]
async fn log_url_and_target_url_mirror_each_other() {
    let github = Github::start().await;
    let path = statuses(&github.deployment());
    let (one, two) = ("https://example.com/1", "http://example.com/2");
    for (body, expected) in [
        (json!({"state": "pending", "log_url": one}), one),
        (json!({"state": "pending", "target_url": two}), two),
        (
            json!({"state": "pending", "log_url": one, "target_url": two}),
            one,
        ),
    ] {
        let status = github.post(&path, body).await.expect(201).json();
        assert_eq!(status["log_url"], expected);
        assert_eq!(status["target_url"], expected);
    }
}

#[tokio::test]
async fn environment_is_inherited_without_its_url() {
    let github = Github::start().await;
    let deployment = github.deployment_to("staging");
    let path = statuses(&deployment);
    let first = github.post(&path, json!({"state": "queued"})).await.json();
    assert_eq!(first["environment"], "staging");
    let body = json!({
        "state": "in_progress",
        "environment": "canary",
        "environment_url": "https://canary.example.com",
    });
    github.post(&path, body).await.expect(201);
    let third = github.post(&path, json!({"state": "success"})).await.json();
    assert_eq!(third["environment"], "canary");
    assert_eq!(third["environment_url"], "");
    let path = format!("/repos/octocat/example/deployments/{}", deployment.id);
    let deployment = github.get(&path).await.json();
    assert_eq!(deployment["environment"], "canary");
    assert_eq!(deployment["original_environment"], "staging");
}

#[tokio::test]
async fn list_is_newest_first() {
    let github = Github::start().await;
    let path = statuses(&github.deployment());
    for state in ["queued", "in_progress", "success", "success"] {
        github
            .post(&path, json!({"state": state}))
            .await
            .expect(201);
    }
    let list = github.get(&path).await.json();
    let list = list.as_array().unwrap();
    let states: Vec<_> = list
        .iter()
        .map(|it| it["state"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["success", "success", "in_progress", "queued"]);
    let ids: Vec<_> = list.iter().map(|it| it["id"].as_u64().unwrap()).collect();
    assert!(ids.is_sorted_by(|a, b| a > b));
}

#[tokio::test]
async fn unknown_objects_are_not_found() {
    let github = Github::start().await;
    let (deployment, other) = (github.deployment(), github.deployment());
    let status = github
        .emulator
        .create_status(deployment.id, NewStatus::new("success"))
        .unwrap();
    let here = statuses(&deployment);
    for path in [
        "/repos/octocat/nothing/deployments/1/statuses".to_owned(),
        "/repos/octocat/example/deployments/1/statuses".to_owned(),
        "/repos/octocat/example/deployments/x/statuses".to_owned(),
        format!("{here}/1"),
        format!("{here}/x"),
        format!("{here}/"),
        format!("{}/{}", statuses(&other), status.id),
        "/nowhere".to_owned(),
    ] {
        let error = github.get(&path).await.expect(404).json();
        assert_eq!(error["message"], "Not Found", "{path}");
        assert_eq!(error["status"], "404", "{path}");
    }
    let response = send(github.request(Method::PATCH, &here)).await;
    assert_eq!(response.expect(404).json()["message"], "Not Found");
    github
        .get(&format!("{here}/{}", status.id))
        .await
        .expect(200);
}

#[tokio::test]
async fn empty_history_is_an_empty_list() {
    let github = Github::start().await;
    let response = github
        .get(&statuses(&github.deployment()))
        .await
        .expect(200);
    assert_eq!(response.body, "[]");
    assert_eq!(response.header("link"), "");
}

#[tokio::test]
async fn deleted_creator_is_null_or_ghost() {
    let github = Github::start().await;
    let deployment = github.deployment();
    let new = NewStatus::new("success").without_creator();
    github.emulator.create_status(deployment.id, new).unwrap();
    let path = statuses(&deployment);
    assert_eq!(github.get(&path).await.json()[0]["creator"], Value::Null);
    github.emulator.change_quirks(|it| it.ghost = Ghost::User);
    assert_eq!(
        github.get(&path).await.json()[0]["creator"]["login"],
        "ghost"
    );
}

#[tokio::test]
async fn bots_are_rendered_as_apps() {
    let github = Github::start().await;
    let deployment = github.deployment();
    let new = NewStatus::new("success").creator("ship-it[bot]");
    github.emulator.create_status(deployment.id, new).unwrap();
    let creator = &github.get(&statuses(&deployment)).await.json()[0]["creator"];
    assert_eq!(creator["login"], "ship-it[bot]");
    assert_eq!(creator["type"], "Bot");
    assert_eq!(creator["html_url"], "https://github.com/apps/ship-it");
    let url = format!("{}/users/ship-it%5Bbot%5D", github.emulator.url());
    assert_eq!(creator["url"], json!(url));
}

#[tokio::test]
async fn history_is_readable_without_http() {
    let emulator = Emulator::start().await.unwrap();
    let new = deploystatus_emulator::NewDeployment::new("main").id(42);
    let deployment = emulator.create_deployment("octocat/example", new).unwrap();
    assert_eq!(deployment.id, 42);
    emulator
        .create_status(42, NewStatus::new("waiting"))
        .unwrap();
    emulator
        .create_status(42, NewStatus::new("success"))
        .unwrap();
    let states: Vec<_> = emulator
        .history(42)
        .into_iter()
        .map(|it| it.state)
        .collect();
    assert_eq!(states, ["waiting", "success"]);
}
