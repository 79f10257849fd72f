use deploystatus_emulator::{Emulator, NewRepository, Seed, Token, WriteWithoutPush};
use jiff::Timestamp;
use reqwest::Method;
use serde_json::json;

use super::github::{Answer, Github, statuses};

/// An emulator that knows only these tokens, with a public and a private repository.
async fn with_tokens(tokens: impl IntoIterator<Item = Token>) -> Github {
    let seed = Seed::default().repository(NewRepository::new("octocat/secret").private());
    let seed = tokens.into_iter().fold(seed, Seed::token);
    Github::from(Emulator::builder().seed(seed)).await
}

async fn post_as(github: &Github, token: &str, path: &str) -> Answer {
    let request = github.anonymous(Method::POST, path).bearer_auth(token);
    Answer::to(request.json(&json!({"state": "success"}))).await
}

async fn get_as(github: &Github, token: &str, path: &str) -> Answer {
    Answer::to(github.anonymous(Method::GET, path).bearer_auth(token)).await
}

#[tokio::test]
async fn out_of_the_box_any_token_writes_as_octocat_however_it_is_presented() {
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
        let answer = Answer::to(request.json(&json!({"state": "success"})))
            .await
            .expect(201);
        assert_eq!(answer.json()["creator"]["login"], "octocat");
        assert_eq!(answer.header("x-oauth-scopes"), "repo");
        assert_eq!(answer.header("x-accepted-oauth-scopes"), "");
        assert!(answer.headers.contains_key("x-accepted-oauth-scopes"));
    }
    let answer = get_as(&github, "x", &path).await.expect(200);
    assert_eq!(
        answer.header("x-accepted-oauth-scopes"),
        "repo, repo_deployment"
    );
}

#[tokio::test]
async fn the_anonymous_read_public_repositories_and_nothing_else() {
    let github = with_tokens([]).await;
    let path = statuses(&github.deployment());
    let answer = Answer::to(github.anonymous(Method::GET, &path))
        .await
        .expect(200);
    assert_eq!(
        answer.header("cache-control"),
        "public, max-age=60, s-maxage=60"
    );
    assert_eq!(answer.header("x-ratelimit-limit"), "60");
    Answer::to(github.anonymous(Method::GET, "/repos/octocat/secret"))
        .await
        .expect(404);
    let request = github
        .anonymous(Method::POST, &path)
        .json(&json!({"state": "success"}));
    let answer = Answer::to(request).await.expect(401);
    assert_eq!(answer.json()["message"], "Requires authentication");
    assert_eq!(answer.json()["status"], "401");
    Answer::to(github.anonymous(Method::GET, "/user"))
        .await
        .expect(401);
}

#[tokio::test]
async fn a_bad_credential_is_told_little() {
    let github = with_tokens([Token::classic("good")]).await;
    for token in ["bad", ""] {
        let answer = get_as(&github, token, "/repos/octocat/example")
            .await
            .expect(401);
        assert_eq!(answer.json()["message"], "Bad credentials");
        assert_eq!(answer.header("x-ratelimit-limit"), "");
        assert_eq!(answer.header("x-github-api-version-selected"), "");
    }
    get_as(&github, "good", "/repos/octocat/example")
        .await
        .expect(200);
}

#[tokio::test]
async fn an_expired_token_is_a_bad_credential_and_says_before_when_it_will_be() {
    let end: Timestamp = "2026-01-01T01:00:00Z".parse().unwrap();
    let seed = Seed::default().token(Token::classic("t").expires_at(end));
    let clock = deploystatus_emulator::Clock::manual();
    let github = Github::from(Emulator::builder().seed(seed).clock(clock)).await;
    let answer = get_as(&github, "t", "/user").await.expect(200);
    let header = answer.header("github-authentication-token-expiration");
    assert_eq!(header, "2026-01-01 01:00:00 UTC");
    github.emulator.set_time(end);
    get_as(&github, "t", "/user").await.expect(401);
}

#[tokio::test]
async fn a_classic_token_needs_a_scope_and_reach_or_finds_nothing_to_write_to() {
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
    let answer = post_as(&github, "scopeless", &path).await.expect(403);
    assert_eq!(
        answer.json()["message"],
        "Must have push access to repository"
    );
}

#[tokio::test]
async fn other_tokens_are_told_which_permission_is_wanted() {
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
        let answer = post_as(&github, token, &path).await.expect(403);
        assert_eq!(answer.json()["message"], message);
        assert_eq!(
            answer.header("x-accepted-github-permissions"),
            "deployments=write"
        );
        assert!(!answer.headers.contains_key("x-oauth-scopes"));
        let answer = get_as(&github, token, &path).await.expect(200);
        assert_eq!(
            answer.header("x-accepted-github-permissions"),
            "deployments=read"
        );
    }
    let answer = post_as(&github, "gone", &path).await.expect(403);
    assert_eq!(
        answer.json()["message"],
        "This installation has been suspended"
    );
    get_as(&github, "app", "/user").await.expect(403);
}

#[tokio::test]
async fn an_app_reports_as_its_bot() {
    let token = Token::app("t", "ship-it").permission("deployments", "write");
    let github = with_tokens([token]).await;
    let path = statuses(&github.deployment());
    let status = post_as(&github, "t", &path).await.expect(201).json();
    assert_eq!(status["creator"]["login"], "ship-it[bot]");
    assert_eq!(status["creator"]["type"], "Bot");
}

#[tokio::test]
async fn a_private_repository_is_hidden_from_those_without_access() {
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
async fn a_request_without_user_agent_is_forbidden_in_plain_text() {
    let github = Github::start().await;
    let url = format!("{}/zen", github.emulator.url());
    let answer = Answer::to(reqwest::Client::new().get(url))
        .await
        .expect(403);
    assert!(answer.header("content-type").starts_with("text/plain"));
    assert!(answer.body.contains("User-Agent"));
}
