//! An emulated GitHub, and a command that is run and reported to it.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::thread;
use std::time::Duration;

use deploystatus_emulator::{Emulator, NewDeployment};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;
use tokio::runtime::Runtime;

const PROGRAM: &str = env!("CARGO_BIN_EXE_deploystatus");

/// The deployment that every test is about.
pub(crate) const ID: u64 = 42;

pub(crate) struct Scene {
    pub(crate) github: Emulator,
    pub(crate) home: TempDir,
    _runtime: Runtime,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let github = runtime.block_on(Emulator::start()).unwrap();
        let new = NewDeployment::new("main").id(ID).environment("staging");
        github.create_deployment("octocat/example", new).unwrap();
        Self {
            github,
            home: TempDir::new().unwrap(),
            _runtime: runtime,
        }
    }

    /// The command with these arguments, in the background of whatever terminal there is.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = with_default_signals();
        command.args(arguments);
        self.at_home(command)
    }

    /// A line for the shell, which finds the command.
    pub(crate) fn shell(&self, line: &str) -> Command {
        let mut shell = Command::new("sh");
        shell.args(["-c", line]);
        let mut shell = self.at_home(shell);
        let ours = Path::new(PROGRAM).parent().unwrap();
        let path = std::env::var_os("PATH").unwrap();
        let path = std::env::split_paths(&path);
        let path = std::env::join_paths([ours.to_owned()].into_iter().chain(path));
        shell.env("PATH", path.unwrap());
        shell
    }

    fn at_home(&self, mut command: Command) -> Command {
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", self.home.path())
            .env("GITHUB_API_URL", self.github.api_url())
            .env("GITHUB_REPOSITORY", "octocat/example")
            .env("GITHUB_TOKEN", "secret-token")
            .current_dir(self.home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        command
    }

    /// `deploystatus run`, with options, and a script for the shell.
    pub(crate) fn script(&self, options: &[&str], script: &str) -> Command {
        let mut arguments = vec!["run", "--deployment", "42"];
        arguments.extend(options);
        arguments.extend(["--", "sh", "-c", script]);
        self.command(&arguments)
    }

    /// Runs a script to its end, with nothing to read.
    pub(crate) fn run(&self, options: &[&str], script: &str) -> Output {
        let mut command = self.script(options, script);
        command.stdin(Stdio::null()).output().unwrap()
    }

    /// The states with their remarks, oldest first.
    pub(crate) fn told(&self) -> Vec<(String, String)> {
        let history = self.github.history(ID).into_iter();
        history
            .map(|status| (status.state, status.description))
            .collect()
    }

    /// The files of the default outbox.
    pub(crate) fn kept(&self) -> Vec<String> {
        let outbox = self.home.path().join(".local/state/deploystatus/outbox");
        let Ok(files) = std::fs::read_dir(outbox) else {
            return Vec::new();
        };
        files
            .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
            .collect()
    }

    /// Waits until so many statuses were asked for, whether or not they were answered.
    pub(crate) fn until_asked(&self, times: usize) {
        until(|| {
            let requests = self.github.requests().into_iter();
            requests.filter(|request| request.method == "POST").count() >= times
        });
    }

    /// Waits until GitHub has so many statuses.
    pub(crate) fn until_told(&self, times: usize) {
        until(|| self.github.history(ID).len() >= times);
    }
}

/// The command, hearing all signals: whoever runs the tests in the background of a shell ignores some,
/// and what is ignored at the beginning stays ignored.
fn with_default_signals() -> Command {
    if cfg!(target_os = "linux") {
        let mut command = Command::new("env");
        command.args(["--default-signal=HUP,INT,QUIT,TERM", PROGRAM]);
        command
    } else {
        Command::new(PROGRAM)
    }
}

/// Waits for what the emulator can only be asked for.
fn until(happened: impl Fn() -> bool) {
    for _ in 0..60_000 {
        if happened() {
            return;
        }
        thread::sleep(Duration::from_millis(1));
    }
    panic!("it did not happen within a minute");
}

/// A `deploystatus run` that is under way.
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

    /// The next line that the command prints.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    pub(crate) fn tell(&self, signal: Signal) {
        let id = i32::try_from(self.process.id()).unwrap();
        kill(Pid::from_raw(id), signal).unwrap();
    }

    /// Waits for the end: how it ended, and what was printed until then.
    pub(crate) fn end(mut self) -> (ExitStatus, String, String) {
        drop(self.process.stdin.take());
        let mut stdout = String::new();
        self.lines.read_to_string(&mut stdout).unwrap();
        let mut stderr = String::new();
        let mut errors = self.process.stderr.take().unwrap();
        errors.read_to_string(&mut stderr).unwrap();
        (self.process.wait().unwrap(), stdout, stderr)
    }

    /// The same, when only the code matters.
    pub(crate) fn code(self) -> i32 {
        code(self.end().0)
    }
}

#[track_caller]
pub(crate) fn code(status: ExitStatus) -> i32 {
    assert_eq!(status.signal(), None, "it was ended by a signal itself");
    status.code().unwrap()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

pub(crate) fn pair(state: &str, remark: &str) -> (String, String) {
    (state.to_owned(), remark.to_owned())
}
