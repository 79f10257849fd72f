//! How a rollout begins, or does not.

use std::time::Duration;

use deploystatus::{NewStatus, RetryPolicy, State};
use deploystatus_emulator::{Fault, Operation};

use super::{an_hour, first, scene};
use crate::facade::{Scene, in_paused_time, on_tokio_time};

#[test]
fn a_rollout_begins_as_queued_or_in_progress_and_as_nothing_else() {
    in_paused_time(|| async {
        for state in State::KNOWN {
            let scene = scene().await;
            let begins = matches!(state, State::Queued | State::InProgress);
            let begun = scene
                .deployment
                .rollout(NewStatus::new(state.clone()))
                .begin()
                .await;
            match begun {
                Ok(rollout) => {
                    assert!(begins, "{state}");
                    assert_eq!(scene.stored(), [state.as_str()]);
                    rollout.succeed().await.unwrap();
                }
                Err(error) => {
                    assert!(!begins, "{error}");
                    let wanted = format!(
                        "state `{state}` does not begin a rollout; queued and in_progress do"
                    );
                    assert_eq!(error.to_string(), wanted);
                    assert!(scene.github.requests().is_empty());
                }
            }
        }
    });
}

#[test]
fn a_beginning_that_is_refused_leaves_nothing_to_end() {
    in_paused_time(|| async {
        for status in [401, 403, 404, 422] {
            let scene = scene().await;
            scene
                .github
                .fault(Fault::status(status).on(Operation::CreateStatus));
            let error = scene.deployment.rollout(first()).begin().await.unwrap_err();
            assert_eq!(error.status(), Some(status));
            an_hour().await;
            assert_eq!(scene.github.requests().len(), 1, "{status}");
        }
    });
}

#[test]
fn a_beginning_that_is_given_up_before_it_was_stored_leaves_nothing_to_end() {
    in_paused_time(|| async {
        let scene = scene().await;
        let slow = Fault::status(403).delayed(Duration::from_secs(20));
        scene.github.fault(slow.on(Operation::CreateStatus));
        let beginning = scene.deployment.rollout(first()).begin();
        let wait = Duration::from_secs(5);
        assert!(tokio::time::timeout(wait, beginning).await.is_err());
        an_hour().await;
        assert_eq!(scene.github.requests().len(), 1);
        assert!(scene.stored().is_empty());
    });
}

#[test]
fn a_beginning_that_nobody_can_confirm_is_followed_by_an_error() {
    in_paused_time(|| async {
        let brief = RetryPolicy::new().total_time(Duration::from_secs(30));
        let scene = Scene::with(on_tokio_time(), |client| client.retry(brief)).await;
        scene
            .github
            .fault(Fault::status(502).after_work().on(Operation::CreateStatus));
        let blind = Fault::status(503).times(1000).on(Operation::ListStatuses);
        scene.github.fault(blind);
        let error = scene.deployment.rollout(first()).begin().await.unwrap_err();
        assert!(error.is_outcome_unknown(), "{error:?}");
        an_hour().await;
        assert_eq!(scene.stored(), ["in_progress", "error"]);
        assert_eq!(
            scene.told()[1].1,
            "The server did not confirm that the rollout began"
        );
    });
}

#[test]
fn a_beginning_that_may_be_stored_is_ended_before_anybody_hears_of_it() {
    in_paused_time(|| async {
        let brief = RetryPolicy::new().total_time(Duration::from_secs(1));
        let scene = Scene::with(on_tokio_time(), |client| client.retry(brief)).await;
        let lost = Fault::status(502).after_work().on(Operation::CreateStatus);
        scene.github.fault(lost);
        let unreadable = Fault::status(500).on(Operation::ListStatuses).times(99);
        scene.github.fault(unreadable);
        let error = scene.deployment.rollout(first()).begin().await.unwrap_err();
        assert!(error.is_outcome_unknown(), "{error}");
        // Nobody waited for anything in the background.
        assert_eq!(scene.stored(), ["in_progress", "error"]);
    });
}
