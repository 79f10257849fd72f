//! Delivery of the reports in an outbox.

use std::net::TcpListener;
use std::time::Duration;

use deploystatus::{
    Client, ErrorKind, FlushEvent, FlushReport, NewStatus, OnSuperseded, Outbox, State,
};
use deploystatus_emulator::{Fault, NewDeployment, Operation, ReplicaLag};
use tests::{client_builder, in_paused_time};
use tokio::time::{Instant, sleep_until};

use super::Kept;
use crate::rollout::{an_hour, ends, first, history};

fn delivered(report: &FlushReport) -> Vec<&str> {
    let delivered = report.delivered.iter();
    delivered
        .map(|outcome| outcome.status.description.as_deref().unwrap())
        .collect()
}

/// Leaves doubtful ends of rollouts on this many deployments.
async fn lose_on_deployments(kept: &Kept, count: usize, fault: Fault) {
    for _ in 0..count {
        let new = NewDeployment::new("main");
        let created = kept.scene.github.create_deployment("octocat/example", new);
        let deployment = kept
            .scene
            .client
            .deployment("octocat/example", created.unwrap().id);
        let rollout = deployment.unwrap().rollout(first()).outbox(&kept.outbox);
        let rollout = rollout.end_timeout(Duration::from_secs(1));
        let rollout = rollout.begin().await.unwrap();
        kept.scene.fault(fault.clone());
        rollout.succeed().await.unwrap_err();
        kept.scene.github.clear_faults();
    }
}

#[tokio::test(start_paused = true)]
async fn reports_are_delivered_once_in_order() {
    let kept = Kept::start().await;
    for description in ["first", "second", "third"] {
        kept.lose(description).await;
    }
    let flushed = kept.flush(OnSuperseded::Send).await;
    assert!(flushed.is_complete());
    assert_eq!(delivered(&flushed), ["first", "second", "third"]);
    let again = kept.flush(OnSuperseded::Send).await;
    assert!(again.delivered.is_empty());
    assert_eq!(ends(&kept.scene), 3);
}

#[tokio::test(start_paused = true)]
async fn concurrent_flushes_deliver_each_report_once() {
    let kept = Kept::start().await;
    for number in 0..8 {
        kept.lose(&format!("number {number}")).await;
    }
    let outboxes: Vec<_> = (0..6).map(|_| kept.elsewhere()).collect();
    let all = outboxes
        .iter()
        .map(|outbox| outbox.flush(&kept.scene.client, OnSuperseded::Send));
    let flushed = futures_util::future::join_all(all).await;
    let reports = flushed.iter().map(|report| report.as_ref().unwrap());
    assert_eq!(
        reports.map(|report| report.delivered.len()).sum::<usize>(),
        8
    );
    assert_eq!(ends(&kept.scene), 8);
    assert!(kept.files().is_empty());
    let history = history(&kept.scene).into_iter().skip(8);
    let descriptions: Vec<_> = history.map(|(_, description)| description).collect();
    let expected: Vec<_> = (0..8).map(|number| format!("number {number}")).collect();
    assert_eq!(descriptions, expected);
}

#[tokio::test(start_paused = true)]
async fn undelivered_report_holds_back_later_ones() {
    let kept = Kept::start().await;
    kept.lose("first").await;
    kept.lose("second").await;
    let rejected = Fault::status(403).on(Operation::CreateStatus);
    kept.scene.fault(rejected);
    let flushed = kept.flush(OnSuperseded::Send).await;
    assert!(flushed.delivered.is_empty());
    let description = flushed.kept[0].status().description.as_deref();
    assert_eq!(description, Some("first"));
    let mut files = vec![flushed.kept[0].kept_in().unwrap().to_owned()];
    files.extend(flushed.skipped.clone());
    files.sort();
    assert_eq!(kept.files(), files);
    let flushed = kept.flush(OnSuperseded::Send).await;
    assert_eq!(delivered(&flushed), ["first", "second"]);
}

