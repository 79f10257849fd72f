//! Creations whose response is lost.

use std::time::Duration;

use deploystatus::{Advice, Confirmation, NewStatus, RetryPolicy, SearchResult, State};
use deploystatus_emulator::{Fault, Operation, RetryAfter, Stage};
use tests::{Scene, client_builder, in_paused_time};

fn report() -> NewStatus {
    NewStatus::new(State::Success).log_url("https://ci.example.com/7")
}

#[test]
fn stored_status_is_adopted_after_lost_response() {
    let faults = [
        Fault::status(500).after_work(),
        Fault::status(502).after_work(),
        Fault::html(503).after_work(),
        Fault::status(504).after_work(),
        Fault::close(Stage::AfterWork),
        Fault::cut_body(),
        Fault::status(200).body("fine").after_work(),
        Fault::status(201).body("<html>").after_work(),
        Fault::delay(Duration::from_secs(31)),
    ];
    for fault in faults {
        in_paused_time(|| async {
            let scene = Scene::start().await;
            scene.fault(fault.clone().on(Operation::CreateStatus));
            let created = scene.deployment.create_status(report()).await.unwrap();
            assert!(
                created.confirmation == Confirmation::Adopted,
                "{fault:?}: {created:?}"
            );
            assert_eq!(scene.stored(), ["success"], "{fault:?}");
            assert_eq!(scene.requests("POST"), 1, "{fault:?}");
            let stored = scene.github.history(scene.deployment.id());
            assert_eq!(created.status.id, stored[0].id);
        });
    }
}

#[test]
fn unstored_status_is_resent_after_the_search() {
    let faults = [
        Fault::status(500),
        Fault::status(502),
        Fault::html(503),
        Fault::close(Stage::BeforeWork),
        Fault::close(Stage::BeforeReading),
    ];
    for fault in faults {
        in_paused_time(|| async {
            let scene = Scene::start().await;
            scene.fault(fault.clone().on(Operation::CreateStatus));
            let started = tokio::time::Instant::now();
            let created = scene.deployment.create_status(report()).await.unwrap();
            assert!(
                created.confirmation == Confirmation::Created,
                "{fault:?}: {created:?}"
            );
            assert_eq!(scene.stored(), ["success"], "{fault:?}");
            assert!(started.elapsed() >= Duration::from_secs(10), "{fault:?}");
        });
    }
}

#[tokio::test(start_paused = true)]
async fn late_status_is_adopted() {
    let scene = Scene::start().await;
    let late = Fault::status(502).work_later(Duration::from_secs(9));
    scene.fault(late.on(Operation::CreateStatus));
    let created = scene.deployment.create_status(report()).await.unwrap();
    assert_eq!(created.confirmation, Confirmation::Adopted);
    assert_eq!(scene.stored(), ["success"]);
}

#[tokio::test(start_paused = true)]
async fn unreadable_list_prevents_resending() {
    let scene = Scene::start().await;
    scene.fault(Fault::status(502).after_work().on(Operation::CreateStatus));
    scene.fault(Fault::status(503).times(8).on(Operation::ListStatuses));
    let created = scene.deployment.create_status(report()).await.unwrap();
    assert_eq!(created.confirmation, Confirmation::Adopted);
    assert_eq!(scene.stored(), ["success"]);
}

#[tokio::test(start_paused = true)]
async fn unknown_outcome_describes_the_status() {
    let scene = Scene::start().await;
    scene.fault(Fault::status(502).after_work().on(Operation::CreateStatus));
    scene.fault(Fault::status(503).times(1000).on(Operation::ListStatuses));
    let error = scene.deployment.create_status(report()).await.unwrap_err();
    assert!(error.is_outcome_unknown(), "{error:?}");
    let text = error.to_string();
    assert!(
        text.starts_with("lost the response after sending; the status may or may not be stored (look for state success, log_url \"https://ci.example.com/7\", created after 20"),
        "{text}"
    );
    assert!(
        text.ends_with("; the list could not be searched to the end"),
        "{text}"
    );
    let unknown = error.unknown_outcome().unwrap();
    assert_eq!(unknown.search, SearchResult::Interrupted);
    assert_eq!((unknown.sendings, unknown.bound), (1, None));
    assert_eq!(error.status(), Some(503));
    assert_eq!(error.advice(), Some(Advice::LookBeforeReporting));
    assert_eq!(scene.requests("POST"), 1);
}

#[tokio::test(start_paused = true)]
async fn unreadable_list_means_unknown_outcome() {
    let scene = Scene::start().await;
    scene.fault(Fault::status(502).after_work().on(Operation::CreateStatus));
    scene.fault(Fault::status(403).on(Operation::ListStatuses));
    let error = scene.deployment.create_status(report()).await.unwrap_err();
    assert!(error.is_outcome_unknown(), "{error:?}");
    assert_eq!(scene.requests("GET"), 1);
}

