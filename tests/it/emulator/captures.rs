use std::collections::BTreeSet;
use std::io::Read;
use std::path::PathBuf;

use flate2::read::GzDecoder;
use reqwest::Response;
use reqwest::header::HeaderName;
use serde_json::{Map, Value, json};

use super::github::Github;
use super::recording::Recording;

/// Members that are newer than some recordings: date of addition, object, member.
const ADDED: [(&str, Object, &str); 6] = [
    ("2014-05-01", Object::Status, "deployment_url"),
    ("2014-05-27", Object::Status, "repository_url"),
    ("2018-06-01", Object::Status, "node_id"),
    ("2018-06-01", Object::Status, "environment"),
    ("2018-06-01", Object::User, "node_id"),
    ("2024-10-01", Object::User, "user_view_type"),
];

/// Headers that differ between recordings and today.
const HEADERS_OF_THEIR_TIME: [&str; 26] = [
    // No longer sent.
    "access-control-allow-credentials",
    "expect-ct",
    "status",
    "x-runtime-rack",
    "x-served-by",
    // Transport headers, which recorders change.
    "accept-ranges",
    "connection",
    "content-encoding",
    "content-length",
    "transfer-encoding",
    // Added later.
    "access-control-allow-origin",
    "access-control-expose-headers",
    "content-security-policy",
    "referrer-policy",
    "strict-transport-security",
    "x-frame-options",
    "x-xss-protection",
    "vary",
    "server",
    // Specific to Enterprise Servers.
    "x-github-enterprise-version",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-ratelimit-resource",
    "x-ratelimit-used",
    "x-github-edge-region",
];

/// Headers whose values must be equal.
const SAME_VALUES: [&str; 12] = [
    "content-type",
    "cache-control",
    "location",
    "link",
    "x-oauth-scopes",
    "x-accepted-oauth-scopes",
    "x-github-media-type",
    "x-content-type-options",
    "x-frame-options",
    "access-control-allow-origin",
    "strict-transport-security",
    "content-security-policy",
];

#[derive(Clone, Copy, PartialEq)]
enum Object {
    Status,
    User,
}

#[tokio::test]
async fn responses_equal_recorded_ones() {
    let Some(folder) = std::env::var_os("DEPLOYSTATUS_CAPTURES") else {
        eprintln!("skipped: DEPLOYSTATUS_CAPTURES names no folder of recordings");
        return;
    };
    let recordings = Recording::of_statuses(&PathBuf::from(folder));
    assert!(!recordings.is_empty(), "the folder contains no recordings");
    for recording in &recordings {
        replay(recording).await;
    }
}

async fn replay(recording: &Recording) {
    let name = &recording.name;
    let github = Github::from(recording.situation()).await;
    let response = ask(&github, recording).await;
    assert_eq!(response.status(), recording.status, "{name}");
    compare_headers(recording, &response);
    let body = body_of(response).await;
    if recording.statuses().is_empty() {
        compare_errors(recording, &body);
    }
    let found = match body {
        Value::Array(list) => list,
        one if one.get("id").is_some() => vec![one],
        _ => Vec::new(),
    };
    assert_eq!(found.len(), recording.statuses().len(), "{name}");
    for (found, recorded) in found.iter().zip(recording.statuses()) {
        compare(recording, Object::Status, found, recorded);
    }
}

async fn ask(github: &Github, recording: &Recording) -> Response {
    let method = recording.method.parse().unwrap();
    // All recordings were made at api.github.com, whose paths have no prefix.
    let url = format!("{}{}", github.emulator.url(), recording.path);
    let mut request = reqwest::Client::new()
        .request(method, url)
        .header("host", "api.github.com")
        .header("x-forwarded-proto", "https")
        .header("user-agent", "tests")
        .header("accept", recording.accept());
    if !recording.was_anonymous() {
        request = request.header("authorization", "token token");
    }
    if recording.was_compressed() {
        request = request.header("accept-encoding", "gzip");
    }
    if recording.method == "POST" {
        request = request.json(&request_body(recording));
    }
    request.send().await.unwrap()
}

