use deploystatus_emulator::{Emulator, NewRepository, Seed, Token, WriteWithoutPush};
use jiff::Timestamp;
use reqwest::Method;
use serde_json::json;

use super::github::{Github, Response, send, statuses};

/// Starts an emulator with these tokens, a public and a private repository.
async fn with_tokens(tokens: impl IntoIterator<Item = Token>) -> Github {
    let seed = Seed::default().repository(NewRepository::new("octocat/secret").private());
    let seed = tokens.into_iter().fold(seed, Seed::token);
    Github::from(Emulator::builder().seed(seed)).await
}

async fn post_as(github: &Github, token: &str, path: &str) -> Response {
    let request = github.anonymous(Method::POST, path).bearer_auth(token);
    send(request.json(&json!({"state": "success"}))).await
}

async fn get_as(github: &Github, token: &str, path: &str) -> Response {
    send(github.anonymous(Method::GET, path).bearer_auth(token)).await
}

#[tokio::test]
async fn any_token_writes_as_octocat_by_default() {
    let github = Github::start().await;
    let path = statuses(&github.deployment());
    for header in [
        "Bearer x",
        "token y",
        "bearer z",
        "Basic b2N0b2NhdDpzZWNyZXQ=",
        "Basic c2VjcmV0Og==",
    ] {
        let request = github
            .anonymous(Method::POST, &path)
            .header("authorization", header);
        let response = send(request.json(&json!({"state": "success"})))
            .await
            .expect(201);
        assert_eq!(response.json()["creator"]["login"], "octocat");
        assert_eq!(response.header("x-oauth-scopes"), "repo");
        assert_eq!(response.header("x-accepted-oauth-scopes"), "");
        assert!(response.headers.contains_key("x-accepted-oauth-scopes"));
    }
    let response = get_as(&github, "x", &path).await.expect(200);
    assert_eq!(
        response.header("x-accepted-oauth-scopes"),
        "repo, repo_deployment"
    );
}

#[tokio::test]
async fn anonymous_clients_read_public_repositories_only() {
    let github = with_tokens([]).await;
    let path = statuses(&github.deployment());
    let response = send(github.anonymous(Method::GET, &path)).await.expect(200);
    assert_eq!(
        response.header("cache-control"),
        "public, max-age=60, s-maxage=60"
    );
    assert_eq!(response.header("x-ratelimit-limit"), "60");
    send(github.anonymous(Method::GET, "/repos/octocat/secret"))
        .await
        .expect(404);
    let request = github
        .anonymous(Method::POST, &path)
        .json(&json!({"state": "success"}));
    let response = send(request).await.expect(401);
    assert_eq!(response.json()["message"], "Requires authentication");
    assert_eq!(response.json()["status"], "401");
    send(github.anonymous(Method::GET, "/user"))
        .await
        .expect(401);
}

#[tokio::test]
async fn bad_credentials_get_a_bare_401() {
    let github = with_tokens([Token::classic("good")]).await;
    for token in ["bad", ""] {
        let response = get_as(&github, token, "/repos/octocat/example")
            .await
            .expect(401);
        assert_eq!(response.json()["message"], "Bad credentials");
        assert_eq!(response.header("x-ratelimit-limit"), "");
        assert_eq!(response.header("x-github-api-version-selected"), "");
    }
    get_as(&github, "good", "/repos/octocat/example")
        .await
        .expect(200);
}

#[tokio::test]
async fn token_expiry_is_announced_and_enforced() {
    let end: Timestamp = "2026-01-01T01:00:00Z".parse().unwrap();
    let seed = Seed::default().token(Token::classic("t").expires_at(end));
    let clock = deploystatus_emulator::Clock::manual();
    let github = Github::from(Emulator::builder().seed(seed).clock(clock)).await;
    let response = get_as(&github, "t", "/user").await.expect(200);
    let header = response.header("github-authentication-token-expiration");
    assert_eq!(header, "2026-01-01 01:00:00 UTC");
    github.emulator.set_time(end);
    get_as(&github, "t", "/user").await.expect(401);
}

