//! Signals, at every moment.

use std::time::Duration;

use deploystatus_emulator::{Fault, Operation};
use nix::sys::signal::Signal;

use crate::scene::{Running, Scene, pair};

const SIGNALS: [(Signal, &str, i32); 3] = [
    (Signal::SIGINT, "SIGINT", 130),
    (Signal::SIGTERM, "SIGTERM", 143),
    (Signal::SIGHUP, "SIGHUP", 129),
];

fn slowly(by: u64) -> Fault {
    Fault::delay(Duration::from_millis(by)).on(Operation::CreateStatus)
}

#[test]
fn a_signal_is_passed_on_and_reported() {
    for (signal, name, number) in SIGNALS {
        let scene = Scene::new();
        let mut running = Running::start(scene.script(&[], "echo ready; exec cat"));
        assert_eq!(running.line(), "ready");
        running.tell(signal);
        // Waiting would close it, and the command end by itself.
        let stdin = running.process.stdin.take();
        assert_eq!(running.code(), number);
        drop(stdin);
        let remark = format!("Stopped by {name}");
        assert_eq!(
            scene.told(),
            [pair("in_progress", ""), pair("error", &remark)]
        );
        assert_eq!(scene.kept(), [""; 0]);
    }
}

#[test]
fn a_command_that_cleans_up_ends_with_its_own_code() {
    let scene = Scene::new();
    let script = "trap 'echo cleaned; exit 5' TERM; echo ready; while :; do sleep 1; done";
    let mut running = Running::start(scene.script(&[], script));
    assert_eq!(running.line(), "ready");
    running.tell(Signal::SIGTERM);
    let (status, stdout, _) = running.end();
    assert_eq!(status.code(), Some(5));
    assert_eq!(stdout, "cleaned\n");
    assert_eq!(scene.told()[1], pair("error", "Stopped by SIGTERM"));
}

#[test]
fn a_command_that_ignores_the_signal_is_reported_while_it_goes_on() {
    let scene = Scene::new();
    let script = "trap '' TERM; echo ready; cat; echo done";
    let mut running = Running::start(scene.script(&[], script));
    assert_eq!(running.line(), "ready");
    running.tell(Signal::SIGTERM);
    scene.until_told(2);
    assert_eq!(running.process.try_wait().unwrap(), None);
    let (status, stdout, _) = running.end();
    assert_eq!(status.code(), Some(0));
    assert_eq!(stdout, "done\n");
    // It is over once.
    assert_eq!(
        scene.told(),
        [pair("in_progress", ""), pair("error", "Stopped by SIGTERM")]
    );
}

#[test]
fn every_signal_is_passed_on_and_the_first_is_reported() {
    let scene = Scene::new();
    let script = "trap 'echo INT' INT; trap 'echo TERM; exit 9' TERM
        echo ready; while :; do sleep 1; done";
    let mut running = Running::start(scene.script(&[], script));
    assert_eq!(running.line(), "ready");
    running.tell(Signal::SIGINT);
    assert_eq!(running.line(), "INT");
    running.tell(Signal::SIGINT);
    assert_eq!(running.line(), "INT");
    running.tell(Signal::SIGTERM);
    assert_eq!(running.line(), "TERM");
    assert_eq!(running.code(), 9);
    assert_eq!(
        scene.told(),
        [pair("in_progress", ""), pair("error", "Stopped by SIGINT")]
    );
}

#[test]
fn what_the_command_has_forked_hears_of_it() {
    let scene = Scene::new();
    let script =
        "sh -c 'trap \"echo grandchild; exit\" TERM; echo ready; while :; do sleep 1; done' & wait";
    let mut running = Running::start(scene.script(&[], script));
    assert_eq!(running.line(), "ready");
    running.tell(Signal::SIGTERM);
    let (status, stdout, _) = running.end();
    assert_eq!(status.code(), Some(143));
    assert_eq!(stdout, "grandchild\n");
}

#[test]
fn a_signal_before_the_command_begins_means_that_it_does_not() {
    let scene = Scene::new();
    scene.github.fault(slowly(300));
    let running = Running::start(scene.script(&[], "touch was-run"));
    scene.until_asked(1);
    running.tell(Signal::SIGTERM);
    assert_eq!(running.code(), 143);
    assert!(!scene.home.path().join("was-run").exists());
    let remark = "Stopped by SIGTERM before the command began";
    assert_eq!(
        scene.told(),
        [pair("in_progress", ""), pair("error", remark)]
    );
}

#[test]
fn a_signal_while_the_end_is_reported_leaves_it_the_grace() {
    let scene = Scene::new();
    scene.github.fault(slowly(300).skip(1));
    let running = Running::start(scene.script(&[], "exit 3"));
    scene.until_asked(2);
    running.tell(Signal::SIGTERM);
    assert_eq!(running.code(), 3);
    assert_eq!(scene.told()[1], pair("failure", "Exit code 3"));
    assert_eq!(scene.kept(), [""; 0]);
}

#[test]
fn when_the_grace_is_over_the_report_is_kept() {
    let scene = Scene::new();
    scene.github.fault(slowly(600_000).skip(1));
    let options = ["--end-timeout", "1h", "--grace", "0"];
    let running = Running::start(scene.script(&options, "true"));
    scene.until_asked(2);
    running.tell(Signal::SIGTERM);
    let (status, _, stderr) = running.end();
    assert_eq!(status.code(), Some(0));
    assert!(
        stderr.contains("failed to report the end in time"),
        "{stderr}"
    );
    assert!(stderr.contains("deploystatus flush --outbox"), "{stderr}");
    assert_eq!(scene.kept().len(), 1);
    assert!(scene.kept()[0].contains("\"success\""));
}

#[test]
fn a_second_signal_ends_the_wait_for_the_report() {
    let scene = Scene::new();
    scene.github.fault(slowly(600_000).skip(1));
    let options = ["--end-timeout", "1h", "--grace", "1h"];
    let running = Running::start(scene.script(&options, "exit 3"));
    scene.until_asked(2);
    running.tell(Signal::SIGTERM);
    running.tell(Signal::SIGINT);
    assert_eq!(running.code(), 3);
    assert!(scene.kept()[0].contains("Exit code 3"));
}

#[test]
fn when_it_is_killed_itself_an_error_is_kept() {
    let scene = Scene::new();
    let mut running = Running::start(scene.script(&[], "echo ready; exec cat"));
    assert_eq!(running.line(), "ready");
    running.process.kill().unwrap();
    running.process.wait().unwrap();
    assert_eq!(scene.kept().len(), 1);
    assert!(scene.kept()[0].contains("\"error\""));
}

/// The system shows what is ignored on Linux alone.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_was_ignored_stays_ignored() {
    let scene = Scene::new();
    let program = env!("CARGO_BIN_EXE_deploystatus");
    let script =
        format!("trap '' HUP; exec {program} run --deployment 42 -- sh -c 'echo ready; exec cat'");
    let mut command = scene.command(&[]);
    let variables: Vec<_> = command
        .get_envs()
        .map(|(name, value)| (name.to_owned(), value.unwrap().to_owned()))
        .collect();
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &script]).env_clear().envs(variables);
    shell.stdin(std::process::Stdio::piped());
    shell.stdout(std::process::Stdio::piped());
    shell.stderr(std::process::Stdio::piped());
    shell.current_dir(scene.home.path());
    command = shell;
    let mut running = Running::start(command);
    assert_eq!(running.line(), "ready");
    running.tell(Signal::SIGHUP);
    assert_eq!(running.code(), 0);
    assert_eq!(scene.told()[1], pair("success", ""));
}
