//! The files of an outbox: what is refused, cleaned up or left alone.

use std::fs;

use deploystatus::OnSuperseded;

use super::{Kept, edit};

/// Returns the errors of unreadable files with their causes.
async fn unreadable(kept: &Kept) -> Vec<String> {
    let flushed = kept.flush(OnSuperseded::Drop).await;
    let errors = flushed.unreadable.iter();
    errors
        .map(|error| format!("{error}: {}", std::error::Error::source(error).unwrap()))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn unknown_files_are_named_and_left_alone() {
    let kept = Kept::start().await;
    let unknown = kept.outbox.directory().join("00-unknown.json");
    fs::write(&unknown, "{\"server\": ").unwrap();
    fs::write(kept.outbox.directory().join("notes.txt"), "").unwrap();
    kept.lose("Out of memory").await;
    let flushed = kept.flush(OnSuperseded::Send).await;
    assert_eq!(flushed.delivered.len(), 1);
    assert_eq!(flushed.unreadable.len(), 1);
    let expected = format!("cannot read the report {}", unknown.display());
    assert_eq!(flushed.unreadable[0].to_string(), expected);
    assert_eq!(fs::read_to_string(&unknown).unwrap(), "{\"server\": ");
}

#[tokio::test(start_paused = true)]
async fn abandoned_drafts_are_removed() {
    let kept = Kept::start().await;
    let draft = kept
        .outbox
        .directory()
        .join(".0123456789abcdef-000001-end.json");
    fs::write(&draft, "{").unwrap();
    let locked = kept
        .outbox
        .directory()
        .join(".fedcba9876543210-000001-end.json");
    let file = fs::File::create(&locked).unwrap();
    file.lock().unwrap();
    let flushed = kept.flush(OnSuperseded::Drop).await;
    assert!(flushed.is_complete());
    assert!(!draft.exists());
    assert!(locked.exists(), "its process is alive");
}

#[tokio::test(start_paused = true)]
async fn locked_report_is_in_use() {
    let kept = Kept::start().await;
    kept.lose("Out of memory").await;
    assert!(!kept.outbox.is_in_use().unwrap());
    let file = fs::File::open(&kept.files()[0]).unwrap();
    file.lock().unwrap();
    assert!(kept.outbox.is_in_use().unwrap());
}

#[tokio::test(start_paused = true)]
async fn report_of_a_newer_version_is_named_and_left_alone() {
    let kept = Kept::start().await;
    kept.lose("Out of memory").await;
    let file = kept.files()[0].clone();
    edit(&file, |json| json["format"] = 2.into());
    let errors = unreadable(&kept).await;
    let expected = format!(
        "cannot read the report {}: the report has format 2, which a newer version wrote: expected 1",
        file.display()
    );
    assert_eq!(errors, [expected]);
    assert_eq!(kept.files(), [file]);
}

#[tokio::test(start_paused = true)]
async fn oversized_file_is_refused() {
    let kept = Kept::start().await;
    kept.lose("Out of memory").await;
    let file = kept.files()[0].clone();
    edit(&file, |json| json["padding"] = "x".repeat(64 * 1024).into());
    let errors = unreadable(&kept).await;
    assert!(
        errors[0].ends_with(": the file is longer than 64 KiB"),
        "{errors:?}"
    );
}

#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn directory_and_files_are_private() {
    use std::os::unix::fs::PermissionsExt;

    let kept = Kept::start().await;
    let directory = kept.outbox.directory().join("a").join("b");
    let outbox = deploystatus::Outbox::open(&directory).unwrap();
    let rollout = kept.rollout().outbox(&outbox).begin().await.unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&directory), 0o700);
    assert_eq!(mode(&rollout.kept_in().unwrap()), 0o600);
    rollout.succeed().await.unwrap();
}

#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn symbolic_link_is_refused() {
    let kept = Kept::start().await;
    kept.lose("Out of memory").await;
    let file = kept.files()[0].clone();
    let elsewhere = kept.outbox.directory().join("elsewhere");
    fs::rename(&file, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &file).unwrap();
    let errors = unreadable(&kept).await;
    assert!(
        errors[0].ends_with(": the file is a symbolic link"),
        "{errors:?}"
    );
    assert!(elsewhere.exists());
}

#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn file_of_another_user_is_refused() {
    let kept = Kept::start().await;
    kept.lose("Out of memory").await;
    let file = kept.files()[0].clone();
    // Only root can give a file away.
    if std::os::unix::fs::chown(&file, Some(65534), None).is_err() {
        return;
    }
    let errors = unreadable(&kept).await;
    assert!(
        errors[0].ends_with(": it belongs to another user"),
        "{errors:?}"
    );
}
