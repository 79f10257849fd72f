//! Delivering what an outbox keeps.

use std::fs;
use std::time::Duration;

use deploystatus::{Delivered, Outbox, Overtaken, State};
use deploystatus_emulator::{Fault, NewStatus, Operation};

use super::Kept;
use crate::facade::in_paused_time;

#[test]
fn reports_are_delivered_oldest_first_and_once() {
    in_paused_time(|| async {
        let kept = Kept::start().await;
        for why in ["first", "second", "third"] {
            kept.lose(why).await;
        }
        let flushed = kept.outbox.flush(&kept.scene.client, Overtaken::Send).await;
        let flushed = flushed.unwrap();
        assert!(flushed.is_complete());
        let said: Vec<_> = flushed
            .delivered
            .iter()
            .map(|it| it.status().description.as_deref().unwrap())
            .collect();
        assert_eq!(said, ["first", "second", "third"]);
        let again = kept.outbox.flush(&kept.scene.client, Overtaken::Send).await;
        assert!(again.unwrap().delivered.is_empty());
        assert_eq!(kept.scene.ends(), 3);
    });
}

#[test]
fn many_processes_that_flush_at_once_deliver_each_report_once() {
    in_paused_time(|| async {
        let kept = Kept::start().await;
        for number in 0..8 {
            kept.lose(&format!("number {number}")).await;
        }
        let outboxes: Vec<_> = (0..6).map(|_| kept.elsewhere()).collect();
        let all = outboxes
            .iter()
            .map(|outbox| outbox.flush(&kept.scene.client, Overtaken::Send));
        let flushed = futures_util::future::join_all(all).await;
        let delivered: usize = flushed
            .iter()
            .map(|it| it.as_ref().unwrap().delivered.len())
            .sum();
        assert_eq!(delivered, 8);
        assert_eq!(kept.scene.ends(), 8);
        assert!(kept.files().is_empty());
        let told = kept.scene.told();
        let said: Vec<_> = told.iter().rev().take(8).rev().map(|it| &it.1).collect();
        let wanted: Vec<_> = (0..8).map(|number| format!("number {number}")).collect();
        assert_eq!(said, wanted.iter().collect::<Vec<_>>());
    });
}

#[test]
fn a_report_that_cannot_be_delivered_stays_and_holds_back_later_ones() {
    in_paused_time(|| async {
        let kept = Kept::start().await;
        kept.lose("first").await;
        kept.lose("second").await;
        let files = kept.files();
        let refused = Fault::status(403).on(Operation::CreateStatus);
        kept.scene.github.fault(refused);
        let flushed = kept.outbox.flush(&kept.scene.client, Overtaken::Send).await;
        let flushed = flushed.unwrap();
        assert!(flushed.delivered.is_empty());
        assert_eq!(flushed.kept[0].kept_in(), Some(files[0].as_path()));
        assert_eq!(flushed.left, files[1..]);
        assert_eq!(kept.files(), files);
        let flushed = kept.outbox.flush(&kept.scene.client, Overtaken::Send).await;
        assert_eq!(flushed.unwrap().delivered.len(), 2);
    });
}

#[test]
fn what_was_overtaken_is_dropped_only_when_told_to() {
    for (overtaken, newest) in [(Overtaken::Send, "failure"), (Overtaken::Drop, "success")] {
        in_paused_time(|| async {
            let kept = Kept::start().await;
            kept.lose("Out of memory").await;
            let success = NewStatus::new("success");
            let id = kept.scene.deployment.id();
            kept.scene.github.create_status(id, success).unwrap();
            let flushed = kept.outbox.flush(&kept.scene.client, overtaken).await;
            let flushed = flushed.unwrap();
            let dropped = overtaken == Overtaken::Drop;
            assert_eq!(flushed.dropped.len(), usize::from(dropped));
            assert_eq!(flushed.delivered.len(), usize::from(!dropped));
            assert!(flushed.is_complete() && kept.files().is_empty());
            assert_eq!(kept.scene.stored().pop().unwrap(), newest);
        });
    }
}

#[test]
fn what_was_not_overtaken_is_never_dropped() {
    in_paused_time(|| async {
        let kept = Kept::start().await;
        let rollout = kept.rollout().begin().await.unwrap();
        let will = (kept.files()[0].clone(), fs::read(&kept.files()[0]).unwrap());
        // The rollout's own progress is newer than its last will, and does not overtake it.
        tokio::time::sleep(std::time::Duration::from_secs(60)).await;
        assert!(rollout.progress("half").await.is_reported());
        std::mem::forget(rollout);
        fs::remove_file(&will.0).unwrap();
        fs::write(&will.0, will.1).unwrap();
        let flushed = kept.outbox.flush(&kept.scene.client, Overtaken::Drop).await;
        let flushed = flushed.unwrap();
        assert!(matches!(flushed.delivered[..], [Delivered::Created(_)]));
        assert_eq!(kept.scene.stored(), ["in_progress", "in_progress", "error"]);
    });
}

