//! Ways to a server, through TLS and proxies.

use deploystatus::{Client, Error, NewStatus, RetryPolicy, State};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::TOKEN;

#[tokio::test]
async fn a_server_that_does_not_speak_tls_is_unreachable_and_was_sent_nothing() {
    let server = MockServer::start().await;
    let client = Client::builder()
        .base_url(server.uri().replace("http://", "https://"))
        .token(TOKEN)
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    let deployment = client.deployment("octocat/example", 42).unwrap();
    let report = NewStatus::new(State::Success);
    let error = deployment.create_status(report).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable(_)), "{error:?}");
    assert!(error.hint().unwrap().contains("certificate"));
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_proxy_that_was_given_is_gone_through() {
    let proxy = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_string("[]"))
        .mount(&proxy)
        .await;
    let client = Client::builder()
        .base_url("http://git.example.com/api/v3")
        .proxy(proxy.uri())
        .build()
        .unwrap();
    let deployment = client.deployment("octocat/example", 42).unwrap();
    assert_eq!(deployment.statuses().newest().await.unwrap(), None);
    let request = &proxy.received_requests().await.unwrap()[0];
    assert_eq!(request.headers["host"], "git.example.com");
    assert_eq!(
        request.url.path(),
        "/api/v3/repos/octocat/example/deployments/42/statuses"
    );
}

#[tokio::test]
async fn certificates_that_were_given_can_be_the_only_ones() {
    let client = Client::builder()
        .base_url("https://127.0.0.1:1")
        .without_system_certificates()
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    let deployment = client.deployment("octocat/example", 42).unwrap();
    let error = deployment.get_status(1).await.unwrap_err();
    assert_eq!(error.to_string(), "no connection to the server was made");
}
