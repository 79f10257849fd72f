//! Processes that are killed before each change of a file.
//!
//! The tests trace the main thread of the command, which writes the outbox, and kill the process when it enters a
//! system call that creates, writes, syncs, locks, renames or removes a file.

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use deploystatus_emulator::{Fault, Operation};
use nix::errno::Errno;
use nix::libc;
use nix::sys::ptrace;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use crate::scene::{PROGRAM, Scene};

/// The end of a traced process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Killed,
    /// The process ended before it made so many changes.
    Exited,
}

/// Runs the command and kills it before the change with this number, counted from 1.
///
/// Returns an error if this system does not permit tracing.
fn kill_before(change: u32, scene: &Scene, line: &str) -> Result<End, Errno> {
    let process = start_stopped(scene, line);
    if let Err(error) = ptrace::attach(process) {
        kill(process, Signal::SIGKILL).unwrap();
        waitpid(process, None).unwrap();
        return Err(error);
    }
    waitpid(process, None).unwrap();
    ptrace::setoptions(
        process,
        ptrace::Options::PTRACE_O_TRACESYSGOOD | ptrace::Options::PTRACE_O_EXITKILL,
    )
    .unwrap();
    kill(process, Signal::SIGCONT).unwrap();
    let mut changes = 0;
    let mut signal = None;
    loop {
        ptrace::syscall(process, signal.take()).unwrap();
        match waitpid(process, None).unwrap() {
            WaitStatus::PtraceSyscall(_) => changes += u32::from(enters_a_change(process)),
            // The tracer sees a trap after `exec`, and the signal that stopped the process.
            WaitStatus::Stopped(_, Signal::SIGTRAP | Signal::SIGSTOP) => {}
            WaitStatus::Stopped(_, received) => signal = Some(received),
            WaitStatus::Exited(..) | WaitStatus::Signaled(..) => return Ok(End::Exited),
            other => panic!("unexpected stop: {other:?}"),
        }
        if changes == change {
            kill(process, Signal::SIGKILL).unwrap();
            waitpid(process, None).unwrap();
            return Ok(End::Killed);
        }
    }
}

/// Starts a process that stops itself and then becomes the command.
#[expect(clippy::zombie_processes, reason = "the tracer waits for it")]
fn start_stopped(scene: &Scene, line: &str) -> Pid {
    let mut shell = Command::new("sh");
    let script = format!("kill -STOP $$; exec {PROGRAM} {line}");
    shell.args(["-c", &script]);
    let mut shell = scene.prepare(shell);
    shell
        .env("TMPDIR", scene.home.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let process = shell.spawn().unwrap();
    let process = Pid::from_raw(i32::try_from(process.id()).unwrap());
    waitpid(process, Some(WaitPidFlag::WUNTRACED)).unwrap();
    process
}

/// Returns `true` if the process is about to change a file.
fn enters_a_change(process: Pid) -> bool {
    let registers = ptrace::getregs(process).unwrap();
    // The kernel presets this result; at the exit of the call the register has the true one.
    let is_entry = registers.rax.cast_signed() == -i64::from(libc::ENOSYS);
    let creates = registers.rdx & u64::from(libc::O_CREAT.cast_unsigned()) != 0;
    is_entry
        && match registers.orig_rax.cast_signed() {
            libc::SYS_openat => creates,
            libc::SYS_mkdir
            | libc::SYS_write
            | libc::SYS_fsync
            | libc::SYS_flock
            | libc::SYS_rename
            | libc::SYS_unlink => true,
            _ => false,
        }
}

/// Number of processes at the same time. They mostly wait for the search after a lost response.
const CONCURRENT: usize = 20;

/// Kills the command before each of its changes, each time in a new scene, and then flushes.
///
/// Returns the states on the server after each kill.
fn kill_everywhere(line: &str, scene: impl Fn() -> Scene + Sync) -> Vec<Vec<String>> {
    let next = AtomicU32::new(1);
    let kill_next = || {
        let mut results = Vec::new();
        loop {
            let scene = scene();
            let change = next.fetch_add(1, Ordering::Relaxed);
            match kill_before(change, &scene, line) {
                Ok(End::Killed) => results.push(flush(&scene, &format!("{line}, change {change}"))),
                Ok(End::Exited) => return results,
                Err(error) => {
                    report_skipped(error);
                    return Vec::new();
                }
            }
        }
    };
    let results: Vec<_> = thread::scope(|scope| {
        let threads = [(); CONCURRENT].map(|()| scope.spawn(kill_next));
        threads.map(|thread| thread.join().unwrap()).concat()
    });
    assert!(
        results.is_empty() || results.len() > 5,
        "{line}: {results:?}"
    );
    results
}

#[expect(clippy::print_stderr, reason = "a skipped test must be visible")]
fn report_skipped(error: Errno) {
    eprintln!("skipped: this system does not permit tracing: {error}");
}

/// Flushes the outbox, checks that it is empty, and returns the states on the server.
fn flush(scene: &Scene, case: &str) -> Vec<String> {
    let flushed = scene.output("flush");
    assert!(flushed.status.success(), "{case}: {flushed:?}");
    assert_eq!(scene.kept(), [""; 0], "{case}");
    let reported = scene.reported().into_iter();
    reported.map(|(state, _)| state).collect()
}

/// Checks that each run ended in one final state, or never began.
#[track_caller]
fn assert_ended(results: &[Vec<String>]) {
    for states in results {
        let states: Vec<_> = states.iter().map(String::as_str).collect();
        let is_one_end = matches!(states[..], ["in_progress", "success" | "error"]);
        assert!(is_one_end || states.is_empty(), "{results:?}");
    }
}

const RUN: &str = "run --deployment 42 --end-timeout 1s -- true";

#[test]
fn killed_run_is_ended_by_flush() {
    assert_ended(&kill_everywhere(RUN, Scene::real_time));
}

#[test]
fn run_killed_after_lost_responses_is_ended_by_flush() {
    let results = kill_everywhere(RUN, || {
        let scene = Scene::real_time();
        let lost = Fault::status(502).after_work().times(2);
        scene.github.fault(lost.on(Operation::CreateStatus));
        scene
    });
    assert_ended(&results);
}

#[test]
fn killed_flush_loses_and_repeats_nothing() {
    let results = kill_everywhere("flush", || {
        let scene = Scene::real_time();
        let down = Fault::status(429).skip(1).times(100);
        scene.github.fault(down.on(Operation::CreateStatus));
        let run = scene.output(RUN);
        assert_eq!(scene.kept().len(), 1, "{run:?}");
        scene.github.clear_faults();
        scene
    });
    for states in results {
        assert_eq!(states, ["in_progress", "success"]);
    }
}
