//! Ends that could not be reported and are sent later.

use std::time::Duration;

use deploystatus::{Client, Confirmation, RetryPolicy, Undelivered};
use deploystatus_emulator::{Fault, Operation, Stage};
use tests::{Scene, TOKEN, client_builder};
use tokio::time::Instant;

use super::{LOG, an_hour, ends, first};

/// Returns the end of a rollout that was not delivered because of these faults.
async fn lost(scene: &Scene, faults: impl IntoIterator<Item = Fault>) -> Undelivered {
    let rollout = scene.deployment.rollout(first());
    let rollout = rollout.end_timeout(Duration::from_secs(20));
    let rollout = rollout.begin().await.unwrap();
    for fault in faults {
        scene.fault(fault);
    }
    let report = rollout.succeed().await.unwrap_err();
    scene.github.clear_faults();
    report
}

/// Returns a client that knows nothing about the deployment.
fn stranger(scene: &Scene) -> Client {
    client_builder(scene.github.api_url()).build().unwrap()
}

fn through_json(report: &Undelivered) -> Undelivered {
    let json = serde_json::to_string(report).unwrap();
    assert!(!json.contains(TOKEN), "{json}");
    serde_json::from_str(&json).unwrap()
}

#[tokio::test(start_paused = true)]
async fn unstored_report_is_sent_from_json() {
    let scene = Scene::start().await;
    let report = lost(&scene, [Fault::status(503).times(999)]).await;
    an_hour().await;
    let report = through_json(&report);
    assert_eq!(report.repository(), "octocat/example");
    assert_eq!(report.deployment(), scene.deployment.id());
    assert!(report.may_be_stored());
    assert!(report.reason().unwrap().contains("may or may not"));
    let outcome = report.redeliver(&stranger(&scene)).await.unwrap();
    assert_eq!(outcome.confirmation, Confirmation::Created);
    assert_eq!(outcome.status.log_url.as_deref(), Some(LOG));
    assert_eq!(scene.stored(), ["in_progress", "success"]);
}

#[tokio::test(start_paused = true)]
async fn stored_report_is_found_and_not_resent() {
    for fault in [
        Fault::status(502).after_work(),
        Fault::close(Stage::AfterWork),
        Fault::cut_body(),
    ] {
        let scene = Scene::start().await;
        let blind = Fault::status(503).times(999).on(Operation::ListStatuses);
        let report = lost(&scene, [fault.on(Operation::CreateStatus), blind]).await;
        assert!(report.may_be_stored(), "{report}");
        an_hour().await;
        let report = through_json(&report);
        let outcome = report.redeliver(&stranger(&scene)).await.unwrap();
        assert_eq!(outcome.confirmation, Confirmation::Adopted);
        assert_eq!(scene.stored(), ["in_progress", "success"]);
    }
}

#[tokio::test(start_paused = true)]
async fn same_json_redelivered_twice_is_stored_once() {
    for fault in [Fault::status(403), Fault::status(503).times(999)] {
        let scene = Scene::start().await;
        let report = lost(&scene, [fault.on(Operation::CreateStatus)]).await;
        let another = || through_json(&report);
        another().redeliver(&scene.client).await.unwrap();
        another().redeliver(&scene.client).await.unwrap();
        let outcome = another().redeliver(&stranger(&scene)).await.unwrap();
        assert_eq!(outcome.confirmation, Confirmation::Adopted);
        assert_eq!(scene.stored(), ["in_progress", "success"]);
    }
}

#[tokio::test(start_paused = true)]
async fn surely_unsent_report_is_not_searched_for_long() {
    let scene = Scene::start().await;
    let report = lost(&scene, [Fault::status(403).on(Operation::CreateStatus)]).await;
    assert_eq!(report.sendings(), 0);
    scene.github.clear_requests();
    let started = Instant::now();
    let report = through_json(&report);
    report.redeliver(&stranger(&scene)).await.unwrap();
    // Two lists for the newest status, and one for the search.
    assert_eq!(started.elapsed().as_secs(), 5);
    assert_eq!(scene.requests("GET"), 3);
}

#[tokio::test(start_paused = true)]
async fn identical_end_of_earlier_rollout_is_ignored() {
    let scene = Scene::start().await;
    let earlier = scene.deployment.rollout(first()).begin().await.unwrap();
    earlier.succeed().await.unwrap();
    let down = Fault::status(502).times(999).on(Operation::CreateStatus);
    let blind = Fault::status(503).times(999).on(Operation::ListStatuses);
    let report = lost(&scene, [down, blind]).await;
    assert!(report.may_be_stored());
    let outcome = report.redeliver(&stranger(&scene)).await.unwrap();
    assert_eq!(outcome.confirmation, Confirmation::Created);
    assert_eq!(ends(&scene), 2);
}

