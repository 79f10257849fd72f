//! The order of the reports of one rollout.

use std::fs;

use deploystatus::OnSuperseded;
use deploystatus_emulator::{Fault, Operation};
use jiff::{SignedDuration, Timestamp};

use super::{Kept, edit};

/// Leaves the last will and the end of one rollout, as a kill between writing one and removing the other does.
async fn leave_both(kept: &Kept) {
    let rollout = kept.rollout().begin().await.unwrap();
    let name = kept.files()[0].clone();
    let last_will = fs::read(&name).unwrap();
    kept.scene
        .fault(Fault::status(403).on(Operation::CreateStatus));
    rollout.succeed().await.unwrap_err();
    fs::write(&name, last_will).unwrap();
    assert_eq!(kept.files().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn last_will_is_not_sent_beside_an_end() {
    let kept = Kept::start().await;
    leave_both(&kept).await;
    let flushed = kept.flush(OnSuperseded::Drop).await;
    assert_eq!(flushed.delivered.len(), 1);
    assert!(kept.files().is_empty());
    assert_eq!(kept.scene.stored(), ["in_progress", "success"]);
}

#[tokio::test(start_paused = true)]
async fn order_does_not_depend_on_the_clock() {
    let kept = Kept::start().await;
    leave_both(&kept).await;
    // The clock was set back by an hour before the end.
    let end = kept.files().into_iter().find(|file| {
        let name = file.file_name().unwrap().to_string_lossy();
        name.ends_with("-end.json")
    });
    let earlier = Timestamp::now() - SignedDuration::from_hours(1);
    edit(&end.unwrap(), |json| {
        json["ended_at"] = earlier.to_string().into();
    });
    let flushed = kept.flush(OnSuperseded::Drop).await;
    assert_eq!(flushed.delivered.len(), 1);
    assert!(kept.files().is_empty());
    assert_eq!(kept.scene.stored(), ["in_progress", "success"]);
}

#[tokio::test(start_paused = true)]
async fn order_does_not_depend_on_file_names() {
    let kept = Kept::start().await;
    leave_both(&kept).await;
    let files = kept.files();
    let swap = kept.outbox.directory().join("swap");
    fs::rename(&files[0], &swap).unwrap();
    fs::rename(&files[1], &files[0]).unwrap();
    fs::rename(&swap, &files[1]).unwrap();
    let flushed = kept.flush(OnSuperseded::Drop).await;
    assert_eq!(flushed.delivered.len(), 1);
    assert!(kept.files().is_empty());
    assert_eq!(kept.scene.stored(), ["in_progress", "success"]);
}
