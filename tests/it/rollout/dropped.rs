//! Rollouts that are dropped without an end.

use std::time::Duration;

use deploystatus_emulator::{Fault, Operation};
use tests::Scene;
use tokio::time::sleep;

use super::{LOG, an_hour, first, history, pair};

#[tokio::test(start_paused = true)]
async fn dropped_rollout_is_reported_as_error() {
    let scene = Scene::start().await;
    drop(scene.deployment.rollout(first()).begin().await.unwrap());
    sleep(Duration::from_secs(1)).await;
    assert_eq!(scene.stored(), ["in_progress", "error"]);
    let description = "The rollout was dropped before its end was reported";
    assert_eq!(history(&scene)[1].1, description);
    let status = &scene.github.history(scene.deployment.id())[1];
    assert_eq!(status.log_url, LOG);
}

#[tokio::test(start_paused = true)]
async fn aborted_task_is_reported_despite_outage() {
    let scene = Scene::start().await;
    let deployment = scene.deployment.clone();
    let task = tokio::spawn(async move {
        let rollout = deployment.rollout(first()).begin().await.unwrap();
        an_hour().await;
        rollout.succeed().await.unwrap();
    });
    sleep(Duration::from_secs(60)).await;
    scene.fault(Fault::status(502).on(Operation::CreateStatus));
    let down = Fault::status(503).times(6).on(Operation::ListStatuses);
    scene.fault(down);
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    sleep(Duration::from_secs(300)).await;
    assert_eq!(scene.stored(), ["in_progress", "error"]);
}

#[tokio::test(start_paused = true)]
async fn panic_beside_rollout_is_reported_as_error() {
    let scene = Scene::start().await;
    let deployment = scene.deployment.clone();
    let task = tokio::spawn(async move {
        let _rollout = deployment.rollout(first()).begin().await.unwrap();
        panic!("the test panics on purpose");
    });
    assert!(task.await.unwrap_err().is_panic());
    an_hour().await;
    let reported = pair("error", "The code that carried out the rollout panicked");
    assert_eq!(history(&scene)[1], reported);
}

#[tokio::test(start_paused = true)]
async fn pending_progress_does_not_hide_the_end() {
    for delay in [1, 9, 25] {
        let scene = Scene::start().await;
        let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
        sleep(Duration::from_secs(11)).await;
        let slow = Fault::delay(Duration::from_secs(delay));
        scene.fault(slow.on(Operation::CreateStatus));
        rollout.progress("half");
        sleep(Duration::from_millis(500)).await;
        drop(rollout);
        an_hour().await;
        assert_eq!(scene.stored(), ["in_progress", "in_progress", "error"]);
    }
}

#[tokio::test(start_paused = true)]
async fn cancelled_end_is_still_reported() {
    let scene = Scene::start().await;
    let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
    scene.fault(Fault::status(502).on(Operation::CreateStatus));
    let wait = Duration::from_secs(1);
    assert!(tokio::time::timeout(wait, rollout.succeed()).await.is_err());
    an_hour().await;
    assert_eq!(scene.stored(), ["in_progress", "success"]);
}
