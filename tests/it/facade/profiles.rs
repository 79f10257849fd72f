//! Server profiles and previews.

use deploystatus::{
    Advice, ErrorKind, InvalidValue, NewStatus, Preview, RejectionKind, ServerProfile, State,
};
use deploystatus_emulator::Fault;
use serde_json::json;
use tests::{Scene, on_tokio_time};

const NONE: &[Preview] = &[];

async fn scene_of(server: &str, profile: ServerProfile) -> Scene {
    let github = on_tokio_time().profile(server.parse().unwrap());
    Scene::with(github, |client| client.profile(profile)).await
}

#[test]
fn required_previews_depend_on_state_and_fields() {
    let success = || NewStatus::new(State::Success);
    let cases = [
        (success(), NONE),
        (success().description("Live"), NONE),
        (success().target_url("https://ci.example.com/7"), NONE),
        (
            success().log_url("https://ci.example.com/7"),
            &[Preview::AntMan],
        ),
        (
            success().environment_url("https://example.com"),
            &[Preview::AntMan],
        ),
        (success().auto_inactive(true), &[Preview::AntMan]),
        (success().environment("staging"), &[Preview::Flash]),
        (NewStatus::new(State::Failure), NONE),
        (NewStatus::new(State::Pending), NONE),
        (NewStatus::new(State::Inactive), &[Preview::AntMan]),
        (NewStatus::new(State::Queued), &[Preview::Flash]),
        (NewStatus::new(State::InProgress), &[Preview::Flash]),
        (
            NewStatus::new(State::InProgress).log_url("https://ci.example.com/7"),
            Preview::ALL,
        ),
    ];
    for (status, previews) in cases {
        assert_eq!(status.required_previews(), previews, "{status:?}");
    }
}

#[test]
fn previews_have_names_and_media_types() {
    let shown: Vec<_> = Preview::ALL.iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["ant-man", "flash"]);
    for preview in Preview::ALL {
        let name = preview.name();
        assert_eq!(
            preview.media_type(),
            format!("application/vnd.github.{name}-preview+json")
        );
        assert_eq!(serde_json::to_value(preview).unwrap(), json!(name));
    }
}

#[test]
fn profiles_match_the_documented_table() {
    let github = Some("2026-03-10");
    let cases = [
        (ServerProfile::github(), "github", NONE, github),
        (ServerProfile::enterprise(3, 22), "ghes 3.22", NONE, github),
        (ServerProfile::enterprise(3, 21), "ghes 3.21", NONE, github),
        (
            ServerProfile::enterprise(3, 20),
            "ghes 3.20",
            NONE,
            Some("2022-11-28"),
        ),
        (
            ServerProfile::enterprise(3, 8),
            "ghes 3.8",
            NONE,
            Some("2022-11-28"),
        ),
        (ServerProfile::enterprise(3, 7), "ghes 3.7", NONE, None),
        (ServerProfile::enterprise(3, 3), "ghes 3.3", NONE, None),
        (
            ServerProfile::enterprise(3, 2),
            "ghes 3.2",
            Preview::ALL,
            None,
        ),
        (
            ServerProfile::enterprise(2, 18),
            "ghes 2.18",
            Preview::ALL,
            None,
        ),
        (
            ServerProfile::enterprise_of_unknown_version(),
            "ghes",
            Preview::ALL,
            Some("2022-11-28"),
        ),
    ];
    for (profile, text, previews, version) in cases {
        assert_eq!(profile.to_string(), text);
        assert_eq!(text.parse::<ServerProfile>().unwrap(), profile);
        assert_eq!(profile.previews(), previews, "{text}");
        assert_eq!(profile.api_version(), version, "{text}");
    }
    for (text, profile) in [
        (" GitHub ", "github"),
        ("ghes:3.12", "ghes 3.12"),
        ("GHES 3.12.4", "ghes 3.12"),
    ] {
        let parsed: ServerProfile = text.parse().unwrap();
        assert_eq!(parsed.to_string(), profile);
    }
    for text in ["", "ghe", "ghes 3", "ghes x.y", "ghes-3.12", "3.12"] {
        let error: InvalidValue = text.parse::<ServerProfile>().unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "invalid server profile {text:?}: expected github, ghes, or ghes and a version such as ghes 3.12"
            )
        );
    }
}

#[test]
fn profile_serializes_with_headers() {
    let profile = ServerProfile::enterprise(2, 22).with_previews([Preview::Flash]);
    assert_eq!(
        serde_json::to_value(&profile).unwrap(),
        json!({
            "server": "ghes 2.22",
            "previews": ["flash"],
            "accept": "application/vnd.github.flash-preview+json",
            "api_version": null,
        })
    );
    let profile = ServerProfile::github().without_api_version();
    assert_eq!(profile.api_version(), None);
    assert_eq!(profile.accept(), "application/vnd.github+json");
    for version in ["", "2026", "2026-3-10", "2026-03-10T00", "yyyy-mm-dd"] {
        let error = ServerProfile::github().with_api_version(version);
        assert_eq!(
            error.unwrap_err().to_string(),
            format!("invalid API version {version:?}: expected a date such as 2026-03-10")
        );
    }
}