/// Returns the recorded request body, or one that causes the recorded error.
fn request_body(recording: &Recording) -> Value {
    if !recording.request_body.is_null() {
        return recording.request_body.clone();
    }
    match recording.body["errors"][0]["field"].as_str() {
        Some("description") => json!({"state": "success", "description": "x".repeat(141)}),
        Some(url) => json!({"state": "success", url: "not-a-url"}),
        None => panic!("{}: the request is unknown", recording.name),
    }
}

async fn body_of(response: Response) -> Value {
    let compressed = response.headers().contains_key("content-encoding");
    let bytes = response.bytes().await.unwrap();
    if !compressed {
        return serde_json::from_slice(&bytes).unwrap();
    }
    let mut body = Vec::new();
    GzDecoder::new(&bytes[..]).read_to_end(&mut body).unwrap();
    serde_json::from_slice(&body).unwrap()
}

fn compare_headers(recording: &Recording, response: &Response) {
    if recording.headers.is_empty() {
        return;
    }
    let name = &recording.name;
    let recorded: BTreeSet<&str> = recording.headers.keys().map(String::as_str).collect();
    let found: BTreeSet<&str> = response.headers().keys().map(HeaderName::as_str).collect();
    let differing: Vec<_> = recorded
        .symmetric_difference(&found)
        .filter(|it| !HEADERS_OF_THEIR_TIME.contains(it))
        // Requests with a password, which were possible then, have no scopes.
        .filter(|it| !it.ends_with("oauth-scopes") || recorded.contains("x-oauth-scopes"))
        .collect();
    assert!(differing.is_empty(), "{name}: {differing:?}");
    for header in SAME_VALUES {
        // The accepted scopes varied before `repo_deployment` existed.
        let settled =
            header != "x-accepted-oauth-scopes" || !recording.happened_before("2014-03-01");
        if let (Some(recorded), true) = (recording.header(header), settled) {
            let found = response
                .headers()
                .get(header)
                .map(|it| it.to_str().unwrap());
            assert_eq!(found, Some(recorded), "{name} {header}");
        }
    }
    // The first recordings have strong tags on compressed bodies.
    if recording.happened_before("2014-05-01") {
        return;
    }
    let weak = |tag: &str| tag.starts_with("W/");
    let found = response
        .headers()
        .get("etag")
        .map(|it| weak(it.to_str().unwrap()));
    assert_eq!(found, recording.header("etag").map(weak), "{name}");
}

fn compare_errors(recording: &Recording, found: &Value) {
    for key in ["message", "errors"] {
        if let Some(recorded) = recording.body.get(key) {
            assert_eq!(&found[key], recorded, "{} {key}", recording.name);
        }
    }
}

fn compare(recording: &Recording, object: Object, found: &Value, recorded: &Value) {
    let name = &recording.name;
    let (found, recorded) = (found.as_object().unwrap(), recorded.as_object().unwrap());
    assert_eq!(
        expected_keys(recording, object, found),
        keys(recorded),
        "{name}"
    );
    for (key, found) in found {
        match (recorded.get(key), key.as_str()) {
            (Some(recorded), "creator") => compare(recording, Object::User, found, recorded),
            // IDs of accounts differ, and avatars moved.
            (_, "id" | "node_id" | "avatar_url" | "gravatar_id") if object == Object::User => {}
            // The first version of the API had null instead of an empty text.
            (Some(Value::Null), "description") if recording.happened_before("2014-05-01") => {}
            // One recorded status was updated one second after its creation.
            (_, "updated_at") | (None, _) => {}
            (Some(recorded), _) => assert_eq!(found, recorded, "{name} {key}"),
        }
    }
}

/// Returns the members that the response must have had at the time of the recording.
fn expected_keys(
    recording: &Recording,
    object: Object,
    found: &Map<String, Value>,
) -> BTreeSet<String> {
    let mut expected = keys(found);
    for (day, its_object, key) in ADDED {
        if its_object == object && recording.happened_before(day) {
            expected.remove(key);
        }
    }
    if object == Object::Status && recording.happened_before("2014-05-01") {
        expected.insert("payload".to_owned());
    }
    expected
}

fn keys(object: &Map<String, Value>) -> BTreeSet<String> {
    object.keys().cloned().collect()
}
