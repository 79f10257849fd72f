//! The three ends of a rollout.

use std::time::Duration;

use deploystatus::{Delivered, NewStatus, RetryPolicy, State};
use deploystatus_emulator::{AutoInactive, Fault, NewDeployment, Operation};
use tokio::time::Instant;

use super::{LOG, first, scene};
use crate::facade::{Scene, in_paused_time, on_tokio_time};

#[test]
fn a_success_says_what_was_learned_on_the_way() {
    in_paused_time(|| async {
        let scene = scene().await;
        let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
        rollout
            .environment_url("https://staging.example.com")
            .unwrap();
        rollout.ongoing().remark_on_success("Version 1.2.3 is live");
        let success = rollout.succeed().await.unwrap();
        let status = success.delivered().status();
        assert!(matches!(success.delivered(), Delivered::Created(_)));
        assert_eq!(status.state, State::Success);
        assert_eq!(status.log_url.as_deref(), Some(LOG));
        assert_eq!(status.environment.as_deref(), Some("staging"));
        assert_eq!(
            status.environment_url.as_deref(),
            Some("https://staging.example.com")
        );
        assert_eq!(status.description.as_deref(), Some("Version 1.2.3 is live"));
        assert_eq!(scene.stored(), ["in_progress", "success"]);
    });
}

#[test]
fn an_address_that_github_would_refuse_is_refused_at_once_and_spoils_no_report() {
    in_paused_time(|| async {
        let scene = scene().await;
        let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
        let error = rollout.environment_url("staging.example.com").unwrap_err();
        assert_eq!(
            error.to_string(),
            "environment_url has to be an http:// or https:// address, and is \"staging.example.com\""
        );
        assert!(rollout.ongoing().log_url("file:///log").is_err());
        rollout.succeed().await.unwrap();
        assert_eq!(scene.stored(), ["in_progress", "success"]);
    });
}

#[test]
fn a_failure_and_a_rollout_given_up_say_why_cut_to_fit() {
    in_paused_time(|| async {
        let scene = scene().await;
        let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
        rollout.fail("No space left").await.unwrap();
        let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
        rollout.abandon("ü".repeat(500)).await.unwrap();
        let told = scene.told();
        assert_eq!(told[1], ("failure".into(), "No space left".into()));
        assert_eq!(told[3], ("error".into(), format!("{}…", "ü".repeat(139))));
    });
}

#[test]
fn an_end_is_tried_within_its_own_deadline_whatever_the_clients_policy_says() {
    in_paused_time(|| async {
        let scene = Scene::with(on_tokio_time(), |client| client.retry(RetryPolicy::never())).await;
        let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
        let down = Fault::status(502).times(5).on(Operation::CreateStatus);
        scene.github.fault(down);
        rollout.succeed().await.unwrap();
        assert_eq!(scene.stored(), ["in_progress", "success"]);
    });
}

#[test]
fn an_end_that_github_would_not_take_is_handed_back_when_its_deadline_is_over() {
    in_paused_time(|| async {
        for deadline in [30, 120] {
            let scene = scene().await;
            let deadline = Duration::from_secs(deadline);
            let rollout = scene.deployment.rollout(first()).deadline(deadline);
            let rollout = rollout.begin().await.unwrap();
            let down = Fault::status(503).times(10_000);
            scene.github.fault(down);
            let started = Instant::now();
            let report = rollout.fail("Out of memory").await.unwrap_err();
            assert!(started.elapsed() >= deadline, "{:?}", started.elapsed());
            // Two requests of thirty seconds, and the ten in which a lost one may turn up.
            assert!(started.elapsed() <= deadline + Duration::from_secs(70));
            let said = serde_json::to_value(report.status()).unwrap();
            assert_eq!(said["state"], "failure");
            assert_eq!(said["description"], "Out of memory");
            assert_eq!(said["log_url"], LOG);
        }
    });
}

#[test]
fn a_wait_that_is_longer_than_the_deadline_is_not_begun() {
    in_paused_time(|| async {
        let scene = scene().await;
        let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
        let limit = deploystatus_emulator::RetryAfter::Seconds(3000);
        let limited = Fault::secondary_limit(limit).on(Operation::CreateStatus);
        scene.github.fault(limited);
        let started = Instant::now();
        let report = rollout.succeed().await.unwrap_err();
        assert!(started.elapsed() < Duration::from_secs(5));
        assert!(!report.maybe_sent());
        let error = deploystatus::Error::from(report);
        let wait = error.retry_at().unwrap().duration_since(scene.github.now());
        assert!((2990..=3000).contains(&wait.as_secs()), "{wait}");
    });
}

