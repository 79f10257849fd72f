//! Detection of servers, and the headers that each kind receives.

use deploystatus::{Advice, Client, NewStatus, ServerProfile, State};
use deploystatus_emulator::{Emulator, NewStatus as Seeded, Profile, ReceivedRequest};
use tests::{Scene, TOKEN};

const PLAIN: &str = "application/vnd.github+json";
const PREVIEWS: &str =
    "application/vnd.github.ant-man-preview+json, application/vnd.github.flash-preview+json";

fn sent_headers(request: &ReceivedRequest) -> (&str, Option<&str>) {
    (
        request.header("accept").unwrap(),
        request.header("x-github-api-version"),
    )
}

#[tokio::test]
async fn headers_match_the_detected_server() {
    let cases = [
        (
            "github",
            (PLAIN, Some("2026-03-10")),
            (PLAIN, Some("2026-03-10")),
        ),
        (
            "ghes:3.22",
            (PREVIEWS, Some("2022-11-28")),
            (PLAIN, Some("2026-03-10")),
        ),
        (
            "ghes:3.21",
            (PREVIEWS, Some("2022-11-28")),
            (PLAIN, Some("2026-03-10")),
        ),
        (
            "ghes:3.20",
            (PREVIEWS, Some("2022-11-28")),
            (PLAIN, Some("2022-11-28")),
        ),
        (
            "ghes:3.8",
            (PREVIEWS, Some("2022-11-28")),
            (PLAIN, Some("2022-11-28")),
        ),
        ("ghes:3.7", (PREVIEWS, Some("2022-11-28")), (PLAIN, None)),
        ("ghes:3.3", (PREVIEWS, Some("2022-11-28")), (PLAIN, None)),
        ("ghes:3.2", (PREVIEWS, Some("2022-11-28")), (PREVIEWS, None)),
        (
            "ghes:2.18",
            (PREVIEWS, Some("2022-11-28")),
            (PREVIEWS, None),
        ),
    ];
    for (profile, at_first, then) in cases {
        let profile: Profile = profile.parse().unwrap();
        let scene = Scene::with(Emulator::builder().profile(profile), |client| client).await;
        for state in [State::InProgress, State::Inactive] {
            let report = NewStatus::new(state)
                .environment("staging")
                .environment_url("https://example.com")
                .log_url("https://ci.example.com/7");
            let status = scene.deployment.create_status(report).await.unwrap().status;
            assert_eq!(
                status.log_url.as_deref(),
                Some("https://ci.example.com/7"),
                "{profile:?}"
            );
            assert_eq!(
                status.environment_url.as_deref(),
                Some("https://example.com")
            );
        }
        let requests = scene.github.requests();
        assert_eq!(sent_headers(&requests[0]), at_first, "{profile:?}");
        assert_eq!(sent_headers(&requests[1]), then, "{profile:?}");
    }
}

#[tokio::test]
async fn explicit_profile_is_not_replaced() {
    let github = Emulator::builder().profile("ghes:3.21".parse().unwrap());
    let scene = Scene::with(github, |client| {
        let newer = ServerProfile::enterprise(3, 21)
            .with_api_version("2026-03-10")
            .unwrap();
        client.profile(newer)
    })
    .await;
    for _ in 0..2 {
        scene.deployment.latest_status().await.unwrap();
    }
    let old = scene
        .deployment
        .clone()
        .with_profile(ServerProfile::enterprise(2, 22));
    old.latest_status().await.unwrap();
    let requests = scene.github.requests();
    assert_eq!(sent_headers(&requests[0]), (PLAIN, Some("2026-03-10")));
    assert_eq!(sent_headers(&requests[1]), (PLAIN, Some("2026-03-10")));
    assert_eq!(sent_headers(&requests[2]), (PREVIEWS, None));
}

#[tokio::test]
async fn unsupported_api_version_is_explained() {
    let scene = Scene::with_client(|client| {
        client.profile(
            ServerProfile::github()
                .with_api_version("2019-01-01")
                .unwrap(),
        )
    })
    .await;
    let error = scene.deployment.latest_status().await.unwrap_err();
    assert_eq!(error.status(), Some(400));
    assert!(
        error.to_string().contains("is not a supported version"),
        "{error}"
    );
    assert_eq!(error.advice(), Some(Advice::UseSupportedApiVersion));
}

#[tokio::test]
async fn log_url_falls_back_to_target_url() {
    let github = Emulator::builder().profile("ghes:2.22".parse().unwrap());
    let scene = Scene::with(github, |client| client.profile(ServerProfile::github())).await;
    let seeded = Seeded::new("success").log_url("https://ci.example.com/7");
    scene
        .github
        .create_status(scene.deployment.id(), seeded)
        .unwrap();
    let newest = scene.deployment.latest_status().await.unwrap().unwrap();
    assert_eq!(newest.log_url.as_deref(), Some("https://ci.example.com/7"));
}

#[tokio::test]
async fn requests_have_user_agent_and_token() {
    let scene = Scene::with_client(|client| client.user_agent("deploy-bot/2")).await;
    scene.deployment.latest_status().await.unwrap();
    let request = &scene.github.requests()[0];
    assert_eq!(request.header("user-agent"), Some("deploy-bot/2"));
    assert_eq!(
        request.header("authorization"),
        Some(format!("Bearer {TOKEN}").as_str())
    );
    assert_eq!(request.header("api-version"), None);
}

#[test]
fn base_urls_are_normalized() {
    let cases = [
        ("https://api.github.com", "https://api.github.com"),
        ("https://api.github.com/", "https://api.github.com"),
        ("https://github.com", "https://api.github.com"),
        ("https://octo.ghe.com", "https://api.octo.ghe.com"),
        ("https://api.octo.ghe.com/", "https://api.octo.ghe.com"),
        ("https://octo.ghe.com/api/v3", "https://api.octo.ghe.com"),
        (
            "https://api.octo.ghe.com/api/v3/",
            "https://api.octo.ghe.com",
        ),
        ("https://git.example.com", "https://git.example.com/api/v3"),
        ("https://git.example.com/", "https://git.example.com/api/v3"),
        (
            "https://git.example.com:8443/api/v3/",
            "https://git.example.com:8443/api/v3",
        ),
        (
            "https://proxy.example.com/github",
            "https://proxy.example.com/github",
        ),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ];
    for (given, completed) in cases {
        let client = Client::builder()
            .base_url(given)
            .token(TOKEN)
            .build()
            .unwrap();
        assert_eq!(client.base_url(), completed, "{given}");
    }
    let through_proxy = Client::builder()
        .base_url("https://proxy.example.com")
        .profile(ServerProfile::github())
        .build()
        .unwrap();
    assert_eq!(through_proxy.base_url(), "https://proxy.example.com");
}
