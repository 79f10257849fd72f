//! Clients and handles: what they are made from, and what cannot be used.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use deploystatus::{Client, ClientBuilder, Error, NewStatus, State};
use deploystatus_emulator::Fault;

use super::{Scene, TOKEN};

#[track_caller]
fn refused(builder: ClientBuilder, message: &str) {
    let error = builder.build().unwrap_err();
    assert!(matches!(error, Error::Invalid(_)), "{error:?}");
    assert_eq!(error.to_string(), message);
}

#[test]
fn settings_that_cannot_be_used_are_named() {
    let client = Client::builder;
    refused(client().token("  "), "token is empty");
    refused(
        client().token("two words"),
        "token has a space or another character that tokens do not have",
    );
    refused(
        client().base_url("git.example.com"),
        "base_url is not an address such as https://github.example.com/api/v3: git.example.com",
    );
    refused(
        client().base_url("ftp://git.example.com"),
        "base_url has to start with https:// or http://: ftp://git.example.com",
    );
    refused(
        client().base_url("https://me:secret@git.example.com"),
        "base_url must not have a name or password in it: …@git.example.com",
    );
    refused(
        client().base_url("https://git.example.com/?a=b"),
        "base_url must not have a query or fragment: https://git.example.com/?a=b",
    );
    refused(
        client().user_agent("\n"),
        "user_agent is empty or has characters a header cannot have",
    );
    refused(
        client().timeout(Duration::ZERO),
        "timeout is zero, which leaves no time for anything",
    );
    refused(
        client().root_certificates("nothing"),
        "root_certificates has no certificate in PEM",
    );
    refused(
        client().proxy("http://[oops"),
        "proxy is not an address such as http://proxy.example.com:3128",
    );
}

#[test]
fn the_timeouts_in_the_documentation_hold() {
    let shown = format!("{:?}", Client::builder());
    assert!(shown.contains(" timeout: 30s"), "{shown}");
    assert!(shown.contains("connect_timeout: 10s"), "{shown}");
    let agent = format!("user_agent: \"deploystatus/{}\"", env!("CARGO_PKG_VERSION"));
    assert!(shown.contains(&agent), "{shown}");
}

#[test]
fn a_token_travels_over_plain_http_to_this_machine_alone_unless_allowed() {
    let plain = || {
        Client::builder()
            .token(TOKEN)
            .base_url("http://git.example.com")
    };
    refused(
        plain(),
        "base_url is plain http, where anybody on the way can read the token; \
         use https, or `allow_plain_http` if you must",
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
fn names_that_github_does_not_give_out_are_refused() {
    let client = Client::builder().build().unwrap();
    let cases = [
        (
            "example",
            "repository is written owner/repo, such as octocat/example, and not \"example\"",
        ),
        (
            "https://github.com/octocat/example",
            "repository is written owner/repo, such as octocat/example, and not \"https://github.com/octocat/example\"",
        ),
        ("octocat/", "repo \"\" cannot be used: a name is empty"),
        (
            "octocat/..",
            "repo \"..\" cannot be used: a name is made of dots alone",
        ),
        (
            "octocat/example.git",
            "repo is written without .git: \"example\" and not \"example.git\"",
        ),
    ];
    for (name, message) in cases {
        assert_eq!(
            client.deployment(name, 42).unwrap_err().to_string(),
            message
        );
    }
    let error = client.deployment_in("octo cat", "example", 42).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("owner \"octo cat\" cannot be used: a name has the character ' '")
    );
    for id in [0, u64::MAX] {
        let error = client.deployment("octocat/example", id).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("deployment id {id} cannot be one")
        );
    }
    let deployment = client.deployment_in("octocat", "example", 42).unwrap();
    assert_eq!(
        (deployment.repository().as_str(), deployment.id()),
        ("octocat/example", 42)
    );
}

#[tokio::test]
async fn a_source_of_tokens_is_asked_before_every_attempt() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let scene = Scene::with(deploystatus_emulator::Emulator::builder(), |client| {
        client.token_source(move || {
            let number = counter.fetch_add(1, Ordering::SeqCst);
            async move { Ok::<_, std::io::Error>(format!("token-{number}")) }
        })
    })
    .await;
    scene.github.fault(Fault::status(502));
    scene.deployment.statuses().newest().await.unwrap();
    let requests = scene.github.requests();
    let tokens: Vec<_> = requests
        .iter()
        .map(|it| it.header("authorization").unwrap())
        .collect();
    assert_eq!(tokens, ["Bearer token-0", "Bearer token-1"]);
}

#[tokio::test]
async fn a_source_of_tokens_that_fails_ends_the_call_with_its_own_error() {
    let scene = Scene::with(deploystatus_emulator::Emulator::builder(), |client| {
        client.token_source(|| async { Err::<String, _>("the vault is closed") })
    })
    .await;
    let report = NewStatus::new(State::Success);
    let error = scene.deployment.create_status(report).await.unwrap_err();
    assert_eq!(error.to_string(), "the source of tokens failed");
    let cause = std::error::Error::source(&error).unwrap();
    assert_eq!(cause.to_string(), "the vault is closed");
    assert!(scene.github.requests().is_empty());
}

#[tokio::test]
async fn what_a_client_learned_is_shared_by_its_clones() {
    let github = deploystatus_emulator::Emulator::builder().profile("ghes:3.12".parse().unwrap());
    let scene = Scene::with(github, |client| client).await;
    let clone = scene.client.clone();
    scene.deployment.statuses().newest().await.unwrap();
    assert_eq!(
        clone.profile(),
        deploystatus::ServerProfile::enterprise(3, 12)
    );
    assert_eq!(clone.rate_limit(), None);

    let scene = Scene::start().await;
    let clone = scene.client.clone();
    scene.deployment.statuses().newest().await.unwrap();
    assert_eq!(clone.rate_limit().unwrap().limit, 5000);
}

#[test]
fn everything_can_be_sent_between_threads() {
    fn sendable<T: Send + Sync>(_: &T) {}
    fn movable<T: Send>(_: &T) {}
    let client = Client::builder().build().unwrap();
    let deployment = client.deployment("octocat/example", 42).unwrap();
    let mut pages = deployment.statuses();
    sendable(&client);
    sendable(&deployment);
    sendable(&pages);
    movable(&deployment.create_status(NewStatus::new(State::Success)));
    movable(&deployment.create_status_if_changed(NewStatus::new(State::Success)));
    movable(&deployment.get_status(1));
    movable(&deployment.statuses().newest());
    movable(&deployment.statuses().collect::<Vec<_>>());
    movable(&deployment.statuses().into_stream());
    movable(&deployment.statuses().into_page_stream());
    movable(&pages.next_page());
}
