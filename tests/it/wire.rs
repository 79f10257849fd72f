//! HTTP requests of the three operations.

use deploystatus_generated::types::ReposCreateDeploymentStatusBody as Body;
use deploystatus_generated::{Exchange, State};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue};
use serde_json::json;
use tests::{OneCall, status_body};
use wiremock::ResponseTemplate;

const STATUSES: &str = "/repos/octocat/example/deployments/42/statuses";

fn created() -> ResponseTemplate {
    ResponseTemplate::new(201).set_body_json(status_body())
}

fn listed() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!([status_body()]))
}

fn body(state: State) -> Body {
    Body {
        state,
        auto_inactive: None,
        description: None,
        environment: None,
        environment_url: None,
        log_url: None,
        target_url: None,
    }
}

#[tokio::test]
async fn list_sends_no_query_by_default() {
    let call = OneCall::with_response(listed()).await;
    let list = call
        .client
        .repos_list_deployment_statuses(&call.owner, &call.repo, 42, None, None);
    assert_eq!(list.await.unwrap().len(), 1);

    let request = call.request().await;
    assert_eq!(request.method.as_str(), "GET");
    assert_eq!(request.url.path(), STATUSES);
    assert_eq!(request.url.query(), None);
    assert!(request.body.is_empty());
}

#[tokio::test]
async fn list_sends_page_and_size() {
    let call = OneCall::with_response(listed()).await;
    call.client
        .repos_list_deployment_statuses(&call.owner, &call.repo, 42, Some(3), Some(100))
        .await
        .unwrap();
    assert_eq!(
        call.request().await.url.query(),
        Some("page=3&per_page=100")
    );
}

#[tokio::test]
async fn create_sends_only_the_state_by_default() {
    let call = OneCall::with_response(created()).await;
    let status = call
        .client
        .repos_create_deployment_status(&call.owner, &call.repo, 42, &body(State::InProgress))
        .await
        .unwrap();
    assert_eq!(status.id, 5_000_000_001);

    let request = call.request().await;
    assert_eq!(request.method.as_str(), "POST");
    assert_eq!(request.url.path(), STATUSES);
    assert_eq!(request.url.query(), None);
    assert_eq!(request.headers["content-type"], "application/json");
    assert_eq!(
        String::from_utf8(request.body).unwrap(),
        r#"{"state":"in_progress"}"#
    );
}

#[tokio::test]
async fn create_sends_all_set_fields_unchanged() {
    let call = OneCall::with_response(created()).await;
    let full = Body {
        auto_inactive: Some(false),
        description: Some("Zwölf \"Pods\" ✓".to_owned()),
        environment: Some("production".to_owned()),
        environment_url: Some("https://example.com".to_owned()),
        log_url: Some("https://ci.example/runs/7".to_owned()),
        target_url: Some(String::new()),
        ..body(State::Success)
    };
    call.client
        .repos_create_deployment_status(&call.owner, &call.repo, 42, &full)
        .await
        .unwrap();
    assert_eq!(
        String::from_utf8(call.request().await.body).unwrap(),
        r#"{"auto_inactive":false,"description":"Zwölf \"Pods\" ✓","environment":"production","environment_url":"https://example.com","log_url":"https://ci.example/runs/7","state":"success","target_url":""}"#
    );
}

#[tokio::test]
async fn get_accepts_ids_beyond_32_bits() {
    let call =
        OneCall::with_response(ResponseTemplate::new(200).set_body_json(status_body())).await;
    let status = call
        .client
        .repos_get_deployment_status(&call.owner, &call.repo, 4_294_967_297, 5_000_000_001)
        .await
        .unwrap();
    assert_eq!(status.id, 5_000_000_001);

    let request = call.request().await;
    assert_eq!(request.method.as_str(), "GET");
    assert_eq!(
        request.url.path(),
        "/repos/octocat/example/deployments/4294967297/statuses/5000000001"
    );
    assert!(request.body.is_empty());
}

#[tokio::test]
async fn exchange_headers_replace_generated_ones() {
    let mut headers = HeaderMap::new();
    headers.insert(
        ACCEPT,
        HeaderValue::from_static("application/vnd.github+json"),
    );
    headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer sesame"));
    let exchange = Exchange::new().headers(headers);
    let call = OneCall::with_exchange(created(), exchange).await;
    call.client
        .repos_create_deployment_status(&call.owner, &call.repo, 42, &body(State::Queued))
        .await
        .unwrap();

    let headers = call.request().await.headers;
    let accepted: Vec<_> = headers.get_all("accept").iter().collect();
    assert_eq!(accepted, ["application/vnd.github+json"]);
    assert_eq!(headers["authorization"], "Bearer sesame");
}

#[tokio::test]
async fn generated_version_header_is_not_sent() {
    let call = OneCall::with_response(listed()).await;
    call.client
        .repos_list_deployment_statuses(&call.owner, &call.repo, 42, None, None)
        .await
        .unwrap();
    assert!(!call.request().await.headers.contains_key("api-version"));
}

#[test]
fn debug_of_exchange_hides_header_values() {
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer sesame"));
    let shown = format!("{:?}", Exchange::new().headers(headers));
    assert!(
        shown.contains("authorization") && !shown.contains("sesame"),
        "{shown}"
    );
}
