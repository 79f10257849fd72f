use deploystatus_emulator::{Emulator, Seed, Token};
use reqwest::Method;
use serde_json::{Value, json};

use super::github::{Github, Response, send};

const REPOSITORY: &str = "/repos/octocat/example";

async fn delete(github: &Github, path: &str) -> Response {
    send(github.request(Method::DELETE, &format!("{REPOSITORY}{path}"))).await
}

async fn names(github: &Github) -> Vec<Value> {
    let list = github.get(&format!("{REPOSITORY}/environments")).await;
    let list = list.expect(200).json();
    let environments = list["environments"].as_array().unwrap().clone();
    assert_eq!(list["total_count"], environments.len());
    environments.iter().map(|it| it["name"].clone()).collect()
}

#[tokio::test]
async fn environments_are_those_of_the_deployments() {
    let github = Github::start().await;
    assert_eq!(names(&github).await, [""; 0]);
    let deployment = github.deployment_to("staging");
    github.deployment_to("review/7");
    let path = format!("{REPOSITORY}/deployments/{}/statuses", deployment.id);
    let status = json!({"state": "success", "environment": "canary"});
    github.post(&path, status).await.expect(201);
    assert_eq!(names(&github).await, ["canary", "review/7", "staging"]);

    let path = format!("{REPOSITORY}/environments/review%2F7");
    let environment = github.get(&path).await.expect(200).json();
    assert_eq!(environment["name"], "review/7");
    assert_eq!(environment["protection_rules"], json!([]));
    assert_eq!(environment["deployment_branch_policy"], Value::Null);
    assert!(environment["node_id"].as_str().unwrap().starts_with("EN_"));
    let url = environment["url"].as_str().unwrap();
    assert!(url.ends_with("/repos/octocat/example/environments/review%2F7"));
    let unknown = format!("{REPOSITORY}/environments/nothing");
    github.get(&unknown).await.expect(404);

    let page = format!("{REPOSITORY}/environments?per_page=2");
    let page = github.get(&page).await.expect(200);
    assert_eq!(page.json()["environments"].as_array().unwrap().len(), 2);
    assert!(
        page.header("link")
            .contains("per_page=2&page=2>; rel=\"next\"")
    );
}

/// These are the steps of tools that remove an environment.
#[tokio::test]
async fn environment_is_deleted_after_its_deployments() {
    let github = Github::start().await;
    let deployment = github.deployment_to("review");
    let id = deployment.id;
    delete(&github, &format!("/deployments/{id}"))
        .await
        .expect(204);
    assert_eq!(names(&github).await, ["review"]);
    let deleted = delete(&github, "/environments/review").await.expect(204);
    assert_eq!(deleted.body, "");
    assert_eq!(names(&github).await, [""; 0]);
    delete(&github, "/environments/review").await.expect(404);
    github.deployment_to("review");
    assert_eq!(names(&github).await, ["review"]);
}

#[tokio::test]
async fn deletion_needs_administration() {
    let seed = Seed::default()
        .token(Token::actions("run").permission("deployments", "write"))
        .token(Token::fine_grained("admin").permission("administration", "write"));
    let github = Github::from(Emulator::builder().seed(seed)).await;
    github.deployment_to("review");
    let path = format!("{REPOSITORY}/environments/review");
    for (token, code) in [("run", 403), ("admin", 204)] {
        let request = github.anonymous(Method::DELETE, &path).bearer_auth(token);
        let response = send(request).await.expect(code);
        let permissions = response.header("x-accepted-github-permissions");
        assert_eq!(permissions, "administration=write");
    }
}

#[tokio::test]
async fn root_lists_the_urls_of_the_api() {
    let github = Github::start().await;
    let root = github.get("/").await.expect(200).json();
    let url = github.emulator.url();
    assert_eq!(root["current_user_url"], json!(format!("{url}/user")));
    assert_eq!(root["hub_url"], json!(format!("{url}/hub")));
    assert_eq!(root.as_object().unwrap().len(), 33);
    let request = github
        .request(Method::GET, "/")
        .header("x-github-api-version", "2026-03-10");
    let newest = send(request).await.expect(200).json();
    assert_eq!(newest.as_object().unwrap().len(), 31);
    for path in ["/api/v3", "/api/v3/"] {
        let root = github.get(path).await.expect(200).json();
        assert_eq!(root["emojis_url"], json!(format!("{url}/api/v3/emojis")));
    }
}