#[tokio::test]
async fn classic_tokens_need_scope_and_repository() {
    let github = with_tokens([
        Token::classic("full"),
        Token::classic("scopeless").scopes(""),
        Token::classic("public").scopes("public_repo, gist"),
        Token::classic("deploys").scopes("repo_deployment"),
        Token::classic("elsewhere").repository("octocat/other"),
    ])
    .await;
    let path = statuses(&github.deployment());
    for (token, code) in [
        ("full", 201),
        ("public", 201),
        ("deploys", 201),
        ("scopeless", 404),
        ("elsewhere", 404),
    ] {
        post_as(&github, token, &path).await.expect(code);
        get_as(&github, token, &path).await.expect(200);
    }
    for (token, code) in [
        ("full", 200),
        ("deploys", 200),
        ("public", 404),
        ("elsewhere", 404),
    ] {
        get_as(&github, token, "/repos/octocat/secret")
            .await
            .expect(code);
    }
    github
        .emulator
        .change_quirks(|it| it.write_without_push = WriteWithoutPush::Forbidden);
    let response = post_as(&github, "scopeless", &path).await.expect(403);
    assert_eq!(
        response.json()["message"],
        "Must have push access to repository"
    );
}

#[tokio::test]
async fn other_tokens_need_permissions() {
    let github = with_tokens([
        Token::fine_grained("reader").permission("deployments", "read"),
        Token::fine_grained("writer").permission("deployments", "write"),
        Token::app("app", "ship-it").permission("contents", "write"),
        Token::actions("run"),
        Token::app("gone", "ship-it")
            .permission("deployments", "write")
            .suspended(),
    ])
    .await;
    let path = statuses(&github.deployment());
    post_as(&github, "writer", &path).await.expect(201);
    for (token, message) in [
        ("reader", "Resource not accessible by personal access token"),
        ("app", "Resource not accessible by integration"),
        ("run", "Resource not accessible by integration"),
    ] {
        let response = post_as(&github, token, &path).await.expect(403);
        assert_eq!(response.json()["message"], message);
        assert_eq!(
            response.header("x-accepted-github-permissions"),
            "deployments=write"
        );
        assert!(!response.headers.contains_key("x-oauth-scopes"));
        let response = get_as(&github, token, &path).await.expect(200);
        assert_eq!(
            response.header("x-accepted-github-permissions"),
            "deployments=read"
        );
    }
    let response = post_as(&github, "gone", &path).await.expect(403);
    assert_eq!(
        response.json()["message"],
        "This installation has been suspended"
    );
    get_as(&github, "app", "/user").await.expect(403);
}

#[tokio::test]
async fn app_creates_statuses_as_its_bot() {
    let token = Token::app("t", "ship-it").permission("deployments", "write");
    let github = with_tokens([token]).await;
    let path = statuses(&github.deployment());
    let status = post_as(&github, "t", &path).await.expect(201).json();
    assert_eq!(status["creator"]["login"], "ship-it[bot]");
    assert_eq!(status["creator"]["type"], "Bot");
}

#[tokio::test]
async fn private_repositories_are_hidden_without_access() {
    let github = with_tokens([
        Token::fine_grained("in")
            .permission("deployments", "write")
            .repository("Octocat/Secret"),
        Token::fine_grained("out")
            .permission("deployments", "write")
            .repository("octocat/example"),
        Token::fine_grained("blind").repository("octocat/secret"),
    ])
    .await;
    let new = deploystatus_emulator::NewDeployment::new("main");
    let deployment = github
        .emulator
        .create_deployment("octocat/secret", new)
        .unwrap();
    let path = format!(
        "/repos/octocat/secret/deployments/{}/statuses",
        deployment.id
    );
    post_as(&github, "in", &path).await.expect(201);
    post_as(&github, "out", &path).await.expect(404);
    get_as(&github, "out", &path).await.expect(404);
    get_as(&github, "blind", &path).await.expect(403);
    get_as(&github, "blind", "/repos/octocat/secret")
        .await
        .expect(200);
}

#[tokio::test]
async fn missing_user_agent_is_forbidden() {
    let github = Github::start().await;
    let url = format!("{}/zen", github.emulator.url());
    let response = send(reqwest::Client::new().get(url)).await.expect(403);
    assert!(response.header("content-type").starts_with("text/plain"));
    assert!(response.body.contains("User-Agent"));
}