#[test]
fn a_file_that_is_not_a_report_is_named_and_left_alone() {
    in_paused_time(|| async {
        let kept = Kept::start().await;
        let odd = kept.outbox.directory().join("00-odd.json");
        fs::write(&odd, "{\"server\": ").unwrap();
        let draft = kept.outbox.directory().join(".20260101-draft.json");
        fs::write(&draft, "{").unwrap();
        kept.lose("Out of memory").await;
        let flushed = kept.outbox.flush(&kept.scene.client, Overtaken::Send).await;
        let flushed = flushed.unwrap();
        assert_eq!(flushed.delivered.len(), 1);
        assert_eq!(
            flushed.unreadable[0].to_string(),
            format!("this file of the outbox cannot be read: {}", odd.display())
        );
        assert_eq!(flushed.unreadable.len(), 1);
        assert_eq!(fs::read_to_string(&odd).unwrap(), "{\"server\": ");
        assert!(draft.exists());
    });
}

#[test]
fn reports_for_another_server_are_left_for_its_client() {
    in_paused_time(|| async {
        let (kept, other) = (Kept::start().await, Kept::start().await);
        kept.lose("Out of memory").await;
        let flushed = kept
            .outbox
            .flush(&other.scene.client, Overtaken::Send)
            .await;
        assert_eq!(flushed.unwrap().left, kept.files());
        assert!(other.scene.github.requests().is_empty());
        assert_eq!(kept.files().len(), 1);
    });
}

#[test]
fn a_last_will_beside_the_end_of_its_rollout_is_not_sent() {
    in_paused_time(|| async {
        let kept = Kept::start().await;
        let rollout = kept.rollout().begin().await.unwrap();
        let name = kept.files()[0].clone();
        let will = fs::read(&name).unwrap();
        kept.scene.github.fault(Fault::status(403));
        rollout.fail("Out of memory").await.unwrap_err();
        // As if the process had been killed before it removed the will.
        fs::write(&name, will).unwrap();
        assert_eq!(kept.files().len(), 2);
        let flushed = kept.outbox.flush(&kept.scene.client, Overtaken::Send).await;
        assert_eq!(flushed.unwrap().delivered.len(), 1);
        assert!(kept.files().is_empty());
        assert_eq!(kept.scene.stored(), ["in_progress", "failure"]);
    });
}

#[test]
fn a_will_is_not_overtaken_by_the_remarks_of_its_own_rollout() {
    in_paused_time(|| async {
        let kept = Kept::start().await;
        let begun = deploystatus::NewStatus::new(State::InProgress);
        let rollout = kept.scene.deployment.rollout(begun).outbox(&kept.outbox);
        let rollout = rollout.progress_interval(Duration::ZERO);
        let rollout = rollout.begin().await.unwrap();
        rollout
            .ongoing()
            .log_url("https://ci.example.com/7")
            .unwrap();
        assert!(rollout.progress("1 of 2").await.is_reported());

        // What the next process would find if this one were killed here.
        let folder = tempfile::tempdir().unwrap();
        for file in kept.files() {
            fs::copy(&file, folder.path().join(file.file_name().unwrap())).unwrap();
        }
        let found = Outbox::open(folder.path()).unwrap();
        let flushed = found.flush(&kept.scene.client, Overtaken::Drop).await;
        assert_eq!(flushed.unwrap().delivered.len(), 1);
        assert_eq!(kept.scene.stored().last().unwrap(), "error");
        drop(rollout);
    });
}

#[test]
fn a_report_from_before_the_beginning_does_not_hide_a_later_end() {
    in_paused_time(|| async {
        let kept = Kept::start().await;
        // Given up while the beginning was under way: what is on disk does not know that it began.
        kept.scene
            .github
            .fault(Fault::delay(Duration::from_secs(5)).on(Operation::CreateStatus));
        let folder = tempfile::tempdir().unwrap();
        {
            let beginning = kept.rollout().begin();
            let killed = tokio::time::timeout(Duration::from_secs(1), beginning);
            tokio::select! {
                _ = killed => {}
                () = tokio::time::sleep(Duration::from_millis(500)) => {
                    for file in kept.files() {
                        fs::copy(&file, folder.path().join(file.file_name().unwrap())).unwrap();
                    }
                }
            }
        }
        // Somebody tries again an hour later, by the clock that the will was dated with.
        let later = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
        kept.scene.github.set_time(later);
        let again = kept.scene.deployment.rollout(crate::rollout::first());
        again.begin().await.unwrap().succeed().await.unwrap();

        let found = Outbox::open(folder.path()).unwrap();
        assert_eq!(found.files().unwrap().len(), 1);
        let flushed = found.flush(&kept.scene.client, Overtaken::Drop).await;
        let flushed = flushed.unwrap();
        assert_eq!(flushed.dropped.len(), 1, "{flushed:?}");
        assert_eq!(kept.scene.stored().last().unwrap(), "success");
    });
}