#[tokio::test(start_paused = true)]
async fn failed_redelivery_returns_the_report() {
    let scene = Scene::start().await;
    let down = Fault::status(502).times(999).on(Operation::CreateStatus);
    let blind = Fault::status(403).times(999).on(Operation::ListStatuses);
    let mut report = lost(&scene, [down.clone().after_work(), blind.clone()]).await;
    for _ in 0..3 {
        scene.fault(blind.clone());
        scene.fault(down.clone());
        report = report.redeliver(&stranger(&scene)).await.unwrap_err();
        assert!(report.may_be_stored(), "{report}");
    }
    scene.github.clear_faults();
    report.redeliver(&scene.client).await.unwrap();
    assert_eq!(scene.stored(), ["in_progress", "success"]);
}

#[tokio::test(start_paused = true)]
async fn doubtful_report_is_sent_once_more_by_each_redelivery() {
    let scene = Scene::start().await;
    let down = Fault::status(502).times(999).on(Operation::CreateStatus);
    let mut report = lost(&scene, [down.clone()]).await;
    let sendings = report.sendings();
    scene.fault(down);
    report = report.redeliver(&stranger(&scene)).await.unwrap_err();
    assert_eq!(report.sendings(), sendings + 1);
    scene.github.clear_faults();
    report.redeliver(&stranger(&scene)).await.unwrap();
    assert_eq!(scene.stored(), ["in_progress", "success"]);
}

#[tokio::test(start_paused = true)]
async fn report_is_not_sent_to_another_server() {
    let (scene, other) = (Scene::start().await, Scene::start().await);
    let report = lost(&scene, [Fault::status(403)]).await;
    let report = report.redeliver(&other.client).await.unwrap_err();
    assert!(other.github.requests().is_empty());
    let reason = report.reason().unwrap();
    let start = "the client is for the server http://127.0.0.1:";
    assert!(reason.starts_with(start), "{reason}");
    report.redeliver(&scene.client).await.unwrap();
    assert_eq!(scene.stored(), ["in_progress", "success"]);
}

#[tokio::test(start_paused = true)]
async fn redelivery_keeps_the_marker() {
    let scene = Scene::start().await;
    let rollout = scene.deployment.rollout(first().marker());
    let rollout = rollout.end_timeout(Duration::from_secs(20)).begin().await;
    let rollout = rollout.unwrap();
    scene.fault(Fault::status(502).after_work().on(Operation::CreateStatus));
    scene.fault(Fault::status(403).times(9).on(Operation::ListStatuses));
    let report = rollout.succeed().await.unwrap_err();
    scene.github.clear_faults();
    let outcome = report.redeliver(&stranger(&scene)).await.unwrap();
    assert_eq!(outcome.confirmation, Confirmation::Adopted);
    let history = scene.github.history(scene.deployment.id());
    let urls: Vec<_> = history.into_iter().map(|status| status.log_url).collect();
    assert!(urls[0].starts_with(&format!("{LOG}#deploystatus-")));
    assert_ne!(urls[0], urls[1]);
    assert_eq!(urls.len(), 2);
}

#[test]
fn runtime_shutdown_returns_the_report() {
    let elsewhere = std::thread::spawn(|| {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (scene, rollout) = runtime.block_on(async {
            let scene = Scene::with_emulator(deploystatus_emulator::Emulator::builder()).await;
            let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
            (scene, rollout)
        });
        drop(runtime);
        (scene, rollout)
    });
    let (_scene, rollout) = elsewhere.join().unwrap();
    tests::in_paused_time(|| async {
        let report = rollout.succeed().await.unwrap_err();
        assert!(report.may_be_stored());
        assert_eq!(
            report.reason(),
            Some("the Tokio runtime in which the rollout began was shut down")
        );
    });
}

#[tokio::test(start_paused = true)]
async fn brief_policy_does_not_shorten_the_search() {
    let brief = RetryPolicy::new().timeout(Duration::from_secs(2));
    let scene = Scene::with_client(|client| client.retry_policy(brief)).await;
    let rollout = scene.deployment.rollout(first());
    let rollout = rollout.end_timeout(Duration::from_secs(1));
    let rollout = rollout.begin().await.unwrap();
    let late = Fault::close(Stage::BeforeWork).work_later(Duration::from_secs(7));
    scene.fault(late.on(Operation::CreateStatus));
    let report = rollout.succeed().await.unwrap_err();
    let outcome = report.redeliver(&scene.client).await.unwrap();
    assert_eq!(outcome.confirmation, Confirmation::Adopted);
    an_hour().await;
    assert_eq!(scene.stored(), ["in_progress", "success"]);
}

#[test]
fn report_of_a_newer_version_is_rejected() {
    let error = serde_json::from_str::<Undelivered>(r#"{"format": 2}"#).unwrap_err();
    let text = "the report has format 2, which a newer version wrote: expected 1";
    assert_eq!(error.to_string(), text);
}
