//! When GitHub cannot be told.

use std::fs;
use std::time::Duration;

use deploystatus_emulator::{Fault, Operation, Stage};

use crate::scene::{Scene, code, pair, stderr};

/// Both reports are hopeless soon.
const BRIEFLY: [&str; 4] = ["--report-timeout", "0", "--end-timeout", "100ms"];

fn down() -> Fault {
    Fault::status(503).times(1_000_000)
}

#[test]
fn a_command_means_what_it_means_while_github_is_down() {
    for (script, number) in [("true", 0), ("exit 3", 3)] {
        let scene = Scene::new();
        scene.github.fault(down());
        let output = scene.run(&BRIEFLY, script);
        assert_eq!(code(output.status), number);
        assert_eq!(scene.told(), []);
        let kept = scene.kept();
        assert_eq!(kept.len(), 1, "{kept:?}");
        let said = stderr(&output);
        assert!(said.contains("it is kept in "), "{said}");
        assert!(said.contains("deploystatus flush"), "{said}");
    }
}

#[test]
fn nobody_at_the_address_is_no_reason_not_to_run() {
    let scene = Scene::new();
    let mut command = scene.script(
        &["--report-timeout", "0", "--end-timeout", "4s"],
        "echo out",
    );
    command.env("GITHUB_API_URL", "http://127.0.0.1:1");
    let output = command.output().unwrap();
    assert_eq!(code(output.status), 0);
    assert_eq!(output.stdout, b"out\n");
    assert_eq!(scene.kept().len(), 1);
    let said = stderr(&output);
    assert!(said.contains("Connection refused"), "{said}");
    assert!(said.contains("it is kept in "), "{said}");
}

#[test]
fn what_was_kept_is_delivered_by_a_flush() {
    let scene = Scene::new();
    scene.github.fault(down());
    scene.run(&BRIEFLY, "exit 3");
    scene.github.clear_faults();
    let output = scene.command(&["flush"]).output().unwrap();
    assert_eq!(code(output.status), 0, "{}", stderr(&output));
    assert_eq!(
        scene.told().last().unwrap(),
        &pair("failure", "Exit code 3")
    );
    assert_eq!(scene.kept(), [""; 0]);
}

#[test]
fn the_strict_fail_when_a_report_could_not_be_delivered() {
    for (script, number) in [("true", 6), ("exit 3", 3)] {
        let scene = Scene::new();
        scene.github.fault(down());
        let options = [&BRIEFLY[..], &["--strict"]].concat();
        let output = scene.run(&options, script);
        assert_eq!(code(output.status), number, "{}", stderr(&output));
    }
    let scene = Scene::new();
    scene
        .github
        .fault(Fault::status(403).on(Operation::CreateStatus));
    assert_eq!(code(scene.run(&["--strict"], "true").status), 4);
    assert_eq!(scene.told(), [pair("success", "")]);
}

#[test]
fn a_beginning_that_is_refused_does_not_keep_the_end_back() {
    let scene = Scene::new();
    scene
        .github
        .fault(Fault::status(403).on(Operation::CreateStatus));
    let output = scene.run(&[], "echo out");
    assert_eq!(code(output.status), 0);
    assert_eq!(output.stdout, b"out\n");
    let said = stderr(&output);
    assert!(
        said.starts_with("warning: failed to report the beginning: "),
        "{said}"
    );
    assert!(
        said.ends_with("; the command is run all the same\n"),
        "{said}"
    );
    assert_eq!(scene.told(), [pair("success", "")]);
}

#[test]
fn a_lost_answer_doubles_nothing() {
    for fault in [
        Fault::status(502).after_work(),
        Fault::close(Stage::AfterWork),
        Fault::cut_body(),
        Fault::status(502),
    ] {
        for request in 0..2 {
            let scene = Scene::new();
            let fault = fault.clone().on(Operation::CreateStatus).skip(request);
            scene.github.fault(fault);
            let output = scene.run(&["--report-timeout", "1m"], "true");
            assert_eq!(code(output.status), 0);
            assert_eq!(stderr(&output), "");
            assert_eq!(scene.told(), [pair("in_progress", ""), pair("success", "")]);
        }
    }
}

#[test]
fn a_github_that_does_not_answer_holds_nothing_up() {
    let scene = Scene::new();
    let silent = Fault::delay(Duration::from_secs(600)).times(1_000_000);
    scene.github.fault(silent);
    let output = scene.run(
        &["--report-timeout", "50ms", "--end-timeout", "50ms"],
        "echo out",
    );
    assert_eq!(code(output.status), 0);
    assert_eq!(output.stdout, b"out\n");
    let said = stderr(&output);
    assert!(
        said.starts_with("warning: the beginning is not reported yet; the command is started all the same\nerror: failed to report the end in time: `success` on deployment 42 of octocat/example may not be delivered; it is kept in "),
        "{said}"
    );
    assert_eq!(scene.kept().len(), 1);
}

#[test]
fn without_an_outbox_the_command_is_run_and_told_what_to_do() {
    let scene = Scene::new();
    fs::write(scene.home.path().join("file"), "").unwrap();
    scene.github.fault(Fault::status(403).times(2));
    let output = scene.run(&["--outbox", "file/outbox"], "exit 3");
    assert_eq!(code(output.status), 3);
    let said = stderr(&output);
    assert!(
        said.starts_with("warning: failed to open the outbox: "),
        "{said}"
    );
    assert!(said.contains("will be kept nowhere"), "{said}");
    assert!(
        said.contains("`deploystatus create failure --repo octocat/example --deployment 42`"),
        "{said}"
    );
    let output = scene.run(&["--outbox", "file/outbox", "--strict"], "touch was-run");
    assert_eq!(code(output.status), 2);
    assert!(!scene.home.path().join("was-run").exists());
}

/// In `/proc` nobody can write.
#[cfg(target_os = "linux")]
#[test]
fn an_outbox_that_cannot_be_written_is_told_of_at_the_beginning() {
    let scene = Scene::new();
    let output = scene.run(&["--outbox", "/proc"], "echo out >&2");
    assert_eq!(code(output.status), 0);
    assert_eq!(
        stderr(&output),
        "warning: the outbox cannot be written; an end that cannot be delivered will be kept nowhere\nout\n"
    );
    assert_eq!(scene.told()[1], pair("success", ""));
}

/// A disk of one page, which the last will fills.
#[cfg(target_os = "linux")]
#[test]
fn the_end_finds_room_on_a_full_disk() {
    let scene = Scene::new();
    let outbox = scene.home.path().join("full");
    fs::create_dir(&outbox).unwrap();
    let alone = "unshare --user --map-root-user --mount";
    let disk = "mount -t tmpfs -o size=4k none full";
    let mut mounted = scene.shell(&format!("{alone} {disk}"));
    if !mounted.status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: nobody may mount a small disk here");
        return;
    }
    let briefly = BRIEFLY.join(" ");
    let run = format!("deploystatus run --deployment 42 --outbox full {briefly} -- false");
    let mut shell = scene.shell(&format!("{alone} sh -c '{disk} && {run}; cat full/*.json'"));
    scene.github.fault(down());
    let output = shell.output().unwrap();
    let said = stderr(&output);
    assert!(said.contains("it is kept in "), "{said}");
    let kept = String::from_utf8(output.stdout).unwrap();
    assert!(kept.contains("\"failure\""), "{kept}");
    assert!(!kept.contains("\"error\""), "{kept}");
}
