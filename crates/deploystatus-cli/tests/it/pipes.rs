//! Pipes that are closed and disks that are full.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use crate::scene::Scene;

#[test]
fn closed_pipe_ends_the_list_silently() {
    // The output exceeds the capacity of a pipe, so that writing fails.
    let scene = Scene::new().statuses(&["in_progress"; 900]);
    for line in [
        "list --all --jsonl",
        "list --all --json",
        "list --all",
        "timeline --jsonl",
    ] {
        let mut child = scene
            .command(&format!("{line} --deployment 42"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = String::new();
        BufReader::with_capacity(16, child.stdout.take().unwrap())
            .read_line(&mut first)
            .unwrap();
        assert!(!first.is_empty());
        let mut errors = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut errors)
            .unwrap();
        assert_eq!(errors, "", "{line}");
        assert!(child.wait().unwrap().success(), "{line}");
    }
}

#[test]
fn status_is_created_without_a_reader() {
    let scene = Scene::new();
    let mut child = scene
        .command("create success --deployment 42")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
    assert_eq!(scene.github.history(42).len(), 1);
}

#[test]
#[cfg(target_os = "linux")]
fn full_disk_is_an_error() {
    let scene = Scene::new().statuses(&["success"]);
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = scene
        .command("latest --deployment 42")
        .stdout(full)
        .output()
        .unwrap();
    let transcript = String::from_utf8(output.stderr).unwrap();
    assert!(
        transcript.starts_with("error: cannot print the result: No space left on device"),
        "{transcript}"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
#[cfg(target_os = "linux")]
fn stored_status_is_named_on_a_full_disk() {
    let scene = Scene::new();
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = scene.command("create success --quiet --deployment 42");
    let output = command.stdout(full).output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    let expected = "warning: stored as status 5000000001\nerror: cannot print the result: ";
    assert!(errors.starts_with(expected), "{errors}");
}

#[test]
fn pipes_receive_no_colours() {
    let scene = Scene::new().statuses(&["success"]);
    for line in ["list", "latest", "timeline", "wait", "doctor", "demo"] {
        let output = scene.output(&format!("{line} --deployment 42"));
        assert!(
            !output.stdout.contains(&0x1b) && !output.stderr.contains(&0x1b),
            "{line}"
        );
    }
}
