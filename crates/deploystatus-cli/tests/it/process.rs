//! The command `run` as a process that is started, signalled and awaited.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::scene::{ID, PROGRAM, Scene};

impl Scene {
    /// Creates `deploystatus run` with options and a shell script.
    pub(crate) fn script(&self, options: &[&str], script: &str) -> Command {
        let mut arguments = vec!["run", "--deployment", "42"];
        arguments.extend(options);
        arguments.extend(["--", "sh", "-c", script]);
        self.background(&arguments)
    }

    /// Runs a script with empty standard input until it ends.
    pub(crate) fn run_script(&self, options: &[&str], script: &str) -> Output {
        let mut command = self.script(options, script);
        command.stdin(Stdio::null()).output().unwrap()
    }

    /// Creates the command with pipes and its own process group, outside of any terminal.
    pub(crate) fn background(&self, arguments: &[&str]) -> Command {
        let mut command = with_default_signals();
        command.args(arguments);
        self.in_group(command)
    }

    /// Creates a shell that runs `line` and finds the command in its search path.
    pub(crate) fn shell(&self, line: &str) -> Command {
        let mut shell = Command::new("sh");
        shell.args(["-c", line]);
        self.in_group(shell)
    }

    /// Sets pipes, the search path and a process group of its own.
    pub(crate) fn in_group(&self, command: Command) -> Command {
        let directory = Path::new(PROGRAM).parent().unwrap().to_owned();
        let path = std::env::var_os("PATH").unwrap();
        // Programs in the scene's `bin` replace those of the system.
        let own = self.home.path().join("bin");
        let directories = [own, directory]
            .into_iter()
            .chain(std::env::split_paths(&path));
        let mut command = self.prepare(command);
        command
            .env("PATH", std::env::join_paths(directories).unwrap())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        command
    }

    /// Waits until the server has received this many requests that create a status.
    pub(crate) fn wait_for_requests(&self, count: usize) {
        wait_until(|| {
            let requests = self.github.requests().into_iter();
            requests.filter(|request| request.method == "POST").count() >= count
        });
    }

    /// Waits until the server has this many statuses.
    pub(crate) fn wait_for_statuses(&self, count: usize) {
        wait_until(|| self.github.history(ID).len() >= count);
    }
}

/// Creates the command with the default signal handlers.
///
/// Tests that run in the background of a shell inherit ignored signals, and the command keeps them ignored.
fn with_default_signals() -> Command {
    if cfg!(target_os = "linux") {
        let mut command = Command::new("env");
        command.args(["--default-signal=HUP,INT,QUIT,TERM", PROGRAM]);
        command
    } else {
        Command::new(PROGRAM)
    }
}

/// Waits for a condition that has no notification.
pub(crate) fn wait_until(condition: impl Fn() -> bool) {
    for _ in 0..60_000 {
        if condition() {
            return;
        }
        thread::sleep(Duration::from_millis(1));
    }
    panic!("the condition was not met within a minute");
}

/// A `deploystatus run` that has been started.
pub(crate) struct Running {
    pub(crate) process: Child,
    pub(crate) lines: BufReader<ChildStdout>,
}

impl Running {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut process = command.spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap());
        Self { process, lines }
    }

    /// Returns the next line of standard output.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    pub(crate) fn send(&self, signal: Signal) {
        let id = i32::try_from(self.process.id()).unwrap();
        kill(Pid::from_raw(id), signal).unwrap();
    }

    /// Waits for the end and returns the exit status and the rest of both outputs.
    pub(crate) fn wait(mut self) -> (ExitStatus, String, String) {
        drop(self.process.stdin.take());
        let mut stdout = String::new();
        self.lines.read_to_string(&mut stdout).unwrap();
        let mut stderr = String::new();
        let mut errors = self.process.stderr.take().unwrap();
        errors.read_to_string(&mut stderr).unwrap();
        (self.process.wait().unwrap(), stdout, stderr)
    }

    /// Waits for the end and returns the exit code.
    pub(crate) fn code(self) -> i32 {
        code(self.wait().0)
    }
}

#[track_caller]
pub(crate) fn code(status: ExitStatus) -> i32 {
    assert_eq!(status.signal(), None, "the command was ended by a signal");
    status.code().unwrap()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Returns a state with its description, as [`Scene::reported`] does.
pub(crate) fn pair(state: &str, description: &str) -> (String, String) {
    (state.to_owned(), description.to_owned())
}
