//! Results of a call together with the recorded response.

use deploystatus_generated::types::DeploymentStatus;
use deploystatus_generated::{Body, Client, Exchange, Outcome, PathSegment, State};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Gets a status from a server that sends this response to its first request.
async fn get(response: String, exchange: Exchange) -> Outcome<DeploymentStatus> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        let mut request = [0; 4096];
        assert_ne!(connection.read(&mut request).await.unwrap(), 0);
        connection.write_all(response.as_bytes()).await.unwrap();
    };
    let client = Client::new_with_client(&url, reqwest::Client::new(), exchange);
    let name: PathSegment = "octocat".parse().unwrap();
    let get = client.repos_get_deployment_status(&name, &name, 42, 7);
    tokio::join!(client.outcome(get), server).0
}

fn response(status: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nx-github-request-id: CAFE:1\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

const STATUS: &str = r#"{"id": 7, "state": "queued", "created_at": "2026-01-06T10:00:00Z"}"#;

#[tokio::test]
async fn outcome_has_the_value_and_the_response() {
    let outcome = get(response("200 OK", STATUS), Exchange::new()).await;
    assert_eq!(outcome.result.unwrap().id, 7);
    let response = outcome.response.unwrap();
    assert_eq!(response.status, 200);
    assert_eq!(response.headers["x-github-request-id"], "CAFE:1");
    assert_eq!(response.body, Body::Complete(STATUS.into()));
}

#[tokio::test]
async fn refused_call_keeps_the_body() {
    let outcome = get(response("404 Not Found", "gone"), Exchange::new()).await;
    assert!(outcome.result.is_err());
    assert_eq!(
        outcome.response.unwrap().body,
        Body::Complete("gone".into())
    );
}

#[tokio::test]
async fn repeated_field_has_its_last_value() {
    let body = r#"{"id": 7, "state": "queued", "state": "success", "creator": {"login": "octocat"},
        "description": 1, "description": "Live", "created_at": "2026-01-06T10:00:00Z"}"#;
    let outcome = get(response("200 OK", body), Exchange::new()).await;
    let status = outcome.result.unwrap();
    assert_eq!(status.state, State::Success);
    assert_eq!(status.description.as_deref(), Some("Live"));
    assert_eq!(status.creator.unwrap().as_json(), r#"{"login":"octocat"}"#);
}

#[tokio::test]
async fn oversized_and_broken_bodies_differ() {
    let exchange = Exchange::new().body_limit(STATUS.len() - 1);
    let outcome = get(response("200 OK", STATUS), exchange).await;
    assert!(outcome.result.is_err());
    assert_eq!(outcome.response.unwrap().body, Body::TooLarge);

    let broken = "HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{\"id\":".to_owned();
    let outcome = get(broken, Exchange::new()).await;
    assert!(outcome.result.is_err());
    assert_eq!(outcome.response.unwrap().body, Body::Incomplete);
}
