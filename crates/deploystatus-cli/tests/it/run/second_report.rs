//! The second report of a stopped command, which is sent if the first one takes too long.

use std::io::Write;
use std::time::Duration;

use deploystatus_emulator::{Fault, Operation};
use nix::sys::signal::Signal;

use crate::process::{Running, code, pair, wait_until};
use crate::scene::Scene;

/// Loses the first final report. The search for it takes longer than the grace.
fn lost_end(scene: &Scene) {
    let lost = Fault::status(502).on(Operation::CreateStatus);
    scene.github.fault(lost.skip(1));
}

/// Stops a command that prints `ready`, and checks that its end is reported.
fn stop_after_ready(mut running: Running, scene: &Scene) {
    assert_eq!(running.line(), "ready");
    running.send(Signal::SIGTERM);
    assert_eq!(running.code(), 143);
    assert_eq!(scene.reported()[1], pair("error", "Stopped by SIGTERM"));
}

#[test]
fn second_report_follows_an_invalid_value() {
    let scene = Scene::real_time();
    lost_end(&scene);
    let script = "echo environment_url=nowhere >> $DEPLOYSTATUS_OUTPUT; echo ready; exec sleep 60";
    let running = Running::start(scene.script(&["--grace", "3s"], script));
    stop_after_ready(running, &scene);
}

#[test]
fn token_is_read_once_for_both_reports() {
    let scene = Scene::real_time().unset("GITHUB_TOKEN");
    lost_end(&scene);
    let options = ["--grace", "3s", "--token-file", "-"];
    let mut running = Running::start(scene.script(&options, "echo ready; exec sleep 60"));
    let mut stdin = running.process.stdin.take().unwrap();
    stdin.write_all(b"secret-token\n").unwrap();
    drop(stdin);
    stop_after_ready(running, &scene);
}

/// A report that is under way when `run` exits may still be stored.
#[test]
fn late_start_is_not_the_newest_status() {
    let scene = Scene::real_time();
    let slow = Fault::delay(Duration::from_secs(7)).on(Operation::CreateStatus);
    scene.github.fault(slow);
    let options = ["--report-timeout", "0"];
    let mut running = Running::start(scene.script(&options, "echo ready; exec sleep 60"));
    assert_eq!(running.line(), "ready");
    scene.wait_for_requests(1);
    running.send(Signal::SIGTERM);
    assert_eq!(running.code(), 143);
    let start = pair("in_progress", "");
    wait_until(|| scene.reported().contains(&start));
    let newest = scene.reported().pop().unwrap();
    assert_eq!(newest, pair("error", "Stopped by SIGTERM"));
}

#[test]
fn failed_first_report_is_no_failure() {
    let scene = Scene::real_time();
    let rejected = Fault::status(403).delayed(Duration::from_secs(5));
    scene
        .github
        .fault(rejected.on(Operation::CreateStatus).skip(1));
    let script = "trap 'exit 0' TERM; echo ready; while :; do sleep 0.1; done";
    let options = ["--strict", "--grace", "6s"];
    let mut running = Running::start(scene.script(&options, script));
    assert_eq!(running.line(), "ready");
    running.send(Signal::SIGTERM);
    let (status, _, errors) = running.wait();
    assert_eq!(code(status), 0, "{errors}");
    assert!(!errors.contains("could not report"), "{errors}");
    assert_eq!(scene.reported()[1], pair("error", "Stopped by SIGTERM"));
}

#[test]
fn second_report_counts_after_a_failed_first() {
    let scene = Scene::real_time();
    let rejected = Fault::status(403).delayed(Duration::from_secs(7));
    let slow = Fault::delay(Duration::from_secs(2));
    for fault in [rejected.skip(1), slow.skip(1)] {
        scene.github.fault(fault.on(Operation::CreateStatus));
    }
    let mut running = Running::start(scene.script(&[], "echo ready; exec sleep 60"));
    assert_eq!(running.line(), "ready");
    running.send(Signal::SIGTERM);
    let (status, _, errors) = running.wait();
    assert_eq!(code(status), 143);
    assert_eq!(errors, "reported error: Stopped by SIGTERM\n");
    assert_eq!(scene.reported()[1], pair("error", "Stopped by SIGTERM"));
}
