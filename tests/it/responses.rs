//! Responses of every kind, through the generated client and its exchange.

use std::time::Duration;

use deploystatus_generated::types::{DeploymentStatus, ReposCreateDeploymentStatusBody};
use deploystatus_generated::{Body, Error, Exchange, RecordedResponse, ResponseValue, State};
use serde_json::{Value, json};
use tests::{OneCall, status_body};
use wiremock::ResponseTemplate;

type Outcome = Result<ResponseValue<DeploymentStatus>, Error<()>>;

async fn get(call: &OneCall) -> Outcome {
    call.client
        .repos_get_deployment_status(&call.owner, &call.repo, 42, 7)
        .await
}

/// Decodes today's status after this change.
async fn read(change: impl FnOnce(&mut Value)) -> Outcome {
    let mut body = status_body();
    change(&mut body);
    get(&OneCall::with_response(ResponseTemplate::new(200).set_body_json(body)).await).await
}

#[track_caller]
fn complete_body(response: &RecordedResponse) -> &str {
    match &response.body {
        Body::Complete(bytes) => std::str::from_utf8(bytes).unwrap(),
        other => panic!("the body is {other:?}"),
    }
}

#[tokio::test]
async fn exchange_holds_the_complete_response() {
    let response = ResponseTemplate::new(200)
        .insert_header("x-github-request-id", "CAFE:1")
        .set_body_json(status_body());
    let call = OneCall::with_response(response).await;
    let status = get(&call).await.unwrap().into_inner();
    assert_eq!(status.state, State::Success);
    assert_eq!(status.created_at.to_string(), "2026-03-14T09:26:53Z");
    assert_eq!(
        status.creator.unwrap().get().unwrap().login.as_deref(),
        Some("octocat")
    );
    assert_eq!(status.performed_via_github_app, None);

    let response = call.response();
    assert_eq!(response.status, 200);
    assert_eq!(response.headers["x-github-request-id"], "CAFE:1");
    assert!(response.url.path().ends_with("/deployments/42/statuses/7"));
    assert_eq!(
        serde_json::from_str::<Value>(complete_body(&response)).unwrap(),
        status_body()
    );
}

#[tokio::test]
async fn status_201_is_the_created_status() {
    let call =
        OneCall::with_response(ResponseTemplate::new(201).set_body_json(status_body())).await;
    let body: ReposCreateDeploymentStatusBody =
        serde_json::from_value(json!({"state": "success"})).unwrap();
    let created = call
        .client
        .repos_create_deployment_status(&call.owner, &call.repo, 42, &body)
        .await;
    assert_eq!(created.unwrap().into_inner().id, 5_000_000_001);
    assert_eq!(call.response().status, 201);
}

#[tokio::test]
async fn status_304_keeps_its_etag() {
    let call =
        OneCall::with_response(ResponseTemplate::new(304).insert_header("etag", "\"abc\"")).await;
    assert!(get(&call).await.is_err());
    let response = call.response();
    assert_eq!(response.status, 304);
    assert_eq!(response.headers["etag"], "\"abc\"");
    assert_eq!(complete_body(&response), "");
}

#[tokio::test]
async fn rejections_keep_their_body() {
    for (status, body) in [
        (404, json!({"message": "Not Found", "status": "404"})),
        (
            422,
            json!({"message": "Validation Failed", "errors": "state is not included in the list"}),
        ),
    ] {
        let call = OneCall::with_response(ResponseTemplate::new(status).set_body_json(&body)).await;
        assert!(get(&call).await.is_err());
        let response = call.response();
        assert_eq!(response.status, status);
        assert_eq!(
            serde_json::from_str::<Value>(complete_body(&response)).unwrap(),
            body
        );
    }
}

#[tokio::test]
async fn html_error_keeps_its_body() {
    let page = "<!doctype html><title>Unicorn!</title>";
    let response = ResponseTemplate::new(502).set_body_raw(page, "text/html");
    let call = OneCall::with_response(response).await;
    assert!(get(&call).await.is_err());
    let response = call.response();
    assert_eq!(response.status, 502);
    assert_eq!(complete_body(&response), page);
}

