use deploystatus_emulator::NewStatus;
use reqwest::Method;
use serde_json::{Value, json};

use super::github::{Github, send};

const DEPLOYMENTS: &str = "/repos/octocat/example/deployments";

#[tokio::test]
async fn deployment_has_the_documented_defaults() {
    let github = Github::start().await;
    let response = github
        .post(DEPLOYMENTS, json!({"ref": "main"}))
        .await
        .expect(201);
    let deployment = response.json();
    assert_eq!(deployment["ref"], "main");
    assert_eq!(deployment["sha"].as_str().unwrap().len(), 40);
    assert_eq!(deployment["task"], "deploy");
    assert_eq!(deployment["payload"], json!({}));
    assert_eq!(deployment["environment"], "production");
    assert_eq!(deployment["original_environment"], "production");
    assert_eq!(deployment["production_environment"], true);
    assert_eq!(deployment["transient_environment"], false);
    assert_eq!(deployment["description"], Value::Null);
    assert_eq!(deployment["performed_via_github_app"], Value::Null);
    assert!(
        deployment["node_id"]
            .as_str()
            .unwrap()
            .starts_with("DE_kwDO")
    );
    assert_eq!(deployment["url"], response.header("location"));
    let path = format!("{DEPLOYMENTS}/{}", deployment["id"]);
    assert_eq!(github.get(&path).await.expect(200).json(), deployment);
}

#[tokio::test]
async fn deployment_properties_are_stored() {
    let github = Github::start().await;
    let body = json!({
        "ref": "0123456789abcdef0123456789abcdef01234567",
        "task": "migrate",
        "auto_merge": false,
        "required_contexts": [],
        "payload": "any text",
        "environment": "review/7",
        "description": "a try",
        "transient_environment": true,
        "production_environment": false,
    });
    let deployment = github
        .post(DEPLOYMENTS, body.clone())
        .await
        .expect(201)
        .json();
    assert_eq!(deployment["sha"], body["ref"]);
    for key in [
        "task",
        "payload",
        "environment",
        "description",
        "transient_environment",
        "production_environment",
    ] {
        assert_eq!(deployment[key], body[key], "{key}");
    }
}

#[tokio::test]
async fn forms_of_a_branch_have_one_commit() {
    let github = Github::start().await;
    let mut commits = Vec::new();
    for reference in ["main", "heads/main", "refs/heads/main", "other"] {
        let body = json!({"ref": reference});
        let deployment = github.post(DEPLOYMENTS, body).await.expect(201).json();
        assert_eq!(deployment["ref"], reference);
        commits.push(deployment["sha"].clone());
    }
    assert_eq!(commits[0], commits[1]);
    assert_eq!(commits[0], commits[2]);
    assert_ne!(commits[0], commits[3]);
}

#[tokio::test]
async fn invalid_deployments_are_rejected() {
    let github = Github::start().await;
    for (body, message) in [
        (json!({}), "Invalid request.\n\n\"ref\" wasn't supplied."),
        (
            json!({"ref": "main", "auto_merge": "no"}),
            "Invalid request.\n\nFor 'properties/auto_merge', \"no\" is not a boolean.",
        ),
        (
            json!({"ref": "main", "description": "x".repeat(141)}),
            "Validation Failed",
        ),
    ] {
        let error = github.post(DEPLOYMENTS, body).await.expect(422).json();
        assert_eq!(error["message"], message);
    }
    assert!(github.emulator.deployments().is_empty());
}

#[tokio::test]
async fn deployments_are_listed_newest_first_and_filtered() {
    let github = Github::start().await;
    for (reference, environment, task) in [
        ("main", "production", "deploy"),
        ("main", "staging", "deploy"),
        ("topic", "staging", "migrate"),
    ] {
        let body = json!({"ref": reference, "environment": environment, "task": task});
        github.post(DEPLOYMENTS, body).await.expect(201);
    }
    let all = github.get(DEPLOYMENTS).await.json();
    let refs: Vec<_> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["ref"])
        .collect();
    assert_eq!(refs, ["topic", "main", "main"]);
    let sha = all[0]["sha"].as_str().unwrap();
    for (query, count) in [
        ("environment=staging".to_owned(), 2),
        ("ref=main".to_owned(), 2),
        ("task=migrate".to_owned(), 1),
        (format!("sha={sha}"), 1),
        ("ref=main&environment=staging".to_owned(), 1),
        ("environment=none".to_owned(), 3),
        ("environment=nowhere".to_owned(), 0),
    ] {
        let response = github
            .get(&format!("{DEPLOYMENTS}?{query}"))
            .await
            .expect(200);
        assert_eq!(response.json().as_array().unwrap().len(), count, "{query}");
    }
    let response = github
        .get(&format!("{DEPLOYMENTS}?environment=staging&per_page=1"))
        .await;
    let link = response.header("link");
    assert!(
        link.contains("environment=staging&per_page=1&page=2>; rel=\"last\""),
        "{link}"
    );
}

#[tokio::test]
async fn active_deployment_is_deleted_only_if_it_is_alone() {
    let github = Github::start().await;
    let only = github.deployment_to("a");
    github
        .emulator
        .create_status(only.id, NewStatus::new("success"))
        .unwrap();
    let delete = async |id: u64| {
        let request = github.request(Method::DELETE, &format!("{DEPLOYMENTS}/{id}"));
        send(request).await
    };
    let other = github.deployment_to("b");
    delete(only.id).await.expect(422);
    delete(other.id).await.expect(204);
    delete(other.id).await.expect(404);
    assert_eq!(delete(only.id).await.expect(204).body, "");
    assert!(github.emulator.deployments().is_empty());
}

#[tokio::test]
async fn routes_accept_the_repository_id() {
    let github = Github::start().await;
    let deployment = github.deployment();
    let front = format!("/repositories/{}", deployment.repository_id);
    let repository = github.get(&front).await.expect(200).json();
    assert_eq!(repository["full_name"], "octocat/example");
    assert_eq!(repository["permissions"]["push"], true);
    let path = format!("{front}/deployments/{}/statuses", deployment.id);
    let status = github
        .post(&path, json!({"state": "success"}))
        .await
        .expect(201)
        .json();
    github
        .get(&format!("{path}/{}", status["id"]))
        .await
        .expect(200);
    assert_eq!(github.get(&path).await.json()[0], status);
    github
        .get(&format!("{front}/deployments"))
        .await
        .expect(200);
    let by_name = github
        .get("/repos/OctoCat/EXAMPLE")
        .await
        .expect(200)
        .json();
    assert_eq!(by_name, repository);
}
