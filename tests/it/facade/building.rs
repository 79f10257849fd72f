//! Settings of clients, and handles.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use deploystatus::{Client, ClientBuilder, ErrorKind, NewStatus, ServerProfile, State, WaitPolicy};
use deploystatus_emulator::Fault;
use tests::{Scene, TOKEN};

#[track_caller]
fn assert_rejected(builder: ClientBuilder, message: &str) {
    let error = builder.build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidValue, "{error:?}");
    assert_eq!(error.to_string(), message);
}

#[test]
fn invalid_settings_are_named() {
    let client = Client::builder;
    assert_rejected(client().token("  "), "the token is empty");
    assert_rejected(
        client().token("two words"),
        "the token contains a space or another character that tokens never contain",
    );
    assert_rejected(
        client().base_url("git.example.com"),
        "invalid base URL \"git.example.com\": expected a URL such as https://github.example.com/api/v3",
    );
    assert_rejected(
        client().base_url("ftp://git.example.com"),
        "invalid base URL \"ftp://git.example.com\": expected https:// or http://",
    );
    assert_rejected(
        client().base_url("https://me:secret@git.example.com"),
        "invalid base URL \"…@git.example.com\": expected no user name or password",
    );
    assert_rejected(
        client().base_url("https://git.example.com/?a=b"),
        "invalid base URL \"https://git.example.com/\": expected no query or fragment",
    );
    assert_rejected(
        client().user_agent("\n"),
        "invalid user agent \"\\n\": expected printable characters",
    );
    assert_rejected(
        client().timeout(Duration::ZERO),
        "timeout must be greater than zero",
    );
    assert_rejected(
        client().root_certificates("nothing"),
        "invalid root certificates: expected one or more certificates in PEM format",
    );
    assert_rejected(
        client().proxy("http://[oops"),
        "invalid proxy URL: expected a URL such as http://proxy.example.com:3128",
    );
}

#[test]
fn defaults_match_the_documentation() {
    let shown = format!("{:?}", Client::builder());
    assert!(shown.contains(" timeout: 30s"), "{shown}");
    assert!(shown.contains("connect_timeout: 10s"), "{shown}");
    let agent = format!("user_agent: \"deploystatus/{}\"", env!("CARGO_PKG_VERSION"));
    assert!(shown.contains(&agent), "{shown}");
}

#[test]
fn plain_http_is_limited_to_loopback() {
    let plain = || {
        Client::builder()
            .token(TOKEN)
            .base_url("http://git.example.com")
    };
    assert_rejected(
        plain(),
        "insecure base URL \"http://git.example.com/api/v3\": expected https, because http would expose the token",
    );
    assert!(plain().allow_plain_http().build().is_ok());
    for local in ["http://localhost:1", "http://127.0.0.2:1", "http://[::1]:1"] {
        assert!(
            Client::builder()
                .token(TOKEN)
                .base_url(local)
                .build()
                .is_ok(),
            "{local}"
        );
    }
    assert!(
        Client::builder()
            .base_url("http://git.example.com")
            .build()
            .is_ok()
    );
}

#[test]
fn invalid_repository_names_are_rejected() {
    let client = Client::builder().build().unwrap();
    let expected = "expected OWNER/NAME, such as octocat/example";
    for name in [
        "example",
        "https://github.com/octocat/example",
        "octocat/",
        "octocat/..",
        "octo cat/example",
    ] {
        let error = client.deployment(name, 42).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("invalid repository {name:?}: {expected}")
        );
    }
    let error = client.deployment("octocat/example.git", 42).unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid repository \"octocat/example.git\": expected no .git at the end: octocat/example"
    );
    for id in [0, u64::MAX] {
        let error = client.deployment("octocat/example", id).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "invalid deployment ID {id}: expected a number from 1 to {}",
                i64::MAX
            )
        );
    }
    let deployment = client.deployment("octocat/example", 42).unwrap();
    assert_eq!(
        (deployment.repository().as_str(), deployment.id()),
        ("octocat/example", 42)
    );
}

#[tokio::test]
async fn token_source_is_called_for_each_attempt() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let scene = Scene::with_client(|client| {
        client.token_source(move || {
            let number = counter.fetch_add(1, Ordering::SeqCst);
            async move { Ok::<_, std::io::Error>(format!("token-{number}")) }
        })
    })
    .await;
    scene.fault(Fault::status(502));
    scene.deployment.latest_status().await.unwrap();
    let requests = scene.github.requests();
    let tokens: Vec<_> = requests
        .iter()
        .map(|it| it.header("authorization").unwrap())
        .collect();
    assert_eq!(tokens, ["Bearer token-0", "Bearer token-1"]);
}

#[tokio::test]
async fn token_source_error_ends_the_call() {
    let scene = Scene::with_client(|client| {
        client.token_source(|| async { Err::<String, _>("the vault is closed") })
    })
    .await;
    let report = NewStatus::new(State::Success);
    let error = scene.deployment.create_status(report).await.unwrap_err();
    assert_eq!(error.to_string(), "the token source failed");
    let cause = std::error::Error::source(&error).unwrap();
    assert_eq!(cause.to_string(), "the vault is closed");
    assert!(scene.github.requests().is_empty());
}

#[tokio::test]
async fn clones_share_the_detected_profile() {
    let github = deploystatus_emulator::Emulator::builder().profile("ghes:3.12".parse().unwrap());
    let scene = Scene::with_emulator(github).await;
    let clone = scene.client.clone();
    scene.deployment.latest_status().await.unwrap();
    assert_eq!(clone.profile(), ServerProfile::enterprise(3, 12));
    assert_eq!(clone.rate_limit(), None);

    let scene = Scene::start().await;
    let clone = scene.client.clone();
    scene.deployment.latest_status().await.unwrap();
    assert_eq!(clone.rate_limit().unwrap().limit, 5000);
}

#[test]
fn public_types_and_futures_are_send() {
    fn is_sync<T: Send + Sync>(_: &T) {}
    fn is_send<T: Send>(_: &T) {}
    let client = Client::builder().build().unwrap();
    let deployment = client.deployment("octocat/example", 42).unwrap();
    let mut pages = deployment.statuses();
    is_sync(&client);
    is_sync(&deployment);
    is_sync(&pages);
    is_send(&deployment.create_status(NewStatus::new(State::Success)));
    is_send(&deployment.create_status_if_changed(NewStatus::new(State::Success)));
    is_send(&deployment.get_status(1));
    is_send(&deployment.latest_status());
    is_send(&deployment.statuses().collect::<Vec<_>>());
    is_send(&deployment.statuses().into_stream());
    is_send(&deployment.timeline());
    is_send(&deployment.wait(&WaitPolicy::new()).into_future());
    is_send(
        &deployment
            .wait_for(State::Inactive, &WaitPolicy::new())
            .into_future(),
    );
    is_send(&pages.next_page());
}
