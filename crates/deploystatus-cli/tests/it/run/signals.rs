//! Stop signals before, during and after the command.

use std::time::Duration;

use deploystatus_emulator::{Fault, Operation};
use nix::sys::signal::Signal;

use crate::process::{Running, code, pair};
use crate::scene::Scene;

const SIGNALS: [(Signal, &str, i32); 4] = [
    (Signal::SIGINT, "SIGINT", 130),
    (Signal::SIGTERM, "SIGTERM", 143),
    (Signal::SIGHUP, "SIGHUP", 129),
    (Signal::SIGQUIT, "SIGQUIT", 131),
];

fn slowly(by: u64) -> Fault {
    Fault::delay(Duration::from_millis(by)).on(Operation::CreateStatus)
}

#[test]
fn signals_are_forwarded_and_reported() {
    for (signal, name, number) in SIGNALS {
        let scene = Scene::real_time();
        let mut running = Running::start(scene.script(&[], "echo ready; exec cat"));
        assert_eq!(running.line(), "ready");
        running.send(signal);
        // An open standard input keeps the command running until the signal.
        let stdin = running.process.stdin.take();
        assert_eq!(running.code(), number);
        drop(stdin);
        let description = format!("Stopped by {name}");
        assert_eq!(
            scene.reported(),
            [pair("in_progress", ""), pair("error", &description)]
        );
        assert_eq!(scene.kept(), [""; 0]);
    }
}

#[test]
fn clean_up_determines_the_exit_code() {
    let scene = Scene::real_time();
    let script = "trap 'echo cleaned; exit 5' TERM; echo ready; while :; do sleep 1; done";
    let mut running = Running::start(scene.script(&[], script));
    assert_eq!(running.line(), "ready");
    running.send(Signal::SIGTERM);
    let (status, stdout, _) = running.wait();
    assert_eq!(status.code(), Some(5));
    assert_eq!(stdout, "cleaned\n");
    assert_eq!(scene.reported()[1], pair("error", "Stopped by SIGTERM"));
}

#[test]
fn ignored_signal_is_reported_immediately() {
    let scene = Scene::real_time();
    let script = "trap '' TERM; echo ready; cat; echo done";
    let mut running = Running::start(scene.script(&[], script));
    assert_eq!(running.line(), "ready");
    running.send(Signal::SIGTERM);
    scene.wait_for_statuses(2);
    assert_eq!(running.process.try_wait().unwrap(), None);
    let (status, stdout, _) = running.wait();
    assert_eq!(status.code(), Some(0));
    assert_eq!(stdout, "done\n");
    // The later exit code is not reported again.
    assert_eq!(
        scene.reported(),
        [pair("in_progress", ""), pair("error", "Stopped by SIGTERM")]
    );
}

#[test]
fn first_of_several_signals_is_reported() {
    let scene = Scene::real_time();
    let script = "trap 'echo INT' INT; trap 'echo TERM; exit 9' TERM
        echo ready; while :; do sleep 1; done";
    let mut running = Running::start(scene.script(&[], script));
    assert_eq!(running.line(), "ready");
    running.send(Signal::SIGINT);
    assert_eq!(running.line(), "INT");
    running.send(Signal::SIGINT);
    assert_eq!(running.line(), "INT");
    running.send(Signal::SIGTERM);
    assert_eq!(running.line(), "TERM");
    assert_eq!(running.code(), 9);
    assert_eq!(
        scene.reported(),
        [pair("in_progress", ""), pair("error", "Stopped by SIGINT")]
    );
}

/// The command may exit before `run` receives the signal that was sent to both.
#[test]
fn exit_just_before_a_signal_is_a_cancellation() {
    // This process waits until `run` has read the exit code, and then signals it.
    let signal = "(while kill -0 $$ 2> /dev/null; do :; done; kill -TERM $PPID) &";
    for (end, number) in [("exit 0", 0), ("exit 3", 3), ("kill -KILL $$", 137)] {
        let scene = Scene::real_time();
        let options = ["--cancelled-as", "inactive"];
        let output = scene.run_script(&options, &format!("{signal} {end}"));
        assert_eq!(code(output.status), number);
        assert_eq!(scene.reported()[1], pair("inactive", "Stopped by SIGTERM"));
    }
}

#[test]
fn signals_reach_grandchildren() {
    let scene = Scene::real_time();
    let script =
        "sh -c 'trap \"echo grandchild; exit\" TERM; echo ready; while :; do sleep 1; done' & wait";
    let mut running = Running::start(scene.script(&[], script));
    assert_eq!(running.line(), "ready");
    running.send(Signal::SIGTERM);
    let (status, stdout, _) = running.wait();
    assert_eq!(status.code(), Some(143));
    assert_eq!(stdout, "grandchild\n");
}

