//! What is said of a rollout on its way.

use std::time::Duration;

use deploystatus::{NewStatus, Progress, State};
use deploystatus_emulator::{Fault, Operation};
use tokio::time::{Instant, sleep};

use super::{an_hour, first, scene};
use crate::facade::in_paused_time;

#[test]
fn progress_is_reported_when_it_changed_and_no_faster_than_the_interval() {
    in_paused_time(|| async {
        let scene = scene().await;
        let rollout = scene.deployment.rollout(first());
        let rollout = rollout.progress_interval(Duration::from_secs(60));
        let rollout = rollout.begin().await.unwrap();
        for second in 0..300 {
            let pods = second / 20;
            let done = rollout.progress(format!("{pods} of 15 pods")).await;
            if second < 60 {
                assert!(matches!(done, Progress::TooSoon), "{second}");
            }
            sleep(Duration::from_secs(1)).await;
        }
        let posts = scene.github.requests();
        let times: Vec<_> = posts.iter().map(|post| post.at).collect();
        for pair in times.windows(2) {
            let apart = pair[1].duration_since(pair[0]).as_secs();
            assert!((59..=81).contains(&apart), "{apart}");
        }
        assert_eq!(scene.told()[1].1, "3 of 15 pods");
        assert_eq!(scene.stored().len(), 5);
        rollout.succeed().await.unwrap();
    });
}

#[test]
fn what_was_said_already_is_not_said_again() {
    in_paused_time(|| async {
        let scene = scene().await;
        let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
        sleep(Duration::from_secs(11)).await;
        assert!(matches!(rollout.progress("half").await, Progress::Reported));
        an_hour().await;
        assert!(matches!(
            rollout.progress("half").await,
            Progress::Unchanged
        ));
        rollout.environment_url("https://example.com").unwrap();
        assert!(matches!(rollout.progress("half").await, Progress::Reported));
        rollout.succeed().await.unwrap();
        assert_eq!(scene.stored().len(), 4);
    });
}

#[test]
fn the_step_from_queued_to_in_progress_is_never_too_soon() {
    in_paused_time(|| async {
        let scene = scene().await;
        let queued = NewStatus::new(State::Queued);
        let rollout = scene.deployment.rollout(queued).begin().await.unwrap();
        assert!(matches!(rollout.progress("off").await, Progress::Reported));
        assert!(matches!(rollout.progress("on").await, Progress::TooSoon));
        rollout.succeed().await.unwrap();
        assert_eq!(scene.stored(), ["queued", "in_progress", "success"]);
    });
}

#[test]
fn progress_that_cannot_be_reported_is_an_error_soon_and_the_rollout_goes_on() {
    in_paused_time(|| async {
        let scene = scene().await;
        let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
        sleep(Duration::from_secs(11)).await;
        let down = Fault::status(502).times(2).on(Operation::CreateStatus);
        scene.github.fault(down);
        let started = Instant::now();
        let Progress::Failed(error) = rollout.progress("half").await else {
            panic!("it was reported");
        };
        assert!(error.is_outcome_unknown(), "{error:?}");
        assert!(started.elapsed() < Duration::from_secs(30));
        rollout.succeed().await.unwrap();
        assert_eq!(scene.stored(), ["in_progress", "success"]);
    });
}

#[test]
fn progress_that_lands_late_does_not_hide_the_end() {
    in_paused_time(|| async {
        let scene = scene().await;
        let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
        sleep(Duration::from_secs(11)).await;
        let late = Fault::status(502).work_later(Duration::from_secs(9));
        scene.github.fault(late.on(Operation::CreateStatus));
        // The list cannot be read either, so nobody knows when the remark lands.
        scene
            .github
            .fault(Fault::status(403).on(Operation::ListStatuses));
        let Progress::Failed(error) = rollout.progress("half").await else {
            panic!("it was reported");
        };
        assert!(error.is_outcome_unknown(), "{error:?}");
        rollout.succeed().await.unwrap();
        an_hour().await;
        assert_eq!(scene.stored(), ["in_progress", "in_progress", "success"]);
    });
}

#[test]
fn a_remark_that_lands_late_does_not_hide_the_end_when_others_were_made_in_between() {
    in_paused_time(|| async {
        let scene = scene().await;
        let rollout = scene.deployment.rollout(first());
        let rollout = rollout.progress_interval(Duration::ZERO);
        let rollout = rollout.begin().await.unwrap();
        let late = Fault::status(502).work_later(Duration::from_secs(9));
        scene.github.fault(late.on(Operation::CreateStatus));
        scene
            .github
            .fault(Fault::status(403).on(Operation::ListStatuses));
        let lost = rollout.progress("1 of 2").await;
        assert!(matches!(lost, Progress::Failed(_)), "{lost:?}");
        assert!(rollout.progress("2 of 2").await.is_reported());
        rollout.succeed().await.unwrap();
        an_hour().await;
        let said: Vec<_> = scene.told().into_iter().map(|(_, remark)| remark).collect();
        assert_eq!(said, ["", "2 of 2", "1 of 2", ""]);
        assert_eq!(scene.stored().last().unwrap(), "success");
    });
}

#[test]
fn whoever_outlives_the_rollout_says_nothing_any_more() {
    in_paused_time(|| async {
        let scene = scene().await;
        let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
        let ongoing = rollout.ongoing();
        rollout.succeed().await.unwrap();
        an_hour().await;
        assert!(matches!(ongoing.progress("more").await, Progress::Over));
        assert_eq!(scene.stored(), ["in_progress", "success"]);
    });
}

#[test]
fn progress_is_reported_every_ten_seconds_unless_told() {
    in_paused_time(|| async {
        let scene = scene().await;
        let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
        sleep(Duration::from_secs(9)).await;
        assert!(matches!(rollout.progress("half").await, Progress::TooSoon));
        sleep(Duration::from_secs(2)).await;
        assert!(rollout.progress("half").await.is_reported());
        rollout.succeed().await.unwrap();
    });
}