#[tokio::test(start_paused = true)]
async fn reports_for_another_server_are_skipped() {
    let (kept, other) = (Kept::start().await, Kept::start().await);
    kept.lose("Out of memory").await;
    let flush = kept.outbox.flush(&other.scene.client, OnSuperseded::Send);
    assert_eq!(flush.await.unwrap().skipped, kept.files());
    assert!(other.scene.github.requests().is_empty());
    assert_eq!(kept.files().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn twelve_doubtful_reports_take_less_than_20_seconds() {
    let kept = Kept::start().await;
    let lost = Fault::status(502).times(99).on(Operation::CreateStatus);
    lose_on_deployments(&kept, 12, lost).await;
    let started = Instant::now();
    let flushed = kept.flush(OnSuperseded::Drop).await;
    let took = started.elapsed();
    assert_eq!(flushed.delivered.len(), 12);
    assert!(flushed.is_complete());
    assert!(took < Duration::from_secs(20), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn surely_unsent_reports_are_sent_without_a_search() {
    let kept = Kept::start().await;
    let rejected = Fault::status(403).on(Operation::CreateStatus);
    lose_on_deployments(&kept, 12, rejected).await;
    let started = Instant::now();
    let flushed = kept.flush(OnSuperseded::Drop).await;
    assert_eq!(flushed.delivered.len(), 12);
    // Two readings of the newest status have to agree.
    assert_eq!(started.elapsed().as_secs(), 5);
}

#[test]
fn closed_port_fails_fast_and_keeps_everything() {
    in_paused_time(|| async {
        let folder = tempfile::tempdir().unwrap();
        let outbox = Outbox::open(folder.path()).unwrap();
        // Nothing listens on this port once the listener is gone.
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let client: Client = client_builder(format!("http://127.0.0.1:{port}"))
            .build()
            .unwrap();
        for id in 1..=30 {
            let deployment = client.deployment("octocat/example", id).unwrap();
            let first = NewStatus::new(State::InProgress);
            let rollout = deployment.rollout(first).outbox(&outbox);
            let rollout = rollout.end_timeout(Duration::from_secs(1));
            let report = rollout
                .begin_detached()
                .unwrap()
                .succeed()
                .await
                .unwrap_err();
            assert!(!report.may_be_stored(), "{report}");
        }
        let started = Instant::now();
        let flushed = outbox.flush(&client, OnSuperseded::Drop).await.unwrap();
        assert_eq!(flushed.kept.len(), 30);
        let took = started.elapsed();
        assert!(took < Duration::from_secs(10), "{took:?}");
        for report in &flushed.kept {
            assert!(report.error().unwrap().is_connect());
            let text = report.to_string();
            assert!(text.starts_with("could not report success"), "{text}");
        }
    });
}

#[tokio::test(start_paused = true)]
async fn results_are_passed_on_as_they_arrive() {
    let kept = Kept::start().await;
    let rejected = Fault::status(403).on(Operation::CreateStatus);
    lose_on_deployments(&kept, 2, rejected).await;
    let slow = Fault::delay(Duration::from_secs(20)).on(Operation::CreateStatus);
    kept.scene.fault(slow);
    let started = Instant::now();
    let mut times = Vec::new();
    let on_event = |event| match event {
        FlushEvent::Delivered { deployment, .. } => {
            times.push((deployment, started.elapsed().as_secs()));
        }
        other => panic!("{other:?}"),
    };
    let flush = kept
        .outbox
        .flush_with(&kept.scene.client, OnSuperseded::Drop, on_event);
    flush.await.unwrap();
    let times: Vec<_> = times.into_iter().map(|(_, seconds)| seconds).collect();
    assert_eq!(times, [5, 25]);
}

#[tokio::test(start_paused = true)]
async fn stale_list_keeps_the_report_for_later() {
    let kept = Kept::start().await;
    kept.lose("kept").await;
    let lag = |seconds| {
        let lag = ReplicaLag::fixed(Duration::from_secs(seconds));
        kept.scene.github.change_quirks(|it| it.replica_lag = lag);
    };
    lag(600);
    let flushed = kept.flush(OnSuperseded::Drop).await;
    let error = flushed.kept[0].error().unwrap();
    assert_eq!(error.kind(), ErrorKind::StaleList, "{error}");
    assert!(error.is_retryable(), "{error}");
    // The server is GitHub, so no setting needs to be checked.
    assert_eq!(error.advice(), None, "{error}");
    lag(0);
    let flushed = kept.flush(OnSuperseded::Drop).await;
    assert_eq!(delivered(&flushed), ["kept"]);
}

#[tokio::test(start_paused = true)]
async fn report_with_a_known_id_is_never_sent_again() {
    let kept = Kept::start().await;
    let lag = |seconds| {
        let lag = ReplicaLag::fixed(Duration::from_secs(seconds));
        kept.scene.github.change_quirks(|it| it.replica_lag = lag);
    };
    let rollout = kept.rollout().begin().await.unwrap();
    an_hour().await;
    lag(600);
    let lost = Fault::status(502).after_work();
    kept.scene.fault(lost.on(Operation::CreateStatus));
    let report = rollout.succeed().await.unwrap_err();
    let error = report.error().unwrap();
    let unknown = error.unknown_outcome().unwrap();
    let stored = kept.scene.github.history(kept.scene.deployment.id());
    assert_eq!((stored.len(), report.sendings()), (3, 2));
    assert_eq!(unknown.stored, Some(stored[2].id), "{error}");
    assert!(
        error.to_string().contains(&stored[2].id.to_string()),
        "{error}"
    );
    for _ in 0..3 {
        let flushed = kept.flush(OnSuperseded::Drop).await;
        let error = flushed.kept[0].error().unwrap();
        assert_eq!(error.kind(), ErrorKind::StaleList, "{error}");
    }
    lag(0);
    let flushed = kept.flush(OnSuperseded::Drop).await;
    assert_eq!(flushed.delivered[0].status.id, stored[2].id);
    assert_eq!(kept.scene.stored().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn two_copies_of_an_end_without_a_known_id_are_named() {
    let kept = Kept::start().await;
    kept.scene
        .fault(Fault::status(403).on(Operation::CreateStatus));
    let started = Instant::now();
    let late = Fault::status(502).work_later(Duration::from_secs(60));
    kept.scene.fault(late.on(Operation::CreateStatus));
    let blind = Fault::status(502).times(999).on(Operation::ListStatuses);
    kept.scene.fault(blind);
    let mut rollout = kept.rollout().begin_detached().unwrap();
    rollout.wait_begun().await.unwrap_err();
    rollout.succeed().await.unwrap_err();
    kept.scene.github.clear_faults();
    // The first copy is stored while the flush searches, and is listed after it has sent the second.
    let lag = ReplicaLag::fixed(Duration::from_secs(8));
    kept.scene.github.change_quirks(|it| it.replica_lag = lag);
    sleep_until(started + Duration::from_secs(50)).await;
    let flushed = kept.flush(OnSuperseded::Drop).await;
    assert_eq!(kept.scene.stored(), ["success", "success"], "{flushed:?}");
    let error = flushed.kept[0].error().unwrap();
    let unknown = error.unknown_outcome().unwrap();
    assert_eq!(unknown.candidates.len(), 2, "{error}");
}
