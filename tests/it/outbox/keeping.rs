//! The content of an outbox over time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use deploystatus::{Client, OnSuperseded, Outbox, Undelivered};
use deploystatus_emulator::{Fault, Operation, Stage};
use serde_json::Value;
use tests::TOKEN;

use super::Kept;
use crate::rollout::{LOG, an_hour, first, history, pair};

#[tokio::test(start_paused = true)]
async fn undelivered_end_is_stored_until_delivery() {
    let kept = Kept::start().await;
    let rollout = kept.rollout().begin().await.unwrap();
    kept.scene.fault(Fault::status(403));
    let report = rollout.fail("Out of memory").await.unwrap_err();
    let path = report.kept_in().unwrap().to_owned();
    assert_eq!(kept.files(), std::slice::from_ref(&path));
    let end = format!("; the report is kept in {}", path.display());
    assert!(report.to_string().ends_with(&end), "{report}");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains(TOKEN), "{text}");
    let read: Undelivered = serde_json::from_str(&text).unwrap();
    assert_eq!(read.status(), report.status());
    report.redeliver(&kept.scene.client).await.unwrap();
    assert!(kept.files().is_empty());
    assert_eq!(kept.scene.stored(), ["in_progress", "failure"]);
}

#[tokio::test(start_paused = true)]
async fn stored_report_is_json() {
    let kept = Kept::start().await;
    kept.lose("Out of memory").await;
    let text = std::fs::read_to_string(&kept.files()[0]).unwrap();
    let mut json: Value = serde_json::from_str(&text).unwrap();
    assert!(json["ended_at"].take().as_str().unwrap().ends_with('Z'));
    assert_eq!(json["rollout"].take().as_str().unwrap().len(), 16);
    assert!(json["why"].take().as_str().unwrap().contains("403"));
    let begun = kept.scene.github.history(kept.scene.deployment.id())[0].id;
    let expected = serde_json::json!({
        "format": 1,
        "kind": "end",
        "rollout": null,
        "sequence": 4,
        "server": kept.scene.client.base_url(),
        "repository": "octocat/example",
        "deployment": kept.scene.deployment.id(),
        "status": {
            "state": "failure",
            "log_url": LOG,
            "environment": "staging",
            "description": "Out of memory",
        },
        "after": begun,
        "own": begun,
        "sendings": 0,
        "clock": "server",
        "ended_at": null,
        "why": null,
    });
    assert_eq!(json, expected);
}

#[tokio::test(start_paused = true)]
async fn running_rollout_locks_its_last_will() {
    let kept = Kept::start().await;
    let rollout = kept.rollout().begin().await.unwrap();
    assert_eq!(kept.files(), [rollout.kept_in().unwrap()]);
    let other = kept.elsewhere();
    let flushed = other.flush(&kept.scene.client, OnSuperseded::Send).await;
    let flushed = flushed.unwrap();
    assert_eq!(flushed.in_use, kept.files());
    assert!(!flushed.is_complete());
    assert_eq!(kept.scene.stored(), ["in_progress"]);
    rollout.succeed().await.unwrap();
    assert!(kept.files().is_empty());
    assert_eq!(kept.scene.stored(), ["in_progress", "success"]);
}

#[tokio::test(start_paused = true)]
async fn last_will_of_killed_process_is_delivered() {
    let kept = Kept::start().await;
    let rollout = kept.rollout().begin().await.unwrap();
    kept.kill(rollout);
    assert!(kept.flush(OnSuperseded::Drop).await.is_complete());
    let description = "The process was killed before it reported the end of the rollout";
    assert_eq!(history(&kept.scene)[1], pair("error", description));
    assert!(kept.files().is_empty());
}

#[tokio::test(start_paused = true)]
async fn drop_stores_the_end_synchronously() {
    let kept = Kept::start().await;
    let rollout = kept.rollout().begin().await.unwrap();
    let requests = kept.scene.github.requests().len();
    drop(rollout);
    assert_eq!(kept.scene.github.requests().len(), requests);
    let text = std::fs::read_to_string(&kept.files()[0]).unwrap();
    assert!(text.contains("dropped before its end"), "{text}");
    assert_eq!(kept.files().len(), 1);
    an_hour().await;
    assert!(kept.files().is_empty());
    assert_eq!(kept.scene.stored(), ["in_progress", "error"]);
}

