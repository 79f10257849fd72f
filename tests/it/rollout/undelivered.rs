//! An end that could not be reported, and is sent later.

use std::time::Duration;

use deploystatus::{Client, Delivered, Pacing, RetryPolicy, Undelivered};
use deploystatus_emulator::{Fault, Operation, Stage};

use super::{LOG, an_hour, first, scene};
use crate::facade::{Scene, TOKEN, in_paused_time, on_tokio_time};

/// The end of a rollout that was not delivered because of these faults.
async fn lost(scene: &Scene, faults: impl IntoIterator<Item = Fault>) -> Undelivered {
    let rollout = scene.deployment.rollout(first());
    let rollout = rollout.deadline(Duration::from_secs(20));
    let rollout = rollout.begin().await.unwrap();
    for fault in faults {
        scene.github.fault(fault);
    }
    let report = rollout.succeed().await.unwrap_err();
    scene.github.clear_faults();
    report
}

/// Somebody who knows nothing but the JSON.
fn stranger(scene: &Scene) -> Client {
    Client::builder()
        .base_url(scene.github.api_url())
        .token(TOKEN)
        .pacing(Pacing::off())
        .build()
        .unwrap()
}

#[test]
fn a_report_that_was_never_stored_is_sent_by_whoever_has_its_json() {
    in_paused_time(|| async {
        let scene = scene().await;
        let report = lost(&scene, [Fault::status(503).times(999)]).await;
        an_hour().await;
        let json = serde_json::to_string(&report).unwrap();
        assert!(!json.contains(TOKEN), "{json}");
        let report: Undelivered = serde_json::from_str(&json).unwrap();
        assert_eq!(report.repository(), "octocat/example");
        assert_eq!(report.deployment(), scene.deployment.id());
        assert!(report.maybe_sent());
        assert!(report.why().unwrap().contains("unknown whether"));
        let delivered = report.redeliver(&stranger(&scene)).await.unwrap();
        assert!(matches!(delivered, Delivered::Created(_)), "{delivered:?}");
        assert_eq!(delivered.status().log_url.as_deref(), Some(LOG));
        assert_eq!(scene.stored(), ["in_progress", "success"]);
    });
}

#[test]
fn a_report_that_was_stored_after_all_is_found_and_not_sent_again() {
    in_paused_time(|| async {
        for fault in [
            Fault::status(502).after_work(),
            Fault::close(Stage::AfterWork),
            Fault::cut_body(),
        ] {
            let scene = scene().await;
            let blind = Fault::status(503).times(999).on(Operation::ListStatuses);
            let report = lost(&scene, [fault.on(Operation::CreateStatus), blind]).await;
            assert!(report.maybe_sent(), "{report}");
            an_hour().await;
            let json = serde_json::to_string(&report).unwrap();
            let report: Undelivered = serde_json::from_str(&json).unwrap();
            let delivered = report.redeliver(&stranger(&scene)).await.unwrap();
            assert!(matches!(delivered, Delivered::Adopted(_)), "{delivered:?}");
            assert_eq!(scene.stored(), ["in_progress", "success"]);
        }
    });
}

#[test]
fn the_same_end_of_an_earlier_rollout_is_not_taken_for_this_one() {
    in_paused_time(|| async {
        let scene = scene().await;
        let earlier = scene.deployment.rollout(first()).begin().await.unwrap();
        earlier.succeed().await.unwrap();
        let down = Fault::status(502).times(999).on(Operation::CreateStatus);
        let blind = Fault::status(503).times(999).on(Operation::ListStatuses);
        let report = lost(&scene, [down, blind]).await;
        assert!(report.maybe_sent());
        let delivered = report.redeliver(&stranger(&scene)).await.unwrap();
        assert!(matches!(delivered, Delivered::Created(_)), "{delivered:?}");
        assert_eq!(scene.ends(), 2);
    });
}

