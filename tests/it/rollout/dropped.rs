//! A rollout that nobody ended.

use std::time::Duration;

use deploystatus_emulator::{Fault, Operation};
use tokio::time::sleep;

use super::{an_hour, first, scene};
use crate::facade::in_paused_time;

const DROPPED: &str = "The rollout was dropped before its end was reported";

#[test]
fn a_rollout_that_is_dropped_is_an_error_with_the_reason() {
    in_paused_time(|| async {
        let scene = scene().await;
        drop(scene.deployment.rollout(first()).begin().await.unwrap());
        sleep(Duration::from_secs(1)).await;
        assert_eq!(scene.stored(), ["in_progress", "error"]);
        assert_eq!(scene.told()[1].1, DROPPED);
        let status = &scene.github.history(scene.deployment.id())[1];
        assert_eq!(status.log_url, super::LOG);
    });
}

#[test]
fn a_task_that_is_aborted_is_an_error_even_while_github_is_down() {
    in_paused_time(|| async {
        let scene = scene().await;
        let deployment = scene.deployment.clone();
        let task = tokio::spawn(async move {
            let rollout = deployment.rollout(first()).begin().await.unwrap();
            an_hour().await;
            rollout.succeed().await.unwrap();
        });
        sleep(Duration::from_secs(60)).await;
        scene
            .github
            .fault(Fault::status(502).times(6).on(Operation::CreateStatus));
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        sleep(Duration::from_secs(300)).await;
        assert_eq!(scene.stored(), ["in_progress", "error"]);
    });
}

#[test]
fn a_panic_beside_a_rollout_is_an_error_that_says_so() {
    in_paused_time(|| async {
        let scene = scene().await;
        let deployment = scene.deployment.clone();
        let task = tokio::spawn(async move {
            let _rollout = deployment.rollout(first()).begin().await.unwrap();
            panic!("a test panics on purpose");
        });
        assert!(task.await.unwrap_err().is_panic());
        an_hour().await;
        assert_eq!(
            scene.told()[1],
            (
                "error".into(),
                "The code that carried out the rollout panicked".into()
            )
        );
    });
}

#[test]
fn a_remark_under_way_when_the_rollout_is_dropped_does_not_hide_its_end() {
    in_paused_time(|| async {
        for delay in [1, 9, 25] {
            let scene = scene().await;
            let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
            sleep(Duration::from_secs(11)).await;
            let slow = Fault::delay(Duration::from_secs(delay));
            scene.github.fault(slow.on(Operation::CreateStatus));
            let remark = rollout.progress("half");
            assert!(
                tokio::time::timeout(Duration::from_millis(500), remark)
                    .await
                    .is_err()
            );
            drop(rollout);
            an_hour().await;
            assert_eq!(scene.stored(), ["in_progress", "in_progress", "error"]);
        }
    });
}

#[test]
fn an_end_that_is_no_longer_waited_for_is_still_the_one_that_was_said() {
    in_paused_time(|| async {
        let scene = scene().await;
        let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
        scene
            .github
            .fault(Fault::status(502).times(3).on(Operation::CreateStatus));
        let ending = rollout.succeed();
        let wait = Duration::from_secs(1);
        assert!(tokio::time::timeout(wait, ending).await.is_err());
        an_hour().await;
        assert_eq!(scene.stored(), ["in_progress", "success"]);
    });
}
