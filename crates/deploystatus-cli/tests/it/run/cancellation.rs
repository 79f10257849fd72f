//! Jobs that a CI system cancels, in real time. The cells of each table run concurrently.

use std::process::{Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

use super::step::{CONDITIONS, Condition, STARTS, Step};
use crate::scene::{ID, PROGRAM, Scene};

type Cell = JoinHandle<Result<(), String>>;

/// Starts a step in each way and condition, cancels it, and reports those that do not end with an `error`.
fn check_all(conditions: &[Condition], cancel: fn(&mut Step) -> Instant) {
    let mut cells: Vec<Cell> = Vec::new();
    for start in STARTS {
        for condition in conditions.iter().copied() {
            cells.push(thread::spawn(move || {
                let mut step = Step::start(start, condition);
                let cancelled = cancel(&mut step);
                let name = format!("{} {}", start.0, start.1);
                step.check(cancelled, &name, condition)
            }));
        }
    }
    let results = cells.into_iter().map(|cell| cell.join().unwrap());
    let failures: Vec<_> = results.filter_map(Result::err).collect();
    assert!(failures.is_empty(), "{failures:#?}");
}

/// Sends a signal to the process group of a step.
fn signal_group(step: &Step, signal: Signal) {
    // The group has no processes once all have ended.
    let _ = killpg(step.id(), signal);
}

/// Sends a signal to all processes of a step, those that were started last first.
fn signal_tree(step: &Step, signal: Signal) {
    let mut processes = step.processes();
    processes.sort_unstable();
    for id in processes.into_iter().rev() {
        let _ = kill(Pid::from_raw(id), signal);
    }
}

/// GitHub's runner sends SIGINT to the entry process of the step alone, SIGTERM after 7.5 seconds,
/// and kills the process after another 2.5 seconds.
#[test]
fn jobs_cancelled_by_githubs_runner_end() {
    check_all(&CONDITIONS, Step::cancel_as_runner);
}

/// GitLab and Buildkite signal the process group of the step.
#[test]
fn jobs_whose_group_is_cancelled_end() {
    check_all(&CONDITIONS, |step| {
        step.cancel_with(Signal::SIGTERM, signal_group)
    });
}

/// Jenkins signals each process of the step, children first.
#[test]
fn jobs_whose_processes_are_cancelled_end() {
    check_all(&CONDITIONS, |step| {
        step.cancel_with(Signal::SIGTERM, signal_tree)
    });
}

#[test]
fn jobs_whose_session_hangs_up_end() {
    check_all(&[Condition::Healthy, Condition::CleanExit], |step| {
        step.cancel_with(Signal::SIGHUP, signal_group)
    });
}

#[test]
fn zombies_are_not_awaited() {
    let namespace = "unshare --user --map-root-user --pid --fork --mount-proc";
    let unshare = |program: &str| {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("exec {namespace} {program}")]);
        command
    };
    if !unshare("true").status().unwrap().success() {
        report_skipped();
        return;
    }
    let scene = Scene::real_time().set("CI", "true");
    // The first process of a container often reaps only its own child. Here it is `run`.
    scene.file(
        "zombie.sh",
        "sleep 0.1 & (sleep 0.5; kill -TERM 1) & exec sleep 30",
    );
    let run = unshare(&format!("{PROGRAM} run --deployment 42 -- sh zombie.sh"));
    let start = Instant::now();
    let output = scene.in_group(run).output().unwrap();
    assert_eq!(output.status.code(), Some(143), "{output:?}");
    assert!(start.elapsed() < Duration::from_secs(7), "{output:?}");
}

#[expect(clippy::print_stderr, reason = "a skipped test must be visible")]
fn report_skipped() {
    eprintln!("skipped: this system does not permit namespaces");
}

#[test]
fn background_run_survives_its_shell_outside_of_pipelines() {
    for (options, survives) in [("", true), ("--stop-with-parent true", false)] {
        let scene = Scene::real_time();
        let run =
            format!("deploystatus run --deployment 42 {options} -- sh -c 'touch ready; cat fifo'");
        let line = format!("mkfifo fifo; {run} & while [ ! -e ready ]; do sleep 0.1; done");
        let mut shell = scene.shell(&line);
        shell.stdout(Stdio::null()).stderr(Stdio::null());
        assert!(shell.status().unwrap().success());
        if survives {
            thread::sleep(Duration::from_millis(300));
            assert_eq!(scene.github.history(ID).len(), 1);
            scene.file("fifo", "");
        }
        scene.wait_for_statuses(2);
        let newest = scene.reported().pop().unwrap();
        assert_eq!(newest.0, if survives { "success" } else { "error" });
    }
}
