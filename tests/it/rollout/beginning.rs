//! The start of a rollout.

use std::time::Duration;

use deploystatus::{ErrorKind, NewStatus, RetryPolicy, State};
use deploystatus_emulator::{Fault, NewStatus as Stored, Operation};
use tests::Scene;

use super::{an_hour, first, history};

#[tokio::test(start_paused = true)]
async fn rollout_begins_as_queued_or_in_progress() {
    for state in State::KNOWN {
        let scene = Scene::start().await;
        let begins = matches!(state, State::Queued | State::InProgress);
        let first = NewStatus::new(state.clone());
        match scene.deployment.rollout(first).begin().await {
            Ok(rollout) => {
                assert!(begins, "{state}");
                assert_eq!(scene.stored(), [state.as_str()]);
                rollout.succeed().await.unwrap();
            }
            Err(error) => {
                assert!(!begins, "{error}");
                let expected = format!(
                    "a rollout cannot start with state \"{state}\": expected queued or in_progress"
                );
                assert_eq!(error.to_string(), expected);
                assert!(scene.github.requests().is_empty());
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn rejected_start_needs_no_end() {
    for status in [401, 403, 404, 422] {
        let scene = Scene::start().await;
        scene.fault(Fault::status(status).on(Operation::CreateStatus));
        let error = scene.deployment.rollout(first()).begin().await.unwrap_err();
        assert_eq!(error.status(), Some(status));
        an_hour().await;
        assert_eq!(scene.github.requests().len(), 1, "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn cancelled_unstored_start_needs_no_end() {
    let scene = Scene::start().await;
    let slow = Fault::status(403).delayed(Duration::from_secs(20));
    scene.fault(slow.on(Operation::CreateStatus));
    let beginning = scene.deployment.rollout(first()).begin();
    let wait = Duration::from_secs(5);
    assert!(tokio::time::timeout(wait, beginning).await.is_err());
    an_hour().await;
    assert_eq!(scene.github.requests().len(), 1);
    assert!(scene.stored().is_empty());
}

#[tokio::test(start_paused = true)]
async fn unconfirmed_start_is_ended_before_return() {
    for seconds in [1, 30] {
        let brief = RetryPolicy::new().timeout(Duration::from_secs(seconds));
        let scene = Scene::with_client(|client| client.retry_policy(brief)).await;
        scene.fault(Fault::status(502).after_work().on(Operation::CreateStatus));
        let blind = Fault::status(503).times(1000).on(Operation::ListStatuses);
        scene.fault(blind);
        let error = scene.deployment.rollout(first()).begin().await.unwrap_err();
        assert!(error.is_outcome_unknown(), "{error:?}");
        assert_eq!(scene.stored(), ["in_progress", "error"]);
        let description = "The server did not confirm the start of the rollout";
        assert_eq!(history(&scene)[1].1, description);
    }
}

#[tokio::test(start_paused = true)]
async fn if_changed_skips_identical_start() {
    let scene = Scene::start().await;
    scene.store(Stored::new("in_progress"));
    let begins = NewStatus::new(State::InProgress);
    let rollout = scene.deployment.rollout(begins).if_changed().begin().await;
    rollout.unwrap().succeed().await.unwrap();
    assert_eq!(scene.stored(), ["in_progress", "success"]);
}

#[tokio::test(start_paused = true)]
async fn if_changed_compares_before_the_marker() {
    let scene = Scene::start().await;
    for _ in 0..2 {
        let rollout = scene.deployment.rollout(first().marker()).if_changed();
        std::mem::forget(rollout.begin().await.unwrap());
    }
    assert_eq!(scene.stored(), ["in_progress"]);
}

#[test]
fn start_outside_a_runtime_is_an_error_without_effects() {
    let client = deploystatus::Client::new("token").unwrap();
    let deployment = client.deployment("octocat/example", 42).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let outbox = deploystatus::Outbox::open(folder.path()).unwrap();
    let rollout = deployment.rollout(first()).outbox(&outbox);
    let error = rollout.begin_detached().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Runtime);
    assert_eq!(error.to_string(), "a rollout requires a Tokio runtime");
    assert!(outbox.files().unwrap().is_empty());
}
