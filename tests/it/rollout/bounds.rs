//! The newest ID, which bounds the search for the end of a rollout.

use std::time::Duration;

use deploystatus_emulator::{Fault, NewStatus as Stored, Operation};
use serde_json::Value;
use tests::Scene;
use tokio::time::sleep;

use super::first;

#[tokio::test(start_paused = true)]
async fn newest_id_is_learned_while_the_work_runs() {
    let scene = Scene::start().await;
    let id = scene.store(Stored::new("success"));
    scene.fault(Fault::status(403).on(Operation::CreateStatus));
    let rollout = scene.deployment.rollout(first()).begin_detached();
    let rollout = rollout.unwrap();
    sleep(Duration::from_secs(1)).await;
    scene.fault(Fault::status(403).times(9));
    let report = rollout.succeed().await.unwrap_err();
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["after"], Value::from(id));
    assert_eq!(json["sendings"], Value::from(0));
}

#[tokio::test(start_paused = true)]
async fn newest_id_is_learned_before_the_end_is_sent() {
    let scene = Scene::start().await;
    let id = scene.store(Stored::new("success"));
    scene.fault(Fault::status(403).times(2));
    let rollout = scene.deployment.rollout(first()).begin_detached();
    let rollout = rollout.unwrap();
    sleep(Duration::from_secs(1)).await;
    scene.fault(Fault::status(403).on(Operation::CreateStatus));
    let report = rollout.succeed().await.unwrap_err();
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["after"], Value::from(id));
}

#[tokio::test(start_paused = true)]
async fn deployment_without_statuses_has_bound_zero() {
    let scene = Scene::start().await;
    scene.fault(Fault::status(403).times(9).on(Operation::CreateStatus));
    let rollout = scene.deployment.rollout(first()).begin_detached();
    let report = rollout.unwrap().succeed().await.unwrap_err();
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["after"], Value::from(0));
}