#[test]
fn a_report_that_fails_again_is_handed_back_again() {
    in_paused_time(|| async {
        let scene = scene().await;
        let down = Fault::status(502).times(999).on(Operation::CreateStatus);
        let blind = Fault::status(403).times(999).on(Operation::ListStatuses);
        let mut report = lost(&scene, [down.clone().after_work(), blind.clone()]).await;
        for _ in 0..3 {
            scene.github.fault(blind.clone());
            scene.github.fault(down.clone());
            report = report.redeliver(&stranger(&scene)).await.unwrap_err();
            assert!(
                report.maybe_sent(),
                "what cannot be looked for stays in doubt"
            );
        }
        scene.github.clear_faults();
        report.redeliver(&scene.client).await.unwrap();
        assert_eq!(scene.stored(), ["in_progress", "success"]);
    });
}

#[test]
fn a_report_is_not_sent_to_another_server() {
    in_paused_time(|| async {
        let (scene, other) = (scene().await, scene().await);
        let report = lost(&scene, [Fault::status(403)]).await;
        let report = report.redeliver(&other.client).await.unwrap_err();
        assert!(other.github.requests().is_empty());
        let why = report.why().unwrap().to_owned();
        assert!(
            why.starts_with("client leads to http://127.0.0.1:"),
            "{why}"
        );
        report.redeliver(&scene.client).await.unwrap();
        assert_eq!(scene.stored(), ["in_progress", "success"]);
    });
}

#[test]
fn a_marked_report_keeps_its_mark() {
    in_paused_time(|| async {
        let scene = scene().await;
        let rollout = scene.deployment.rollout(first().marker());
        let rollout = rollout.deadline(Duration::from_secs(20)).begin().await;
        let rollout = rollout.unwrap();
        let sent = Fault::status(502).after_work().on(Operation::CreateStatus);
        let blind = Fault::status(403).times(9).on(Operation::ListStatuses);
        scene.github.fault(sent);
        scene.github.fault(blind);
        let report = rollout.succeed().await.unwrap_err();
        scene.github.clear_faults();
        let delivered = report.redeliver(&stranger(&scene)).await.unwrap();
        assert!(matches!(delivered, Delivered::Adopted(_)), "{delivered:?}");
        let marks: Vec<_> = scene
            .github
            .history(scene.deployment.id())
            .into_iter()
            .map(|status| status.log_url)
            .collect();
        assert!(marks[0].starts_with(&format!("{LOG}#deploystatus-")));
        assert_ne!(marks[0], marks[1]);
        assert_eq!(marks.len(), 2);
    });
}

#[test]
fn a_client_that_shut_its_runtime_down_gets_the_report_back() {
    let elsewhere = std::thread::spawn(|| {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (scene, rollout) = runtime.block_on(async {
            let scene = Scene::start().await;
            let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
            (scene, rollout)
        });
        drop(runtime);
        (scene, rollout)
    });
    let (_scene, rollout) = elsewhere.join().unwrap();
    in_paused_time(|| async {
        let report = rollout.succeed().await.unwrap_err();
        assert!(report.maybe_sent());
        assert_eq!(
            report.why(),
            Some("the runtime in which the rollout began was shut down")
        );
    });
}

#[test]
fn a_brief_policy_does_not_make_a_redelivery_look_too_briefly() {
    in_paused_time(|| async {
        let brief = RetryPolicy::new().total_time(Duration::from_secs(2));
        let scene = Scene::with(on_tokio_time(), |client| client.retry(brief)).await;
        let rollout = scene.deployment.rollout(first());
        let rollout = rollout.deadline(Duration::from_secs(1));
        let rollout = rollout.begin().await.unwrap();
        let late = Fault::close(Stage::BeforeWork).work_later(Duration::from_secs(7));
        scene.github.fault(late.on(Operation::CreateStatus));
        let report = rollout.succeed().await.unwrap_err();
        let delivered = report.redeliver(&scene.client).await.unwrap();
        assert!(matches!(delivered, Delivered::Adopted(_)), "{delivered:?}");
        an_hour().await;
        assert_eq!(scene.stored(), ["in_progress", "success"]);
    });
}
