//! A step of a job that runs `deploystatus run`, and the ways in which it is cancelled, in real time.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use deploystatus_emulator::{Fault, Operation};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::process::wait_until;
use crate::scene::{ID, PROGRAM, Scene};

/// The ways in which a step starts `deploystatus run`: the shell, and the script.
pub(super) const STARTS: [(&str, &str); 10] = [
    ("bash -e", "deploystatus run --deployment 42 -- ./deploy.sh"),
    ("sh -e", "deploystatus run --deployment 42 -- ./deploy.sh"),
    (
        "bash -e",
        "echo before\ndeploystatus run --deployment 42 -- ./deploy.sh\necho after",
    ),
    (
        "bash -e",
        "exec deploystatus run --deployment 42 -- ./deploy.sh",
    ),
    (
        "deploystatus run --deployment 42 -- bash -e",
        "echo before\n./deploy.sh\necho after",
    ),
    (
        "bash -e",
        "deploystatus run --deployment 42 -- ./deploy.sh | tee log",
    ),
    // The shell exits at SIGINT, and its background process ignores it.
    (
        "deploystatus run --deployment 42 -- bash -e",
        "./deploy.sh & wait",
    ),
    // The runner ends the shell of the step and not the processes between it and `run`.
    (
        "bash -e",
        "sh -c 'deploystatus run --deployment 42 -- ./deploy.sh; echo after'",
    ),
    (
        "bash -e",
        "{ timeout 600 deploystatus run --deployment 42 -- ./deploy.sh; echo after; } | tee log",
    ),
    (
        "bash -e",
        "result=$(deploystatus run --deployment 42 -- ./deploy.sh; echo after)",
    ),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    Healthy,
    LostResponse,
    LostRequest,
    SlowCleanUp,
    SilentServer,
    /// The command exits with 0 when it is stopped.
    CleanExit,
    /// The command ignores all stop requests.
    IgnoredStop,
}

pub(super) const CONDITIONS: [Condition; 7] = [
    Condition::Healthy,
    Condition::LostResponse,
    Condition::LostRequest,
    Condition::SlowCleanUp,
    Condition::SilentServer,
    Condition::CleanExit,
    Condition::IgnoredStop,
];

impl Condition {
    /// Returns the fault of the final report; the initial report is not affected.
    fn fault(self) -> Option<Fault> {
        let fault = match self {
            Self::Healthy | Self::SlowCleanUp | Self::CleanExit | Self::IgnoredStop => return None,
            Self::LostResponse => Fault::status(502).after_work(),
            Self::LostRequest => Fault::status(502),
            Self::SilentServer => Fault::delay(Duration::from_secs(5)).times(10),
        };
        Some(fault.on(Operation::CreateStatus).skip(1))
    }

    fn script(self) -> &'static str {
        match self {
            Self::SlowCleanUp => {
                "trap '' INT; trap 'sleep 9; exit 1' TERM; touch ready; while :; do sleep 0.1; done"
            }
            Self::CleanExit => {
                "trap 'exit 0' HUP INT TERM; touch ready; while :; do sleep 0.1; done"
            }
            Self::IgnoredStop => "trap '' HUP INT TERM; touch ready; while :; do sleep 0.1; done",
            _ => "touch ready; exec sleep 60",
        }
    }
}

/// A step of a job, and the scene that it runs in.
pub(super) struct Step {
    scene: Scene,
    entry: Child,
}

impl Step {
    /// Starts a step and waits until its deployment script runs.
    pub(super) fn start((shell, script): (&str, &str), condition: Condition) -> Self {
        let scene = Scene::real_time().set("CI", "true");
        if let Some(fault) = condition.fault() {
            scene.github.fault(fault);
        }
        let deploy = scene.file("deploy.sh", &format!("#!/bin/sh\n{}\n", condition.script()));
        fs::set_permissions(&deploy, PermissionsExt::from_mode(0o755)).unwrap();
        scene.file("step.sh", &format!("{script}\n"));
        // `env` restores the signals that the test process may ignore.
        let mut command = Command::new("env");
        command.arg("--default-signal=HUP,INT,QUIT,TERM");
        let shell = shell.replace("deploystatus", PROGRAM);
        command.args(shell.split(' ')).arg("step.sh");
        let mut command = scene.in_group(command);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let entry = command
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        let ready = scene.home.path().join("ready");
        wait_until(|| ready.exists());
        Self { scene, entry }
    }

    pub(super) fn id(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.entry.id()).unwrap())
    }

    /// Waits until the entry process ends or the time is reached, and returns `true` if it ended.
    fn ends_until(&mut self, time: Instant) -> bool {
        while Instant::now() < time {
            if self.entry.try_wait().unwrap().is_some() {
                return true;
            }
            thread::sleep(Duration::from_millis(10));
        }
        false
    }

    /// Cancels the step as GitHub's runner does.
    pub(super) fn cancel_as_runner(&mut self) -> Instant {
        let start = Instant::now();
        kill(self.id(), Signal::SIGINT).unwrap();
        if self.ends_until(start + Duration::from_millis(7500)) {
            return start;
        }
        kill(self.id(), Signal::SIGTERM).unwrap();
        if !self.ends_until(Instant::now() + Duration::from_millis(2500)) {
            self.entry.kill().unwrap();
            self.entry.wait().unwrap();
        }
        start
    }

    /// Sends a signal to the processes that `stop` selects, and SIGKILL after 10 seconds.
    pub(super) fn cancel_with(&mut self, signal: Signal, stop: impl Fn(&Self, Signal)) -> Instant {
        let start = Instant::now();
        stop(self, signal);
        if !self.ends_until(start + Duration::from_secs(10)) {
            stop(self, Signal::SIGKILL);
            self.entry.wait().unwrap();
        }
        start
    }

    /// Returns the processes of the step, which run in its directory.
    pub(super) fn processes(&self) -> Vec<i32> {
        let home = self.scene.home.path();
        let processes = fs::read_dir("/proc").unwrap().filter_map(|entry| {
            let path = entry.ok()?.path();
            let id = path.file_name()?.to_str()?.parse().ok()?;
            (fs::read_link(path.join("cwd")).ok()? == home).then_some(id)
        });
        processes.collect()
    }

    fn newest(&self) -> String {
        let status = self.scene.github.history(ID).pop();
        status.unwrap().state
    }

    /// Checks the end of a cancelled step.
    pub(super) fn check(
        self,
        start: Instant,
        name: &str,
        condition: Condition,
    ) -> Result<(), String> {
        let end = start + Duration::from_secs(11);
        while Instant::now() < end && (self.newest() != "error" || !self.processes().is_empty()) {
            thread::sleep(Duration::from_millis(50));
        }
        let mut newest = self.newest();
        let processes = self.processes();
        if newest != "error" && condition == Condition::SilentServer {
            // The server was silent for longer than the job had left, so the report is in the outbox.
            let mut flush = self.scene.command("flush");
            let flushed = flush.output().unwrap();
            assert!(flushed.status.success(), "{name}: {flushed:?}");
            newest = self.newest();
        }
        for id in &processes {
            // The process may have ended in the meantime.
            let _ = kill(Pid::from_raw(*id), Signal::SIGKILL);
        }
        thread::sleep(Duration::from_millis(500));
        let later = self.newest();
        if newest != "error" || later != "error" || !processes.is_empty() {
            let states = self.scene.reported();
            return Err(format!(
                "{name}, {condition:?}: {states:?}, processes {processes:?}"
            ));
        }
        Ok(())
    }
}
