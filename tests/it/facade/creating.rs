//! Creation of statuses, and values that are rejected before sending.

use deploystatus::{Confirmation, CreateOutcome, ErrorKind, NewStatus, State};
use serde_json::{Value, json};
use tests::Scene;

#[tokio::test]
async fn created_status_has_all_given_fields() {
    let scene = Scene::start().await;
    let status = NewStatus::new(State::Success)
        .environment("production")
        .log_url("https://ci.example.com/7")
        .environment_url("https://example.com")
        .description("Live");
    let created = scene.deployment.create_status(status).await.unwrap();

    let CreateOutcome {
        status,
        confirmation,
        search,
        ..
    } = created;
    assert_eq!((confirmation, search), (Confirmation::Created, None));
    let stored = &scene.github.history(scene.deployment.id())[0];
    assert_eq!(status.id, stored.id);
    assert_eq!(status.state, State::Success);
    assert_eq!(status.environment.as_deref(), Some("production"));
    assert_eq!(status.log_url.as_deref(), Some("https://ci.example.com/7"));
    assert_eq!(status.target_url, status.log_url);
    assert_eq!(
        status.environment_url.as_deref(),
        Some("https://example.com")
    );
    assert_eq!(status.description.as_deref(), Some("Live"));
    assert_eq!(status.creator.unwrap().login(), "octocat");
}

#[tokio::test]
async fn unset_fields_are_not_sent() {
    let scene = Scene::start().await;
    let status = NewStatus::new(State::Queued).description("").log_url("");
    scene.deployment.create_status(status).await.unwrap();

    let sent = &scene.github.requests()[0];
    let body: Value = serde_json::from_str(&sent.body).unwrap();
    assert_eq!(body, json!({"state": "queued"}));
}

#[tokio::test]
async fn fields_are_sent_under_their_names() {
    let scene = Scene::start().await;
    let status = NewStatus::new(State::Inactive)
        .target_url("https://example.com/old")
        .auto_inactive(false);
    scene.deployment.create_status(status).await.unwrap();

    let body: Value = serde_json::from_str(&scene.github.requests()[0].body).unwrap();
    assert_eq!(
        body,
        json!({"state": "inactive", "target_url": "https://example.com/old", "auto_inactive": false})
    );
}

#[tokio::test]
async fn all_reportable_states_are_accepted() {
    let scene = Scene::start().await;
    let states: Vec<_> = State::KNOWN
        .iter()
        .filter(|state| state.can_be_reported())
        .collect();
    for state in &states {
        scene
            .deployment
            .create_status(NewStatus::new((*state).clone()))
            .await
            .unwrap();
    }
    assert_eq!(states.len(), 7);
    assert_eq!(
        scene.stored(),
        states
            .iter()
            .map(|state| state.as_str())
            .collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn invalid_status_is_rejected_before_sending() {
    let scene = Scene::start().await;
    let success = || NewStatus::new(State::Success);
    let cases = [
        (
            NewStatus::new(State::from("cancelled")),
            "state \"cancelled\" cannot be reported: expected error, failure, inactive, pending, success, queued, in_progress",
        ),
        (
            NewStatus::new(State::Waiting),
            "state \"waiting\" cannot be reported: expected error, failure, inactive, pending, success, queued, in_progress",
        ),
        (
            success().description("ü".repeat(141)),
            "description is too long: 141 characters (maximum 140)",
        ),
        (
            success().description("one\ntwo"),
            "description contains the control character '\\n'",
        ),
        (
            success().environment_url("ftp://example.com"),
            "invalid environment_url \"ftp://example.com\": expected a URL that starts with https:// or http://",
        ),
        (
            success().log_url("example.com/log"),
            "invalid log_url \"example.com/log\": expected a URL that starts with https:// or http://",
        ),
        (
            success().target_url("https://example.com/a b"),
            "invalid target_url \"https://example.com/a b\": expected a URL that starts with https:// or http://",
        ),
        (success().marker(), "marker requires log_url"),
    ];
    for (status, message) in cases {
        let error = scene.deployment.create_status(status).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidValue, "{error:?}");
        assert_eq!(error.to_string(), message);
    }
    assert!(scene.github.requests().is_empty());
}

#[tokio::test]
async fn description_is_limited_to_140_characters() {
    let scene = Scene::start().await;
    let create = |status| scene.deployment.create_status(status);
    let fits = "ü".repeat(140);
    let status = create(NewStatus::new(State::Success).description(&fits))
        .await
        .unwrap();
    assert_eq!(status.status.description.as_ref(), Some(&fits));

    let long = format!("line one\n{}", "é".repeat(200));
    let status = NewStatus::new(State::Error).description_truncated(long);
    let cut = create(status).await.unwrap().status.description.unwrap();
    assert_eq!(cut.chars().count(), 140);
    assert!(
        cut.starts_with("line one é") && cut.ends_with("é…"),
        "{cut}"
    );
    let status = NewStatus::new(State::Error).description_truncated("short");
    assert_eq!(
        create(status).await.unwrap().status.description.as_deref(),
        Some("short")
    );
}

#[tokio::test]
async fn if_changed_skips_identical_status() {
    let scene = Scene::start().await;
    let status = || {
        NewStatus::new(State::InProgress)
            .log_url("https://ci.example.com/7")
            .description("Copying")
    };
    let first = scene
        .deployment
        .create_status_if_changed(status())
        .await
        .unwrap();
    let again = scene
        .deployment
        .create_status_if_changed(status())
        .await
        .unwrap();
    assert!(first.confirmation == Confirmation::Created, "{first:?}");
    assert_eq!(again.confirmation, Confirmation::Unchanged);
    assert_eq!(again.status, first.status);

    let marked = scene
        .deployment
        .create_status_if_changed(status().marker())
        .await
        .unwrap();
    assert!(marked.confirmation == Confirmation::Unchanged, "{marked:?}");

    let other = status().description("Restarting");
    let changed = scene
        .deployment
        .create_status_if_changed(other)
        .await
        .unwrap();
    assert!(changed.confirmation == Confirmation::Created, "{changed:?}");
    assert_eq!(scene.stored(), ["in_progress", "in_progress"]);
}

#[tokio::test]
async fn deliberate_repetition_is_stored_twice() {
    let scene = Scene::start().await;
    for _ in 0..2 {
        scene
            .deployment
            .create_status(NewStatus::new(State::InProgress))
            .await
            .unwrap();
    }
    assert_eq!(scene.stored(), ["in_progress", "in_progress"]);
}

#[tokio::test]
async fn marker_is_a_unique_url_fragment() {
    let scene = Scene::start().await;
    let mut urls = Vec::new();
    for log in [
        "https://ci.example.com/7",
        "https://ci.example.com/7#step:2",
        "https://ci.example.com/7",
    ] {
        let status = NewStatus::new(State::Success).log_url(log).marker();
        let created = scene.deployment.create_status(status).await.unwrap();
        urls.push(created.status.log_url.unwrap());
    }
    assert!(
        urls[0].starts_with("https://ci.example.com/7#deploystatus-"),
        "{urls:?}"
    );
    assert!(
        urls[1].starts_with("https://ci.example.com/7#step:2&deploystatus-"),
        "{urls:?}"
    );
    assert_ne!(urls[0], urls[2]);
}