#[test]
fn early_signal_prevents_the_start() {
    let scene = Scene::real_time();
    scene.github.fault(slowly(300));
    let running = Running::start(scene.script(&[], "touch was-run"));
    scene.wait_for_requests(1);
    running.send(Signal::SIGTERM);
    assert_eq!(running.code(), 143);
    assert!(!scene.home.path().join("was-run").exists());
    let description = "Stopped by SIGTERM before the command started";
    assert_eq!(
        scene.reported(),
        [pair("in_progress", ""), pair("error", description)]
    );
}

#[test]
fn late_signal_leaves_the_grace_for_the_report() {
    let scene = Scene::real_time();
    scene.github.fault(slowly(300).skip(1));
    let running = Running::start(scene.script(&[], "exit 3"));
    scene.wait_for_requests(2);
    running.send(Signal::SIGTERM);
    assert_eq!(running.code(), 3);
    assert_eq!(scene.reported()[1], pair("failure", "Exit code 3"));
    assert_eq!(scene.kept(), [""; 0]);
}

#[test]
fn report_is_kept_after_the_grace() {
    let scene = Scene::real_time();
    scene.github.fault(slowly(600_000).skip(1));
    let options = ["--end-timeout", "1h", "--grace", "0"];
    let running = Running::start(scene.script(&options, "true"));
    scene.wait_for_requests(2);
    running.send(Signal::SIGTERM);
    let (status, _, stderr) = running.wait();
    assert_eq!(status.code(), Some(0));
    assert!(
        stderr.contains("could not report success for deployment 42"),
        "{stderr}"
    );
    assert!(stderr.contains("deploystatus flush --outbox"), "{stderr}");
    assert_eq!(scene.kept().len(), 1);
    assert!(scene.kept()[0].contains("\"success\""));
}

#[test]
fn second_signal_does_not_cut_off_the_report() {
    let scene = Scene::real_time();
    scene.github.fault(slowly(300).skip(1));
    let running = Running::start(scene.script(&["--end-timeout", "1h"], "exit 3"));
    scene.wait_for_requests(2);
    running.send(Signal::SIGTERM);
    running.send(Signal::SIGINT);
    assert_eq!(running.code(), 3);
    assert_eq!(scene.reported()[1], pair("failure", "Exit code 3"));
}

#[test]
fn cancellation_is_reported_as_the_chosen_state() {
    for state in ["failure", "error", "inactive"] {
        let scene = Scene::real_time();
        let options = ["--cancelled-as", state];
        let mut running = Running::start(scene.script(&options, "echo ready; exec cat"));
        assert_eq!(running.line(), "ready");
        running.send(Signal::SIGTERM);
        let stdin = running.process.stdin.take();
        assert_eq!(running.code(), 143);
        drop(stdin);
        assert_eq!(scene.reported()[1], pair(state, "Stopped by SIGTERM"));
    }
}

#[test]
fn flush_reports_the_error_of_a_killed_run() {
    let scene = Scene::real_time();
    let mut running = Running::start(scene.script(&[], "echo ready; exec cat"));
    assert_eq!(running.line(), "ready");
    running.process.kill().unwrap();
    running.process.wait().unwrap();
    for _ in 0..2 {
        let output = scene.background(&["flush"]).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        assert_eq!(scene.reported().len(), 2);
        assert_eq!(scene.reported()[1].0, "error");
    }
}

#[test]
fn killed_run_leaves_an_error_in_the_outbox() {
    let scene = Scene::real_time();
    let mut running = Running::start(scene.script(&[], "echo ready; exec cat"));
    assert_eq!(running.line(), "ready");
    running.process.kill().unwrap();
    running.process.wait().unwrap();
    assert_eq!(scene.kept().len(), 1);
    assert!(scene.kept()[0].contains("\"error\""));
}

/// Only Linux shows which signals are ignored.
#[cfg(target_os = "linux")]
#[test]
fn ignored_signals_stay_ignored() {
    let scene = Scene::real_time();
    let line = "trap '' HUP; exec deploystatus run --deployment 42 -- sh -c 'echo ready; exec cat'";
    let mut running = Running::start(scene.shell(line));
    assert_eq!(running.line(), "ready");
    running.send(Signal::SIGHUP);
    assert_eq!(running.code(), 0);
    assert_eq!(scene.reported()[1], pair("success", ""));
}

/// The system reaps the children of a process that ignores SIGCHLD, and drops their exit codes.
#[cfg(target_os = "linux")]
#[test]
fn ignored_sigchld_hides_no_exit_code() {
    for (command, number) in [("true", 0), ("false", 1)] {
        let scene = Scene::real_time();
        let line = "exec env --ignore-signal=CHLD deploystatus run --deployment 42 --";
        let running = Running::start(scene.shell(&format!("{line} {command}")));
        assert_eq!(running.code(), number);
        let state = if number == 0 { "success" } else { "failure" };
        assert_eq!(scene.reported()[1].0, state);
    }
}