#[tokio::test(start_paused = true)]
async fn status_is_sent_at_most_twice() {
    let scene =
        Scene::with_client(|client| client.retry_policy(RetryPolicy::new().max_attempts(9))).await;
    scene.fault(Fault::status(502).times(1000).on(Operation::CreateStatus));
    let error = scene.deployment.create_status(report()).await.unwrap_err();
    assert!(error.is_outcome_unknown(), "{error:?}");
    assert_eq!(scene.requests("POST"), 2);
    let unknown = error.unknown_outcome().unwrap();
    assert_eq!(
        (unknown.sendings, unknown.search),
        (2, SearchResult::NotFound)
    );
    assert!(scene.stored().is_empty());
}

#[test]
fn rejection_is_final() {
    for status in [400, 401, 403, 404, 409, 422] {
        in_paused_time(|| async {
            let scene = Scene::start().await;
            scene.fault(Fault::status(status).on(Operation::CreateStatus));
            let error = scene.deployment.create_status(report()).await.unwrap_err();
            assert_eq!(error.status(), Some(status));
            assert!(!error.is_outcome_unknown());
            assert_eq!(scene.github.requests().len(), 1);
        });
    }
}

#[tokio::test(start_paused = true)]
async fn rate_limited_creation_is_resent() {
    let scene = Scene::start().await;
    let limit = Fault::secondary_limit(RetryAfter::Seconds(20));
    scene.fault(limit.on(Operation::CreateStatus));
    let started = tokio::time::Instant::now();
    let created = scene.deployment.create_status(report()).await.unwrap();
    assert_eq!(created.confirmation, Confirmation::Created);
    assert!(started.elapsed() >= Duration::from_secs(20));
    assert_eq!((scene.requests("POST"), scene.requests("GET")), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn failed_connection_is_retried() {
    // Nothing listens on a port that was just released.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = client_builder(format!("http://{address}")).build().unwrap();
    let deployment = client.deployment("octocat/example", 42).unwrap();
    let error = deployment.create_status(report()).await.unwrap_err();
    assert_eq!(error.to_string(), "cannot connect to the server");
    assert!(!error.is_outcome_unknown());
}

#[tokio::test(start_paused = true)]
async fn own_earlier_status_is_not_adopted() {
    let scene = Scene::start().await;
    scene.deployment.create_status(report()).await.unwrap();
    scene.fault(Fault::close(Stage::BeforeWork).on(Operation::CreateStatus));
    let second = scene
        .deployment
        .clone()
        .create_status(report())
        .await
        .unwrap();
    assert_eq!(second.confirmation, Confirmation::Created);
    assert_eq!(scene.stored(), ["success", "success"]);
}

#[tokio::test(start_paused = true)]
async fn concurrent_clones_adopt_only_own_statuses() {
    let scene = Scene::start().await;
    scene.fault(
        Fault::status(502)
            .after_work()
            .times(2)
            .on(Operation::CreateStatus),
    );
    scene.fault(Fault::close(Stage::BeforeWork).on(Operation::CreateStatus));
    let tasks: Vec<_> = (0..6)
        .map(|_| {
            let deployment = scene.deployment.clone();
            tokio::spawn(async move { deployment.create_status(report()).await.unwrap() })
        })
        .collect();
    let mut ids = Vec::new();
    for task in tasks {
        ids.push(task.await.unwrap().status.id);
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 6);
    assert_eq!(scene.stored().len(), 6);
}

#[tokio::test(start_paused = true)]
async fn different_status_is_not_adopted() {
    let scene = Scene::start().await;
    let other = scene
        .client
        .deployment("octocat/example", scene.deployment.id())
        .unwrap();
    scene.fault(Fault::close(Stage::BeforeWork).on(Operation::CreateStatus));
    let ours = scene.deployment.create_status(report().description("ours"));
    let theirs = other.create_status(report().description("theirs"));
    let (ours, theirs) = tokio::join!(ours, theirs);
    assert_eq!(ours.unwrap().status.description.as_deref(), Some("ours"));
    assert_eq!(
        theirs.unwrap().status.description.as_deref(),
        Some("theirs")
    );
    assert_eq!(scene.stored().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn marker_distinguishes_identical_statuses() {
    let scene = Scene::start().await;
    let other = scene
        .client
        .deployment("octocat/example", scene.deployment.id())
        .unwrap();
    scene.fault(Fault::close(Stage::BeforeWork).on(Operation::CreateStatus));
    let (ours, theirs) = tokio::join!(
        scene.deployment.create_status(report().marker()),
        other.create_status(report().marker())
    );
    assert_ne!(ours.unwrap().status.id, theirs.unwrap().status.id);
    assert_eq!(scene.stored().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn lost_response_is_searched_after_redirect() {
    let scene = Scene::start().await;
    scene
        .github
        .rename_repository("octocat/example", "octocat/renamed")
        .unwrap();
    let path = format!(
        "/repositories/*/deployments/{}/statuses",
        scene.deployment.id()
    );
    scene.fault(Fault::status(502).after_work().method("POST").path(path));
    let created = scene.deployment.create_status(report()).await.unwrap();
    assert_eq!(created.confirmation, Confirmation::Adopted);
    assert_eq!(scene.stored(), ["success"]);
}
