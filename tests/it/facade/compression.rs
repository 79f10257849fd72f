//! Compressed lists.

use std::io::Write;

use deploystatus::{Deployment, DeploymentStatus, ErrorKind, NewStatus, State};
use flate2::Compression;
use flate2::write::GzEncoder;
use tests::client_builder;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

const STATUS: &str = r#"{"id": 7, "state": "success", "created_at": "2026-11-20T10:00:00Z"}"#;

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// Starts a server that compresses this list if the request accepts gzip.
async fn serve(list: Vec<u8>) -> (MockServer, Deployment) {
    let server = MockServer::start().await;
    let respond = move |request: &Request| {
        if request.method == "POST" {
            let created = STATUS.replace("\"id\": 7", "\"id\": 8");
            return ResponseTemplate::new(201).set_body_raw(created, "application/json");
        }
        let accepted = request.headers.get("accept-encoding");
        if accepted.is_some_and(|encoding| encoding == "gzip") {
            return ResponseTemplate::new(200)
                .insert_header("content-encoding", "gzip")
                .insert_header("etag", "W/\"1\"")
                .set_body_raw(list.clone(), "application/json");
        }
        ResponseTemplate::new(200).set_body_raw(format!("[{STATUS}]"), "application/json")
    };
    Mock::given(any())
        .respond_with(respond)
        .mount(&server)
        .await;
    let client = client_builder(server.uri()).build().unwrap();
    let deployment = client.deployment("octocat/example", 42).unwrap();
    (server, deployment)
}

#[tokio::test]
async fn lists_are_compressed() {
    let (server, deployment) = serve(gzip(format!("[{STATUS}]").as_bytes())).await;
    let all: Vec<DeploymentStatus> = deployment.statuses().collect().await.unwrap();
    assert_eq!(all[0].id, 7);
    let requests = server.received_requests().await.unwrap();
    assert_eq!(requests[0].headers["accept-encoding"], "gzip");
}

#[tokio::test]
async fn single_statuses_are_not_compressed() {
    let (server, deployment) = serve(Vec::new()).await;
    deployment.latest_status().await.unwrap();
    deployment
        .create_status(NewStatus::new(State::Success))
        .await
        .unwrap();
    for request in server.received_requests().await.unwrap() {
        assert!(
            !request.headers.contains_key("accept-encoding"),
            "{request:?}"
        );
    }
}

#[tokio::test]
async fn decompressed_body_is_limited() {
    let bomb = gzip(&vec![b' '; 64 * 1024 * 1024]);
    assert!(bomb.len() < 100_000);
    let (_server, deployment) = serve(bomb).await;
    let list = deployment.statuses().collect::<Vec<_>>().await;
    let error = list.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert!(error.to_string().contains("more than 8 MiB"), "{error}");
}

#[tokio::test]
async fn malformed_compression_is_an_invalid_response() {
    let (_server, deployment) = serve(b"not gzip".to_vec()).await;
    let list = deployment.statuses().collect::<Vec<_>>().await;
    assert_eq!(list.unwrap_err().kind(), ErrorKind::InvalidResponse);
}
