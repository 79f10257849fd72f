//! Rollouts that do not wait for their start.

use std::time::Duration;

use deploystatus::{NewStatus, Outbox, State};
use deploystatus_emulator::{Fault, Operation};
use tests::Scene;

use super::{first, history, pair};

#[tokio::test(start_paused = true)]
async fn detached_start_does_not_block_work() {
    let scene = Scene::start().await;
    let slow = Fault::delay(Duration::from_secs(20)).on(Operation::CreateStatus);
    scene.fault(slow);
    let rollout = scene.deployment.rollout(first()).begin_detached();
    let mut rollout = rollout.unwrap();
    let waited = tokio::time::timeout(Duration::from_secs(1), rollout.wait_begun()).await;
    assert!(waited.is_err(), "the start is not confirmed yet");
    rollout.wait_begun().await.unwrap();
    rollout.wait_begun().await.unwrap();
    rollout.succeed().await.unwrap();
    assert_eq!(scene.stored(), ["in_progress", "success"]);
}

#[tokio::test(start_paused = true)]
async fn end_is_reported_after_rejected_start() {
    let scene = Scene::start().await;
    scene.fault(Fault::status(403).on(Operation::CreateStatus));
    let rollout = scene.deployment.rollout(first()).begin_detached();
    let mut rollout = rollout.unwrap();
    assert_eq!(rollout.wait_begun().await.unwrap_err().status(), Some(403));
    rollout.fail("Out of memory").await.unwrap();
    assert_eq!(history(&scene), [pair("failure", "Out of memory")]);
}

#[tokio::test(start_paused = true)]
async fn end_is_stored_after_rejected_start() {
    let scene = Scene::start().await;
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(folder.path()).unwrap();
    scene.fault(Fault::status(403).times(9));
    let rollout = scene.deployment.rollout(first()).outbox(&outbox);
    let rollout = rollout.begin_detached().unwrap();
    assert_eq!(outbox.files().unwrap(), [rollout.kept_in().unwrap()]);
    let report = rollout.fail("Out of memory").await.unwrap_err();
    assert_eq!(outbox.files().unwrap(), [report.kept_in().unwrap()]);
}

#[tokio::test(start_paused = true)]
async fn detached_start_rejects_final_states() {
    let scene = Scene::start().await;
    let success = scene.deployment.rollout(NewStatus::new(State::Success));
    let error = success.begin_detached().unwrap_err();
    assert!(error.to_string().contains("cannot start"), "{error}");
    assert!(scene.github.requests().is_empty());
}