#[tokio::test(start_paused = true)]
async fn rejected_start_leaves_outbox_empty() {
    let kept = Kept::start().await;
    kept.scene.fault(Fault::status(404));
    kept.rollout().begin().await.unwrap_err();
    an_hour().await;
    assert!(kept.files().is_empty());
}

#[tokio::test(start_paused = true)]
async fn flush_finds_end_with_unknown_outcome() {
    let kept = Kept::start().await;
    let rollout = kept.rollout().begin().await.unwrap();
    let lost = Fault::close(Stage::AfterWork).on(Operation::CreateStatus);
    let blind = Fault::status(503).times(999).on(Operation::ListStatuses);
    kept.scene.fault(lost);
    kept.scene.fault(blind);
    let report = rollout.succeed().await.unwrap_err();
    assert!(report.may_be_stored());
    kept.scene.github.clear_faults();
    let flushed = kept.flush(OnSuperseded::Drop).await;
    assert_eq!(flushed.delivered.len(), 1);
    // The caller, who has the report too, may send it nevertheless.
    report.redeliver(&kept.scene.client).await.unwrap();
    assert_eq!(kept.scene.stored(), ["in_progress", "success"]);
}

#[test]
fn unusable_directory_is_named_in_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = Outbox::open(file.join("outbox")).unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("cannot open the outbox "), "{text}");
    assert!(text.ends_with("outbox"), "{text}");
    assert!(std::error::Error::source(&error).is_some());
    let advice = error.advice().unwrap().to_string();
    assert!(advice.contains("directory"), "{advice}");
}

#[tokio::test(start_paused = true)]
async fn unstorable_end_is_still_reported_and_kept_nowhere() {
    let kept = Kept::start().await;
    let outbox = Outbox::open(kept.outbox.directory().join("gone")).unwrap();
    std::fs::remove_dir(outbox.directory()).unwrap();
    std::fs::write(outbox.directory(), "").unwrap();
    let begin = || kept.scene.deployment.rollout(first()).outbox(&outbox);
    let rollout = begin().begin().await.unwrap();
    assert_eq!(rollout.kept_in(), None);
    rollout.succeed().await.unwrap();
    assert_eq!(kept.scene.stored(), ["in_progress", "success"]);

    let rollout = begin().begin().await.unwrap();
    kept.scene.fault(Fault::status(403));
    let report = rollout.succeed().await.unwrap_err();
    assert_eq!(report.kept_in(), None);
    assert!(!report.to_string().contains("kept"), "{report}");
}

#[tokio::test(start_paused = true)]
async fn report_in_another_rollout_is_not_claimed_as_kept() {
    let kept = Kept::start().await;
    kept.lose("Out of memory").await;
    let rollout = kept.scene.deployment.rollout(first());
    let rollout = rollout.begin().await.unwrap();
    assert_eq!(rollout.kept_in(), None);
    rollout.succeed().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn panic_during_start_stores_an_end() {
    let calls = Arc::new(AtomicU32::new(0));
    let kept = Kept::start().await;
    let source = move || {
        let call = calls.fetch_add(1, Ordering::Relaxed);
        async move {
            assert_ne!(call, 1, "the token source panics on purpose");
            Ok::<_, String>("token".to_owned())
        }
    };
    let client = Client::builder()
        .base_url(kept.scene.github.api_url())
        .token_source(source)
        .build()
        .unwrap();
    let id = kept.scene.deployment.id();
    let deployment = client.deployment("octocat/example", id).unwrap();
    let lost = Fault::status(502).after_work().on(Operation::CreateStatus);
    kept.scene.fault(lost);
    let rollout = deployment.rollout(first()).outbox(&kept.outbox);
    let error = rollout.begin().await.unwrap_err();
    assert!(error.is_outcome_unknown(), "{error}");
    assert_eq!(kept.scene.stored(), ["in_progress"]);
    assert_eq!(kept.files().len(), 1);
    let flushed = kept.flush(OnSuperseded::Drop).await;
    assert_eq!(flushed.delivered.len(), 1);
    assert_eq!(kept.scene.stored(), ["in_progress", "error"]);
}

#[tokio::test(start_paused = true)]
async fn kept_in_follows_the_report() {
    let kept = Kept::start().await;
    let rollout = kept.rollout().begin().await.unwrap();
    let before = rollout.kept_in().unwrap();
    rollout.progress("half");
    tokio::time::sleep(Duration::from_secs(11)).await;
    let after = rollout.kept_in().unwrap();
    assert_ne!(before, after);
    assert_eq!(kept.files(), [after]);
    rollout.succeed().await.unwrap();
}
