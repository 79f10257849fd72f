//! What is sent, and what is refused before.

use deploystatus::{Delivered, Error, NewStatus, State};
use serde_json::{Value, json};

use super::Scene;

#[tokio::test]
async fn a_created_status_is_on_the_server_with_all_it_was_given() {
    let scene = Scene::start().await;
    let status = NewStatus::new(State::Success)
        .environment("production")
        .log_url("https://ci.example.com/7")
        .environment_url("https://example.com")
        .description("Live");
    let delivered = scene.deployment.create_status(status).await.unwrap();

    let Delivered::Created(status) = delivered else {
        panic!("{delivered:?}");
    };
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
async fn what_is_not_set_is_not_sent() {
    let scene = Scene::start().await;
    let status = NewStatus::new(State::Queued).description("").log_url("");
    scene.deployment.create_status(status).await.unwrap();

    let sent = &scene.github.requests()[0];
    let body: Value = serde_json::from_str(&sent.body).unwrap();
    assert_eq!(body, json!({"state": "queued"}));
}

#[tokio::test]
async fn each_field_is_sent_under_its_own_name() {
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
async fn every_state_that_can_be_reported_is_taken() {
    let scene = Scene::start().await;
    let states: Vec<_> = State::KNOWN
        .into_iter()
        .filter(State::can_be_reported)
        .collect();
    for state in &states {
        scene
            .deployment
            .create_status(NewStatus::new(state.clone()))
            .await
            .unwrap();
    }
    assert_eq!(states.len(), 7);
    assert_eq!(
        scene.stored(),
        states.iter().map(State::as_str).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn what_github_would_refuse_is_refused_before_anything_is_sent() {
    let scene = Scene::start().await;
    let success = || NewStatus::new(State::Success);
    let cases = [
        (
            NewStatus::new(State::from("cancelled")),
            "state `cancelled` cannot be reported; these can: queued, pending, in_progress, success, failure, error, inactive",
        ),
        (
            NewStatus::new(State::Waiting),
            "state `waiting` cannot be reported; these can: queued, pending, in_progress, success, failure, error, inactive",
        ),
        (
            success().description("ü".repeat(141)),
            "description has 141 characters, and 140 is the most; `description_truncated` cuts it",
        ),
        (
            success().description("one\ntwo"),
            "description has the control character '\\n', which is not text",
        ),
        (
            success().environment_url("ftp://example.com"),
            "environment_url has to be an http:// or https:// address, and is \"ftp://example.com\"",
        ),
        (
            success().log_url("example.com/log"),
            "log_url has to be an http:// or https:// address, and is \"example.com/log\"",
        ),
        (
            success().target_url("https://example.com/a b"),
            "target_url has to be an http:// or https:// address, and is \"https://example.com/a b\"",
        ),
        (success().marker(), "marker needs a log_url to stand in"),
    ];
    for (status, message) in cases {
        let error = scene.deployment.create_status(status).await.unwrap_err();
        assert!(matches!(error, Error::Invalid(_)), "{error:?}");
        assert_eq!(error.to_string(), message);
    }
    assert!(scene.github.requests().is_empty());
}

#[tokio::test]
async fn a_description_of_140_characters_is_sent_and_a_longer_one_can_be_cut() {
    let scene = Scene::start().await;
    let create = |status| scene.deployment.create_status(status);
    let fits = "ü".repeat(140);
    let status = create(NewStatus::new(State::Success).description(&fits))
        .await
        .unwrap();
    assert_eq!(status.status().description.as_ref(), Some(&fits));

    let long = format!("line one\n{}", "é".repeat(200));
    let status = NewStatus::new(State::Error).description_truncated(long);
    let cut = create(status)
        .await
        .unwrap()
        .into_status()
        .description
        .unwrap();
    assert_eq!(cut.chars().count(), 140);
    assert!(
        cut.starts_with("line one é") && cut.ends_with("é…"),
        "{cut}"
    );
    let status = NewStatus::new(State::Error).description_truncated("short");
    assert_eq!(
        create(status)
            .await
            .unwrap()
            .status()
            .description
            .as_deref(),
        Some("short")
    );
}

#[tokio::test]
async fn a_status_that_says_the_same_is_not_created_again_when_asked_for() {
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
    assert!(matches!(first, Delivered::Created(_)), "{first:?}");
    assert_eq!(again, Delivered::AlreadyThere(first.into_status()));

    let marked = scene
        .deployment
        .create_status_if_changed(status().marker())
        .await
        .unwrap();
    assert!(matches!(marked, Delivered::AlreadyThere(_)), "{marked:?}");

    let other = status().description("Restarting");
    let changed = scene
        .deployment
        .create_status_if_changed(other)
        .await
        .unwrap();
    assert!(matches!(changed, Delivered::Created(_)), "{changed:?}");
    assert_eq!(scene.stored(), ["in_progress", "in_progress"]);
}

#[tokio::test]
async fn the_same_report_made_twice_on_purpose_is_there_twice() {
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
async fn a_marker_goes_into_the_fragment_and_is_new_each_time() {
    let scene = Scene::start().await;
    let mut urls = Vec::new();
    for log in [
        "https://ci.example.com/7",
        "https://ci.example.com/7#step:2",
        "https://ci.example.com/7",
    ] {
        let status = NewStatus::new(State::Success).log_url(log).marker();
        let created = scene.deployment.create_status(status).await.unwrap();
        urls.push(created.into_status().log_url.unwrap());
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
