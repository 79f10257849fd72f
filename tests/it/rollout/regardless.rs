//! Rollouts that do not wait for their beginning.

use std::time::Duration;

use deploystatus::{NewStatus, Outbox, State};
use deploystatus_emulator::{Fault, NewStatus as Stored, Operation};

use super::{first, scene};
use crate::facade::in_paused_time;

fn pair(state: &str, remark: &str) -> (String, String) {
    (state.to_owned(), remark.to_owned())
}

#[test]
fn the_work_need_not_wait_for_the_beginning() {
    in_paused_time(|| async {
        let scene = scene().await;
        let slow = Fault::delay(Duration::from_secs(20)).on(Operation::CreateStatus);
        scene.github.fault(slow);
        let mut rollout = scene
            .deployment
            .rollout(first())
            .begin_regardless()
            .unwrap();
        let waited = tokio::time::timeout(Duration::from_secs(1), rollout.confirmed()).await;
        assert!(waited.is_err(), "it is not confirmed yet");
        rollout.confirmed().await.unwrap();
        // It is told once.
        rollout.confirmed().await.unwrap();
        rollout.succeed().await.unwrap();
        assert_eq!(scene.told(), [pair("in_progress", ""), pair("success", "")]);
    });
}

#[test]
fn the_end_is_reported_although_the_beginning_was_refused() {
    in_paused_time(|| async {
        let scene = scene().await;
        scene
            .github
            .fault(Fault::status(403).on(Operation::CreateStatus));
        let mut rollout = scene
            .deployment
            .rollout(first())
            .begin_regardless()
            .unwrap();
        assert_eq!(rollout.confirmed().await.unwrap_err().status(), Some(403));
        rollout.fail("Out of memory").await.unwrap();
        assert_eq!(scene.told(), [pair("failure", "Out of memory")]);
    });
}

#[test]
fn the_end_is_kept_although_the_beginning_was_refused() {
    in_paused_time(|| async {
        let scene = scene().await;
        let folder = tempfile::tempdir().unwrap();
        let outbox = Outbox::open(folder.path()).unwrap();
        scene.github.fault(Fault::status(403).times(2));
        let rollout = scene.deployment.rollout(first()).outbox(&outbox);
        let rollout = rollout.begin_regardless().unwrap();
        let report = rollout.fail("Out of memory").await.unwrap_err();
        assert_eq!(outbox.files().unwrap(), [report.kept_in().unwrap()]);
    });
}

#[test]
fn what_cannot_begin_does_not_begin_regardless() {
    in_paused_time(|| async {
        let scene = scene().await;
        let success = scene.deployment.rollout(NewStatus::new(State::Success));
        let error = success.begin_regardless().unwrap_err();
        assert!(
            error.to_string().contains("does not begin a rollout"),
            "{error}"
        );
        assert!(scene.github.requests().is_empty());
    });
}

#[test]
fn a_beginning_that_is_no_news_is_not_reported() {
    in_paused_time(|| async {
        let scene = scene().await;
        let known = Stored::new("in_progress");
        scene
            .github
            .create_status(scene.deployment.id(), known)
            .unwrap();
        let begins = NewStatus::new(State::InProgress);
        let rollout = scene
            .deployment
            .rollout(begins)
            .if_changed()
            .begin()
            .await
            .unwrap();
        rollout.succeed().await.unwrap();
        assert_eq!(scene.told(), [pair("in_progress", ""), pair("success", "")]);
    });
}