#[tokio::test(start_paused = true)]
async fn omitted_preview_is_rejected_before_sending() {
    let profile = ServerProfile::enterprise(2, 22).with_previews([Preview::AntMan]);
    let scene = scene_of("ghes:2.22", profile.clone()).await;
    let create = |state| scene.deployment.create_status(NewStatus::new(state));
    let error = create(State::InProgress).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidValue);
    assert_eq!(
        error.to_string(),
        "status \"in_progress\" requires the flash preview, which the profile \"ghes 2.22\" leaves out"
    );
    assert!(scene.github.requests().is_empty());
    create(State::Success).await.unwrap();

    // The profile of a handle is as explicit as that of a client.
    let scene = Scene::start().await;
    let handle = scene.deployment.with_profile(profile);
    let error = handle
        .create_status(NewStatus::new(State::Queued))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidValue);
    assert!(scene.github.requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn servers_without_gates_get_every_status() {
    for (server, profile) in [
        ("github", ServerProfile::github()),
        ("ghes:3.3", ServerProfile::enterprise(3, 3)),
        (
            "ghes:3.3",
            ServerProfile::enterprise_of_unknown_version().with_previews([]),
        ),
    ] {
        let scene = scene_of(server, profile).await;
        let status = NewStatus::new(State::InProgress).log_url("https://ci.example.com/7");
        scene.deployment.create_status(status).await.unwrap();
        assert_eq!(scene.stored(), ["in_progress"], "{server}");
    }
}

#[tokio::test(start_paused = true)]
async fn rejection_for_a_missing_preview_is_explained() {
    let scene = scene_of("ghes:2.22", ServerProfile::github()).await;
    let status = || NewStatus::new(State::InProgress);
    let error = scene.deployment.create_status(status()).await.unwrap_err();
    assert_eq!(error.status(), Some(422));
    assert_eq!(error.advice(), Some(Advice::EnablePreviews));

    let about_state = json!({"message": "Validation Failed", "errors": [
        {"resource": "DeploymentStatus", "code": "invalid", "field": "state"}
    ]});
    for fault in [
        Fault::status(422).body(about_state),
        Fault::status(415).body(json!({"message": "Unsupported 'Accept' header"})),
    ] {
        let scene = Scene::start().await;
        scene.fault(fault);
        let error = scene.deployment.create_status(status()).await.unwrap_err();
        assert_eq!(
            error.rejection().unwrap().kind(),
            RejectionKind::PreviewRequired
        );
        assert_eq!(error.advice(), Some(Advice::EnablePreviews));
    }
}

#[tokio::test(start_paused = true)]
async fn other_invalid_fields_are_not_about_previews() {
    let scene = Scene::start().await;
    let about_url = json!({"message": "Validation Failed", "errors": [
        {"resource": "DeploymentStatus", "code": "invalid", "field": "log_url"}
    ]});
    scene.fault(Fault::status(422).body(about_url));
    let status = NewStatus::new(State::InProgress);
    let error = scene.deployment.create_status(status).await.unwrap_err();
    assert_eq!(error.advice(), None);
}

#[tokio::test(start_paused = true)]
async fn request_is_repeated_once_with_a_detected_profile() {
    for code in [400, 410, 415] {
        let github = on_tokio_time().profile("ghes:3.12".parse().unwrap());
        let scene = Scene::with_emulator(github).await;
        let fault = Fault::status(code).header("x-github-enterprise-version", "3.12.4");
        scene.fault(fault.clone());
        let status = NewStatus::new(State::Success);
        scene.deployment.create_status(status).await.unwrap();
        assert_eq!(scene.responses(), [Some(code), Some(201)]);
        let requests = scene.github.requests();
        assert_eq!(
            requests[1].header("accept"),
            Some("application/vnd.github+json")
        );

        // The second response reveals no other version.
        scene.fault(fault);
        let error = scene.deployment.get_status(1).await.unwrap_err();
        assert_eq!(error.status(), Some(code));
        assert_eq!(scene.responses().len(), 3);
    }
}

#[tokio::test(start_paused = true)]
async fn request_is_not_repeated_for_other_reasons() {
    for (code, version) in [(400, None), (404, Some("3.12.4")), (422, Some("3.12.4"))] {
        let scene = Scene::start().await;
        let fault = Fault::status(code);
        scene.fault(match version {
            Some(version) => fault.header("x-github-enterprise-version", version),
            None => fault,
        });
        let error = scene.deployment.get_status(1).await.unwrap_err();
        assert_eq!(error.status(), Some(code));
        assert_eq!(scene.responses(), [Some(code)]);
    }
}
