//! Reports that another rollout has superseded.

use std::fs;
use std::time::Duration;

use deploystatus::{Confirmation, ErrorKind, NewStatus, OnSuperseded, Outbox, State, Undelivered};
use deploystatus_emulator::{Fault, NewStatus as Stored, Operation, ReplicaLag, Stage};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{Kept, edit};
use crate::rollout::{LOG, an_hour, first};

const BOTH: [OnSuperseded; 2] = [OnSuperseded::Drop, OnSuperseded::Send];

#[tokio::test(start_paused = true)]
async fn superseded_end_follows_the_policy() {
    for (on_superseded, newest) in [
        (OnSuperseded::Send, "failure"),
        (OnSuperseded::Drop, "success"),
    ] {
        let kept = Kept::start().await;
        kept.lose("Out of memory").await;
        kept.scene.store(Stored::new("success"));
        let flushed = kept.flush(on_superseded).await;
        let is_dropped = on_superseded == OnSuperseded::Drop;
        assert_eq!(flushed.dropped.len(), usize::from(is_dropped));
        assert_eq!(flushed.delivered.len(), usize::from(!is_dropped));
        assert!(flushed.is_complete() && kept.files().is_empty());
        assert_eq!(kept.scene.stored().pop().unwrap(), newest);
    }
}