#[tokio::test]
async fn truncated_response_keeps_status_and_headers() {
    let call = OneCall::with_raw_response(
        "HTTP/1.1 201 Created\r\nx-github-request-id: CAFE:2\r\ncontent-length: 900\r\n\r\n{\"id\":",
    )
    .await;
    assert!(matches!(
        get(&call).await,
        Err(Error::CommunicationError(_))
    ));
    let response = call.response();
    assert_eq!(response.status, 201);
    assert_eq!(response.headers["x-github-request-id"], "CAFE:2");
    assert_eq!(response.body, Body::Incomplete);
}

#[tokio::test]
async fn missing_response_leaves_exchange_empty() {
    let call = OneCall::with_raw_response("").await;
    assert!(matches!(
        get(&call).await,
        Err(Error::CommunicationError(_))
    ));
    assert!(call.exchange.take_response().is_none());
}

#[tokio::test]
async fn oversized_body_is_rejected() {
    let body = status_body();
    let length = body.to_string().len();
    for (limit, expected) in [(length, true), (length - 1, false)] {
        let response = ResponseTemplate::new(200).set_body_json(&body);
        let call = OneCall::with_exchange(response, Exchange::new().body_limit(limit)).await;
        assert_eq!(get(&call).await.is_ok(), expected, "a limit of {limit}");
        assert_eq!(
            call.response().body == Body::TooLarge,
            !expected,
            "a limit of {limit}"
        );
    }
}

#[tokio::test]
async fn oversized_chunked_body_is_rejected() {
    let chunks = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n800000\r\n".to_owned()
        + &" ".repeat(0x80_0000)
        + "\r\n2\r\n{}\r\n0\r\n\r\n";
    let call = OneCall::with_raw_response(chunks).await;
    assert!(get(&call).await.is_err());
    assert_eq!(call.response().body, Body::TooLarge);
}

#[tokio::test]
async fn call_ends_after_timeout() {
    let late = ResponseTemplate::new(200).set_delay(Duration::from_secs(60));
    let exchange = Exchange::new().timeout(Duration::from_millis(20));
    let call = OneCall::with_exchange(late, exchange).await;
    let Err(Error::CommunicationError(error)) = get(&call).await else {
        panic!("the call did not end");
    };
    assert!(error.is_timeout(), "{error:?}");
}

#[tokio::test]
async fn unknown_state_is_preserved() {
    let status = read(|body| body["state"] = json!("paused")).await.unwrap();
    assert_eq!(status.state, State::Unknown("paused".to_owned()));
    let status = read(|body| body["state"] = json!("waiting")).await.unwrap();
    assert_eq!(status.state, State::Waiting);
}

#[tokio::test]
async fn status_requires_id_state_and_created_at() {
    let least = json!({"id": 7, "state": "queued", "created_at": "2014-01-09T12:00:00Z"});
    assert!(read(|body| *body = least.clone()).await.is_ok());
    for field in ["id", "state", "created_at"] {
        let outcome = read(|body| {
            *body = least.clone();
            body.as_object_mut().unwrap().remove(field);
        });
        assert!(
            outcome.await.is_err(),
            "a status without `{field}` was read"
        );
    }
}

#[tokio::test]
async fn malformed_optional_fields_are_ignored() {
    let malformed = [
        json!(null),
        json!(17),
        json!(true),
        json!(1.5),
        json!([{}]),
        json!({"a": [1]}),
        json!(""),
    ];
    for field in status_body().as_object().unwrap().keys() {
        if ["id", "state", "created_at"].contains(&field.as_str()) {
            continue;
        }
        for value in &malformed {
            let status = read(|body| body[field] = value.clone()).await;
            assert!(status.is_ok(), "`{field}` as {value}: {:?}", status.err());
        }
    }
}

#[tokio::test]
async fn malformed_creator_is_ignored() {
    let status = read(|body| body["creator"] = json!(["octocat"]))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(status.creator, None);
}
