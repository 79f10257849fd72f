//! What is in an outbox, and when.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use deploystatus::{Client, Outbox, Overtaken, Undelivered};
use deploystatus_emulator::{Fault, Operation, Stage};
use serde_json::Value;

use super::Kept;
use crate::facade::{TOKEN, in_paused_time};
use crate::rollout::{LOG, an_hour, first};

#[test]
fn an_end_is_on_disk_before_its_loss_is_reported_and_gone_when_it_is_delivered() {
    in_paused_time(|| async {
        let kept = Kept::start().await;
        let rollout = kept.rollout().begin().await.unwrap();
        kept.scene.github.fault(Fault::status(403));
        let report = rollout.fail("Out of memory").await.unwrap_err();
        let path = report.kept_in().unwrap().to_owned();
        assert_eq!(kept.files(), std::slice::from_ref(&path));
        assert!(report.to_string().ends_with(&format!(
            "was not delivered; it is kept in {}",
            path.display()
        )));
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains(TOKEN), "{text}");
        let read: Undelivered = serde_json::from_str(&text).unwrap();
        assert_eq!(read.status(), report.status());
        assert!(read.maybe_sent(), "a reader cannot know how far it came");
        report.redeliver(&kept.scene.client).await.unwrap();
        assert!(kept.files().is_empty());
        assert_eq!(kept.scene.stored(), ["in_progress", "failure"]);
    });
}

#[test]
fn a_report_in_an_outbox_is_readable_json() {
    in_paused_time(|| async {
        let kept = Kept::start().await;
        kept.lose("Out of memory").await;
        let text = std::fs::read_to_string(&kept.files()[0]).unwrap();
        let mut json: Value = serde_json::from_str(&text).unwrap();
        let ended_at = json["ended_at"].take();
        assert!(ended_at.as_str().unwrap().ends_with('Z'));
        let rollout = json["rollout"].take();
        assert_eq!(rollout.as_str().unwrap().len(), 16);
        let begun = kept.scene.github.history(kept.scene.deployment.id())[0].id;
        let wanted = serde_json::json!({
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
            "maybe_sent": true,
            "ended_at": null,
            "rollout": null,
        });
        assert_eq!(json, wanted);
    });
}

#[test]
fn a_rollout_that_goes_on_keeps_its_last_will_where_nobody_can_send_it() {
    in_paused_time(|| async {
        let kept = Kept::start().await;
        let rollout = kept.rollout().begin().await.unwrap();
        assert_eq!(kept.files().len(), 1);
        let other = kept.elsewhere();
        let flushed = other.flush(&kept.scene.client, Overtaken::Send).await;
        let flushed = flushed.unwrap();
        assert_eq!(flushed.left, kept.files());
        assert!(!flushed.is_complete());
        assert_eq!(kept.scene.stored(), ["in_progress"]);
        rollout.succeed().await.unwrap();
        assert!(kept.files().is_empty());
        assert_eq!(kept.scene.stored(), ["in_progress", "success"]);
    });
}

#[test]
fn the_last_will_of_a_process_that_was_killed_is_carried_out() {
    in_paused_time(|| async {
        let kept = Kept::start().await;
        let rollout = kept.rollout().begin().await.unwrap();
        // What a killed process leaves is its file without its lock.
        let will = std::fs::read(&kept.files()[0]).unwrap();
        let name = kept.files()[0].clone();
        std::mem::forget(rollout);
        std::fs::remove_file(&name).unwrap();
        std::fs::write(&name, will).unwrap();
        let flushed = kept
            .elsewhere()
            .flush(&kept.scene.client, Overtaken::Send)
            .await
            .unwrap();
        assert!(flushed.is_complete());
        assert_eq!(
            kept.scene.told()[1],
            (
                "error".into(),
                "The process that carried out the rollout ended without a word".into()
            )
        );
        assert!(kept.files().is_empty());
    });
}

#[test]
fn a_rollout_that_is_dropped_is_on_disk_before_the_drop_is_over() {
    in_paused_time(|| async {
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
    });
}

#[test]
fn a_beginning_that_is_refused_leaves_nothing_in_the_outbox() {
    in_paused_time(|| async {
        let kept = Kept::start().await;
        kept.scene.github.fault(Fault::status(404));
        kept.rollout().begin().await.unwrap_err();
        an_hour().await;
        assert!(kept.files().is_empty());
    });
}

#[test]
fn an_end_in_doubt_is_found_by_whoever_flushes() {
    in_paused_time(|| async {
        let kept = Kept::start().await;
        let rollout = kept.rollout().begin().await.unwrap();
        let sent = Fault::close(Stage::AfterWork).on(Operation::CreateStatus);
        let blind = Fault::status(503).times(999).on(Operation::ListStatuses);
        kept.scene.github.fault(sent);
        kept.scene.github.fault(blind);
        let report = rollout.succeed().await.unwrap_err();
        assert!(report.maybe_sent());
        kept.scene.github.clear_faults();
        let flushed = kept.outbox.flush(&kept.scene.client, Overtaken::Send).await;
        assert_eq!(flushed.unwrap().delivered.len(), 1);
        // Who holds the report as well may send it all the same.
        report.redeliver(&kept.scene.client).await.unwrap();
        assert_eq!(kept.scene.stored(), ["in_progress", "success"]);
    });
}

#[test]
fn a_directory_that_cannot_be_used_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = Outbox::open(file.join("outbox")).unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("the outbox cannot be opened: "), "{text}");
    assert!(text.ends_with("outbox"), "{text}");
    assert!(std::error::Error::source(&error).is_some());
    assert!(error.hint().unwrap().contains("directory"));
}

#[test]
fn an_end_that_cannot_be_kept_is_reported_all_the_same() {
    in_paused_time(|| async {
        let kept = Kept::start().await;
        let outbox = Outbox::open(kept.outbox.directory().join("gone")).unwrap();
        std::fs::remove_dir(outbox.directory()).unwrap();
        let rollout = kept.scene.deployment.rollout(super::first());
        let rollout = rollout.outbox(&outbox).begin().await.unwrap();
        rollout.succeed().await.unwrap();
        assert_eq!(kept.scene.stored(), ["in_progress", "success"]);
    });
}

#[test]
fn a_beginning_whose_task_dies_leaves_its_end_in_the_outbox() {
    in_paused_time(|| async {
        let asked = Arc::new(AtomicU32::new(0));
        let kept = Kept::start().await;
        let source = move || {
            let time = asked.fetch_add(1, Ordering::Relaxed);
            async move {
                assert_ne!(time, 1, "the source of tokens panics on purpose");
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
        kept.scene.github.fault(lost);
        let rollout = deployment.rollout(first()).outbox(&kept.outbox);
        let error = rollout.begin().await.unwrap_err();
        assert!(error.is_outcome_unknown(), "{error}");
        assert_eq!(kept.scene.stored(), ["in_progress"]);
        assert_eq!(kept.files().len(), 1);
    });
}