#[tokio::test(start_paused = true)]
async fn old_end_without_a_known_id_does_not_bury_a_newer_success() {
    for (is_stored, clock) in [
        (true, "server"),
        (false, "server"),
        (true, "machine"),
        (false, "machine"),
    ] {
        for on_superseded in BOTH {
            let kept = Kept::start().await;
            let lost = if is_stored {
                Fault::status(502).after_work()
            } else {
                Fault::status(502)
            };
            // The start is never stored, and the list cannot be read.
            let rejected = Fault::status(403).on(Operation::CreateStatus);
            kept.scene.fault(rejected);
            kept.scene.fault(lost.on(Operation::CreateStatus));
            let blind = Fault::status(502).times(999).on(Operation::ListStatuses);
            kept.scene.fault(blind);
            let mut rollout = kept.rollout().begin_detached().unwrap();
            if clock == "server" {
                rollout.wait_begun().await.unwrap_err();
            }
            let report = rollout.fail("Out of memory").await.unwrap_err();
            assert!(report.may_be_stored());
            kept.scene.github.clear_faults();
            edit(&kept.files()[0], |json| {
                assert_eq!(json["after"], Value::Null);
                assert_eq!(json["clock"], clock);
                if clock == "machine" {
                    // The clock of this machine does not follow the paused one.
                    let ended_at = Timestamp::now() - SignedDuration::from_secs(30);
                    json["ended_at"] = ended_at.to_string().into();
                }
            });
            sleep(Duration::from_secs(30)).await;
            kept.scene.store_states(&["in_progress", "success"]);

            let flushed = kept.flush(on_superseded).await;
            assert!(flushed.is_complete(), "{flushed:?}");
            let stored = kept.scene.stored();
            match (is_stored, on_superseded) {
                (true, _) => {
                    assert_eq!(stored, ["failure", "in_progress", "success"]);
                    let outcome = &flushed.delivered[0];
                    assert_eq!(outcome.confirmation, Confirmation::Adopted);
                }
                (false, OnSuperseded::Drop) => {
                    assert_eq!(stored, ["in_progress", "success"]);
                    assert_eq!(flushed.dropped.len(), 1);
                }
                (false, OnSuperseded::Send) => {
                    assert_eq!(stored, ["in_progress", "success", "failure"]);
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn last_will_never_overrides_a_finished_status() {
    for on_superseded in BOTH {
        let kept = Kept::start().await;
        let rollout = kept.rollout().begin().await.unwrap();
        kept.kill(rollout);
        kept.scene.store_states(&["in_progress", "success"]);
        let flushed = kept.flush(on_superseded).await;
        assert_eq!(flushed.dropped.len(), 1, "{flushed:?}");
        assert_eq!(
            kept.scene.stored(),
            ["in_progress", "in_progress", "success"]
        );
    }
}

#[tokio::test(start_paused = true)]
async fn last_will_never_overrides_another_running_rollout() {
    for on_superseded in BOTH {
        for log_url in ["", "https://ci.example.com/7"] {
            let kept = Kept::start().await;
            let begins = NewStatus::new(State::InProgress).log_url(log_url);
            let rollout = kept.scene.deployment.rollout(begins.clone());
            let rollout = rollout.outbox(&kept.outbox).begin().await.unwrap();
            kept.kill(rollout);
            // Another process starts the same rollout again.
            let other = kept.scene.another_client(|client| client);
            let running = other.rollout(begins).begin().await.unwrap();
            let flushed = kept.flush(on_superseded).await;
            assert_eq!(flushed.dropped.len(), 1, "{flushed:?}");
            assert_eq!(kept.scene.stored(), ["in_progress", "in_progress"]);
            running.succeed().await.unwrap();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn own_progress_does_not_supersede_a_last_will() {
    let kept = Kept::start().await;
    let begins = NewStatus::new(State::InProgress);
    let rollout = kept.scene.deployment.rollout(begins).outbox(&kept.outbox);
    let rollout = rollout.progress_interval(Duration::ZERO).begin().await;
    let rollout = rollout.unwrap();
    let url = "https://ci.example.com/7";
    rollout.handle().log_url(url).unwrap();
    rollout.progress("1 of 2");
    sleep(Duration::from_secs(1)).await;
    kept.kill(rollout);
    let flushed = kept.flush(OnSuperseded::Drop).await;
    assert_eq!(flushed.delivered.len(), 1);
    assert_eq!(kept.scene.stored(), ["in_progress", "in_progress", "error"]);
}

#[tokio::test(start_paused = true)]
async fn progress_under_way_does_not_supersede_a_last_will() {
    for marked in [false, true] {
        let kept = Kept::start().await;
        let begins = if marked { first().marker() } else { first() };
        let rollout = kept.scene.deployment.rollout(begins).outbox(&kept.outbox);
        let rollout = rollout.progress_interval(Duration::ZERO).begin().await;
        let rollout = rollout.unwrap();
        let stuck = Fault::delay(Duration::from_secs(5)).on(Operation::CreateStatus);
        kept.scene.fault(stuck);
        rollout.progress("1 of 2");
        sleep(Duration::from_secs(1)).await;
        let folder = tempfile::tempdir().unwrap();
        for file in kept.files() {
            std::fs::copy(&file, folder.path().join(file.file_name().unwrap())).unwrap();
        }
        sleep(Duration::from_secs(10)).await;
        assert_eq!(kept.scene.stored(), ["in_progress", "in_progress"]);
        let found = Outbox::open(folder.path()).unwrap();
        let flush = found.flush(&kept.scene.client, OnSuperseded::Drop);
        assert_eq!(flush.await.unwrap().delivered.len(), 1);
        assert_eq!(kept.scene.stored().last().unwrap(), "error");
        drop(rollout);
        an_hour().await;
    }
}

#[tokio::test(start_paused = true)]
async fn early_last_will_does_not_hide_a_later_end() {
    let kept = Kept::start().await;
    // What is on disk while the start is under way does not know whether it is stored.
    let slow = Fault::delay(Duration::from_secs(5)).on(Operation::CreateStatus);
    kept.scene.fault(slow);
    let folder = tempfile::tempdir().unwrap();
    {
        let beginning = kept.rollout().begin();
        let copying = async {
            sleep(Duration::from_millis(500)).await;
            for file in kept.files() {
                std::fs::copy(&file, folder.path().join(file.file_name().unwrap())).unwrap();
            }
        };
        tokio::select! {
            _ = beginning => {}
            () = copying => {}
        }
    }
    an_hour().await;
    let again = kept.scene.deployment.rollout(first());
    again.begin().await.unwrap().succeed().await.unwrap();

    let found = Outbox::open(folder.path()).unwrap();
    assert_eq!(found.files().unwrap().len(), 1);
    let flush = found.flush(&kept.scene.client, OnSuperseded::Drop);
    let flushed = flush.await.unwrap();
    assert!(flushed.is_complete(), "{flushed:?}");
    assert_eq!(kept.scene.stored().last().unwrap(), "success");
}

#[tokio::test(start_paused = true)]
async fn last_will_of_a_start_that_was_never_stored_is_dropped() {
    let kept = Kept::start().await;
    kept.scene
        .store(Stored::new("in_progress").description("another rollout"));
    let stuck = Fault::status(403).delayed(Duration::from_secs(20));
    kept.scene.fault(stuck.on(Operation::CreateStatus));
    let rollout = kept.rollout().begin_detached().unwrap();
    sleep(Duration::from_secs(1)).await;
    kept.kill(rollout);
    let flushed = kept.flush(OnSuperseded::Send).await;
    assert_eq!(flushed.dropped.len(), 1);
    assert_eq!(kept.scene.stored(), ["in_progress"]);
}

#[tokio::test(start_paused = true)]
async fn late_progress_does_not_hide_the_end() {
    for redelivers in [false, true] {
        let kept = Kept::start().await;
        kept.lose("Out of memory").await;
        let file = &kept.files()[0];
        let mut progress = json!({
            "state": "in_progress",
            "environment": "staging",
            "log_url": LOG,
            "description": "Copying",
        });
        edit(file, |json| {
            progress["sent_at"] = json["ended_at"].clone();
            progress["until"] = "2026-12-31T00:00:00Z".into();
            json["unconfirmed"] = json!([progress]);
        });
        // The server completes the request of the progress after that of the end.
        for (state, description) in [("failure", "Out of memory"), ("in_progress", "Copying")] {
            let status = Stored::new(state).description(description);
            kept.scene.store(status.environment("staging").log_url(LOG));
        }
        for _ in 0..2 {
            if redelivers {
                let json = fs::read(file).unwrap();
                let report: Undelivered = serde_json::from_slice(&json).unwrap();
                report.redeliver(&kept.scene.client).await.unwrap();
            } else {
                assert!(kept.flush(OnSuperseded::Drop).await.is_complete());
            }
            let states = ["in_progress", "failure", "in_progress", "failure"];
            assert_eq!(kept.scene.stored(), states, "{redelivers}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn lagging_list_does_not_bury_a_newer_status() {
    for is_killed in [false, true] {
        let kept = Kept::start().await;
        if is_killed {
            kept.kill(kept.rollout().begin().await.unwrap());
        } else {
            kept.lose("Out of memory").await;
        }
        an_hour().await;
        let lag = ReplicaLag::fixed(Duration::from_secs(3));
        kept.scene.github.change_quirks(|it| it.replica_lag = lag);
        kept.scene.store_states(&["in_progress", "success"]);
        let flushed = kept.flush(OnSuperseded::Drop).await;
        assert_eq!(flushed.dropped.len(), 1, "{flushed:?}");
        assert_eq!(kept.scene.stored().pop().unwrap(), "success");
    }
}

#[tokio::test(start_paused = true)]
async fn last_will_leaves_a_running_rollout_alone() {
    // The start of the killed rollout is never stored, and that of the running one has the same content.
    let kept = Kept::start().await;
    let slow = Fault::close(Stage::BeforeWork).delayed(Duration::from_secs(20));
    kept.scene.fault(slow.on(Operation::CreateStatus));
    kept.kill(kept.rollout().begin_detached().unwrap());
    let running = kept.elsewhere();
    let rollout = kept.scene.another_client(|client| client).rollout(first());
    let rollout = rollout.outbox(&running).begin().await.unwrap();
    kept.flush(OnSuperseded::Drop).await;
    assert_eq!(kept.scene.stored(), ["in_progress"]);
    rollout.succeed().await.unwrap();
    assert_eq!(kept.scene.stored(), ["in_progress", "success"]);
}

#[tokio::test(start_paused = true)]
async fn unconfirmed_status_is_recognized_by_its_time() {
    for (is_from_another_machine, newest) in [(false, "error"), (true, "in_progress")] {
        let kept = Kept::start().await;
        kept.kill(kept.rollout().begin().await.unwrap());
        // The response to the start was lost.
        edit(&kept.files()[0], |json| {
            let ended_at: Timestamp = json["ended_at"].as_str().unwrap().parse().unwrap();
            let until = ended_at + SignedDuration::from_secs(60);
            json["unconfirmed"] = json!([{
                "state": "in_progress",
                "environment": "staging",
                "log_url": LOG,
                "sent_at": ended_at,
                "until": until,
            }]);
            json["own"] = Value::Null;
            json["after"] = Value::Null;
        });
        an_hour().await;
        if is_from_another_machine {
            let started = Stored::new("in_progress").environment("staging");
            kept.scene.store(started.log_url(LOG));
        }
        kept.flush(OnSuperseded::Drop).await;
        assert_eq!(kept.scene.stored().pop().unwrap(), newest);
    }
}

#[tokio::test(start_paused = true)]
async fn outdated_report_is_not_redelivered() {
    let kept = Kept::start().await;
    kept.lose("Out of memory").await;
    kept.scene.store(Stored::new("success"));
    let json = fs::read(&kept.files()[0]).unwrap();
    let report: Undelivered = serde_json::from_slice(&json).unwrap();
    let report = report.redeliver(&kept.scene.client).await.unwrap_err();
    assert_eq!(report.error().unwrap().kind(), ErrorKind::Superseded);
    assert_eq!(kept.scene.stored().pop().unwrap(), "success");
}
