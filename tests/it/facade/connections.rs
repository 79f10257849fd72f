//! Connections through TLS and proxies.

use deploystatus::{Advice, Client, ErrorKind, NewStatus, RetryPolicy, State};
use tests::TOKEN;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

#[tokio::test]
async fn server_without_tls_is_unreachable() {
    let server = MockServer::start().await;
    let client = Client::builder()
        .base_url(server.uri().replace("http://", "https://"))
        .token(TOKEN)
        .retry_policy(RetryPolicy::never())
        .build()
        .unwrap();
    let deployment = client.deployment("octocat/example", 42).unwrap();
    let report = NewStatus::new(State::Success);
    let error = deployment.create_status(report).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect, "{error:?}");
    assert_eq!(error.advice(), Some(Advice::CheckConnection));
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn configured_proxy_is_used() {
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
    assert_eq!(deployment.latest_status().await.unwrap(), None);
    let request = &proxy.received_requests().await.unwrap()[0];
    assert_eq!(request.headers["host"], "git.example.com");
    assert_eq!(
        request.url.path(),
        "/api/v3/repos/octocat/example/deployments/42/statuses"
    );
}

#[tokio::test]
async fn system_certificates_can_be_disabled() {
    let client = Client::builder()
        .base_url("https://127.0.0.1:1")
        .without_system_certificates()
        .retry_policy(RetryPolicy::never())
        .build()
        .unwrap();
    let deployment = client.deployment("octocat/example", 42).unwrap();
    let error = deployment.get_status(1).await.unwrap_err();
    assert_eq!(error.to_string(), "cannot connect to the server");
}

/// Runs in another process, which has a proxy in its environment.
const PROXIED: &str = "DEPLOYSTATUS_TEST_PROXIED";

#[tokio::test]
async fn environment_proxy_is_used_by_default() {
    if std::env::var_os(PROXIED).is_some() {
        let read = async |client: deploystatus::ClientBuilder| {
            let client = client.base_url("http://git.example.invalid/api/v3");
            let deployment = client.retry_policy(RetryPolicy::never()).build().unwrap();
            let deployment = deployment.deployment("octocat/example", 42).unwrap();
            deployment.latest_status().await
        };
        assert_eq!(read(Client::builder()).await.unwrap(), None);
        let error = read(Client::builder().no_proxy()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect);
        return;
    }
    let proxy = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_string("[]"))
        .expect(1)
        .mount(&proxy)
        .await;
    let test = "facade::connections::environment_proxy_is_used_by_default";
    let mut process = tests::another_process(test, PROXIED, "");
    process
        .env("http_proxy", proxy.uri())
        .env_remove("no_proxy");
    let status = tokio::task::spawn_blocking(move || process.status().unwrap());
    assert!(status.await.unwrap().success());
}
