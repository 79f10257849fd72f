use std::io::Read;

use deploystatus_emulator::{Emulator, Limits, NewStatus};
use flate2::read::GzDecoder;
use reqwest::Method;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::github::{Github, send, statuses};

fn tag_of(parts: &[&str]) -> String {
    let digest = Sha256::digest(parts.concat());
    digest
        .iter()
        .fold(String::new(), |tag, byte| format!("{tag}{byte:02x}"))
}

#[tokio::test]
async fn responses_have_the_current_headers() {
    let github = Github::start().await;
    let path = statuses(&github.deployment());
    let response = github
        .post(&path, json!({"state": "success"}))
        .await
        .expect(201);
    for (name, value) in [
        ("content-type", "application/json; charset=utf-8"),
        ("cache-control", "private, max-age=60, s-maxage=60"),
        (
            "vary",
            "Accept, Authorization, Cookie, X-GitHub-OTP,Accept-Encoding, Accept, X-Requested-With",
        ),
        ("x-github-media-type", "github.v3; format=json"),
        ("x-github-api-version-selected", "2022-11-28"),
        ("access-control-allow-origin", "*"),
        (
            "strict-transport-security",
            "max-age=31536000; includeSubdomains; preload",
        ),
        ("x-frame-options", "deny"),
        ("x-content-type-options", "nosniff"),
        ("x-xss-protection", "0"),
        (
            "referrer-policy",
            "origin-when-cross-origin, strict-origin-when-cross-origin",
        ),
        ("content-security-policy", "default-src 'none'"),
        ("server", "github.com"),
        ("x-ratelimit-limit", "5000"),
        ("x-ratelimit-resource", "core"),
        ("x-github-edge-region", "fra"),
    ] {
        assert_eq!(response.header(name), value, "{name}");
    }
    assert!(
        response
            .header("access-control-expose-headers")
            .ends_with("Deprecation, Sunset, Warning")
    );
    for name in [
        "x-ratelimit-remaining",
        "x-ratelimit-used",
        "x-ratelimit-reset",
    ] {
        response.header(name).parse::<u64>().unwrap();
    }
    assert_eq!(response.header("x-github-request-id").split(':').count(), 5);
    assert_eq!(
        response.header("content-length"),
        response.body.len().to_string()
    );
    assert_eq!(response.header("last-modified"), "");
    assert_eq!(response.header("deprecation"), "");

    let error = github.get("/repos/octocat/nothing").await.expect(404);
    assert_eq!(error.header("etag"), "");
    assert_eq!(error.header("cache-control"), "");
    assert_eq!(error.header("x-ratelimit-limit"), "5000");
    assert_eq!(
        error.header("vary"),
        "Accept-Encoding, Accept, X-Requested-With"
    );
}

#[tokio::test]
async fn entity_tag_hashes_request_headers_and_body() {
    let github = Github::start().await;
    let deployment = github.deployment();
    let path = statuses(&deployment);
    let created = github.post(&path, json!({"state": "success"})).await;
    let expected = tag_of(&["*/*:", "Bearer token:", &created.body]);
    assert_eq!(created.header("etag"), format!("\"{expected}\""));
    let id = &created.json()["id"];
    let got = github.get(&format!("{path}/{id}")).await;
    assert_eq!(got.header("etag"), created.header("etag"));

    let request = github.anonymous(Method::GET, &path).header("cookie", "a=b");
    let response = send(request).await;
    let expected = tag_of(&["*/*:", "a=b:", &response.body]);
    assert_eq!(response.header("etag"), format!("\"{expected}\""));
}

#[tokio::test]
async fn compressed_bodies_have_weak_tags() {
    let github = Github::start().await;
    let deployment = github.deployment();
    github
        .emulator
        .create_status(deployment.id, NewStatus::new("success"))
        .unwrap();
    let path = statuses(&deployment);
    let plain = github.get(&path).await;
    for encoding in ["gzip", "br, gzip;q=0.5", "gzip, deflate"] {
        let request = github
            .request(Method::GET, &path)
            .header("accept-encoding", encoding);
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["content-encoding"], "gzip");
        let weak = format!("W/{}", plain.header("etag"));
        assert_eq!(response.headers()["etag"], weak.as_str());
        let compressed = response.bytes().await.unwrap();
        let mut body = String::new();
        GzDecoder::new(&compressed[..])
            .read_to_string(&mut body)
            .unwrap();
        assert_eq!(body, plain.body);
    }
    let request = github
        .request(Method::GET, &path)
        .header("accept-encoding", "gzip;q=0");
    assert_eq!(send(request).await.body, plain.body);
}

#[tokio::test]
async fn matching_condition_is_a_free_304() {
    let github = Github::from(Emulator::builder().limits(Limits::github())).await;
    let deployment = github.deployment();
    let path = statuses(&deployment);
    let first = github.get(&path).await.expect(200);
    assert_eq!(first.header("x-ratelimit-used"), "1");
    let tag = first.header("etag").to_owned();
    for tag in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}")] {
        let request = github
            .request(Method::GET, &path)
            .header("if-none-match", tag);
        let response = send(request).await.expect(304);
        assert_eq!(response.body, "");
        assert_eq!(response.header("content-type"), "");
        assert_eq!(response.header("x-github-media-type"), "");
        assert_eq!(response.header("etag"), first.header("etag"));
        assert_eq!(response.header("x-ratelimit-used"), "1");
    }
    github
        .emulator
        .create_status(deployment.id, NewStatus::new("success"))
        .unwrap();
    let request = github
        .request(Method::GET, &path)
        .header("if-none-match", tag);
    let response = send(request).await.expect(200);
    assert_eq!(response.header("x-ratelimit-used"), "2");
}

#[tokio::test]
async fn browsers_get_indented_bodies_with_the_same_tag() {
    let github = Github::start().await;
    let path = "/repos/octocat/example";
    let compact = github.get(path).await;
    let request = github
        .request(Method::GET, path)
        .header("user-agent", "curl/8.0");
    let pretty = send(request).await;
    assert!(pretty.body.starts_with("{\n  \"id\": "));
    assert_eq!(pretty.json(), compact.json());
    assert_eq!(pretty.header("etag"), compact.header("etag"));
}

#[tokio::test]
async fn head_has_the_headers_of_get() {
    let github = Github::start().await;
    let path = statuses(&github.deployment());
    let get = github.get(&path).await;
    let head = send(github.request(Method::HEAD, &path)).await.expect(200);
    assert_eq!(head.body, "");
    assert_eq!(head.header("etag"), get.header("etag"));
}
