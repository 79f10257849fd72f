use deploystatus_emulator::{NewRepository, Token};
use reqwest::Method;
use serde_json::json;

use super::github::{Github, send, statuses};

#[tokio::test]
async fn renamed_repository_redirects() {
    let github = Github::start().await;
    let deployment = github.deployment();
    github
        .emulator
        .rename_repository("octocat/example", "hubot/sample")
        .unwrap();
    let old = statuses(&deployment);
    let front = format!(
        "{}/repositories/{}",
        github.emulator.url(),
        deployment.repository_id
    );
    let url = format!("{front}/deployments/{}/statuses", deployment.id);

    let response = github
        .get(&format!("{old}?per_page=5&page=2"))
        .await
        .expect(301);
    let there = format!("{url}?per_page=5&page=2");
    assert_eq!(response.header("location"), there);
    assert_eq!(
        response.json(),
        json!({
            "message": "Moved Permanently",
            "url": there,
            "documentation_url": "https://docs.github.com/v3/#http-redirects",
        })
    );
    assert_eq!(response.header("etag"), "");
    let response = github
        .post(&old, json!({"state": "success"}))
        .await
        .expect(307);
    assert_eq!(response.header("location"), url);
    assert_eq!(response.json()["message"], "Moved Permanently");
    assert!(github.emulator.history(deployment.id).is_empty());

    let there = url.strip_prefix(&github.emulator.url()).unwrap();
    let status = github
        .post(there, json!({"state": "success"}))
        .await
        .expect(201)
        .json();
    let name = format!("{}/repos/hubot/sample", github.emulator.url());
    assert_eq!(status["repository_url"], json!(name));
    let response = github.get("/repos/octocat/example").await.expect(301);
    assert_eq!(response.header("location"), front);
    let new = old.replace("octocat/example", "hubot/sample");
    github.get(&new).await.expect(200);
}

#[tokio::test]
async fn reused_name_stops_redirecting() {
    let github = Github::start().await;
    github
        .emulator
        .rename_repository("octocat/example", "octocat/moved")
        .unwrap();
    github
        .emulator
        .create_repository(NewRepository::new("octocat/example"))
        .unwrap();
    github.get("/repos/octocat/example").await.expect(200);
    assert!(
        github
            .emulator
            .rename_repository("octocat/moved", "octocat/example")
            .is_err()
    );
}

#[tokio::test]
async fn redirects_do_not_reveal_private_repositories() {
    let github = Github::start().await;
    github
        .emulator
        .create_repository(NewRepository::new("octocat/secret").private())
        .unwrap();
    github
        .emulator
        .rename_repository("octocat/secret", "octocat/hidden")
        .unwrap();
    github
        .emulator
        .add_token(Token::classic("t").repository("octocat/hidden"));
    let get = async |token: &str| {
        let request = github.anonymous(Method::GET, "/repos/octocat/secret");
        send(request.bearer_auth(token)).await.status
    };
    assert_eq!(get("t").await, 301);
    github
        .emulator
        .add_token(Token::classic("u").repository("octocat/example"));
    assert_eq!(get("u").await, 404);
}

#[tokio::test]
async fn archived_repository_is_read_only() {
    let github = Github::start().await;
    let path = statuses(&github.deployment());
    github
        .emulator
        .archive_repository("octocat/example")
        .unwrap();
    let response = github
        .post(&path, json!({"state": "success"}))
        .await
        .expect(403);
    assert_eq!(
        response.json()["message"],
        "Repository was archived so is read-only."
    );
    github.get(&path).await.expect(200);
    assert_eq!(
        github.get("/repos/octocat/example").await.json()["archived"],
        true
    );
    github
        .emulator
        .unarchive_repository("octocat/example")
        .unwrap();
    github
        .post(&path, json!({"state": "success"}))
        .await
        .expect(201);
}