#[test]
fn a_token_source_that_never_answers_cannot_hold_an_end_for_ever() {
    in_paused_time(|| async {
        let asked = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let scene = Scene::with(on_tokio_time(), |client| {
            client.token_source(move || {
                let times = asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                async move {
                    if times > 0 {
                        std::future::pending::<()>().await;
                    }
                    Ok::<_, std::io::Error>("gho_1".to_owned())
                }
            })
        })
        .await;
        let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
        let started = Instant::now();
        let report = rollout.succeed().await.unwrap_err();
        assert!(started.elapsed() <= Duration::from_secs(300 + 70));
        assert!(report.maybe_sent());
    });
}

#[test]
fn a_success_tells_which_deployments_it_may_have_retired() {
    in_paused_time(|| async {
        let scene = scene().await;
        scene
            .github
            .change_quirks(|it| it.auto_inactive = AutoInactive::Observed);
        let deploy = |environment: &str| {
            let new = NewDeployment::new("main").environment(environment);
            let id = scene
                .github
                .create_deployment("octocat/example", new)
                .unwrap()
                .id;
            (id, environment.to_owned())
        };
        let earlier = [deploy("staging"), deploy("production"), deploy("staging")];
        for (id, _) in &earlier {
            let success = deploystatus_emulator::NewStatus::new("success");
            scene.github.create_status(*id, success).unwrap();
        }
        let (id, _) = deploy("staging");
        let later = deploy("staging");
        let success = deploystatus_emulator::NewStatus::new("success");
        let success = success.auto_inactive(false);
        scene.github.create_status(later.0, success).unwrap();

        let deployment = scene.client.deployment("octocat/example", id).unwrap();
        let rollout = deployment.rollout(first()).begin().await.unwrap();
        let success = rollout.succeed().await.unwrap();
        let rule = success.may_retire().unwrap();
        for (id, environment) in earlier.iter().chain([&later]) {
            let retired = scene.github.history(*id).last().unwrap().state == "inactive";
            assert_eq!(rule.may_include(*id, environment), retired, "{rule}");
        }
        assert_eq!(
            rule.to_string(),
            format!(
                "successful deployments of octocat/example before {id} to `staging`, unless they are transient"
            )
        );
    });
}

#[test]
fn a_success_that_retires_nothing_says_so() {
    in_paused_time(|| async {
        let scene = scene().await;
        let rollout = scene.deployment.rollout(first().auto_inactive(false));
        let success = rollout.begin().await.unwrap().succeed().await.unwrap();
        assert!(success.may_retire().is_none());
    });
}

#[test]
fn an_end_is_tried_for_five_minutes_unless_told() {
    in_paused_time(|| async {
        let scene = scene().await;
        let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
        let down = Fault::status(502).times(10_000).on(Operation::CreateStatus);
        scene.github.fault(down);
        let started = Instant::now();
        rollout.succeed().await.unwrap_err();
        let tried = started.elapsed().as_secs();
        // The last try is begun within the time, and looked for ten seconds.
        assert!((270..=310).contains(&tried), "{tried}");
    });
}

#[test]
fn an_end_goes_before_remarks_that_nobody_waits_for_any_more() {
    in_paused_time(|| async {
        let scene = scene().await;
        let queued = NewStatus::new(State::Queued);
        let rollout = scene.deployment.rollout(queued);
        let rollout = rollout.deadline(Duration::from_secs(5));
        let rollout = rollout.begin().await.unwrap();
        scene
            .github
            .fault(Fault::status(500).on(Operation::CreateStatus).times(6));
        for number in 0..4 {
            let remark = rollout.progress(format!("{number} of 4"));
            let impatient = tokio::time::timeout(Duration::from_millis(100), remark);
            assert!(impatient.await.is_err());
        }
        let asked = Instant::now();
        // Whether it is delivered in time is another matter.
        let _ = rollout.fail("no").await;
        // One remark was under way: two attempts, each looked for, and then GitHub's ten seconds.
        let waited = asked.elapsed().as_secs();
        assert!(waited < 60, "{waited}");
    });
}
