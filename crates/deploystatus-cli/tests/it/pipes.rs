//! What happens when nobody reads, or nobody can write.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use crate::world::World;

#[test]
fn a_reader_who_leaves_ends_the_list_quietly() {
    // More than a pipe holds, so that the command must notice.
    let world = World::new().statuses(&["in_progress"; 900]);
    for line in [
        "list --all --jsonl",
        "list --all --json",
        "list --all",
        "timeline --jsonl",
    ] {
        let mut child = world
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
        let mut said = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        assert_eq!(said, "", "{line}");
        assert!(child.wait().unwrap().success(), "{line}");
    }
}

#[test]
fn a_report_is_made_although_nobody_reads_the_answer() {
    let world = World::new();
    let mut child = world
        .command("create success --deployment 42")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
    assert_eq!(world.github.history(42).len(), 1);
}

#[test]
#[cfg(target_os = "linux")]
fn an_answer_that_cannot_be_written_is_an_error() {
    let world = World::new().statuses(&["success"]);
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = world
        .command("latest --deployment 42")
        .stdout(full)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.starts_with("error: failed to print the answer: No space left on device"),
        "{said}"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn no_colours_and_no_moving_lines_leave_for_a_pipe() {
    let world = World::new().statuses(&["success"]);
    for line in ["list", "latest", "timeline", "wait", "doctor", "demo"] {
        let output = world.output(&format!("{line} --deployment 42"));
        assert!(
            !output.stdout.contains(&0x1b) && !output.stderr.contains(&0x1b),
            "{line}"
        );
    }
}
