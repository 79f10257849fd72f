//! An emulator with one deployment, and the command run against it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use deploystatus_emulator::{Clock, Emulator, EmulatorBuilder, NewDeployment, NewStatus};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::schemas;
use crate::transcript::transcript;

/// Path of the command.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_deploystatus");

/// ID of the deployment that every test uses.
pub(crate) const ID: u64 = 42;

/// An emulator with one deployment, an empty home directory, and an environment for both.
pub(crate) struct Scene {
    pub(crate) github: Emulator,
    pub(crate) home: TempDir,
    variables: Vec<(String, String)>,
    runtime: Runtime,
}

impl Scene {
    /// Creates a scene whose clock does not advance, so that all output is the same each time.
    pub(crate) fn new() -> Self {
        Self::with(Emulator::builder().clock(Clock::manual()))
    }

    /// Creates a scene with the system's clock.
    pub(crate) fn real_time() -> Self {
        Self::with(Emulator::builder())
    }

    pub(crate) fn with(builder: EmulatorBuilder) -> Self {
        // Clients in the test's own process need it too. This fails only if it is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let github = runtime.block_on(builder.start()).unwrap();
        let new = NewDeployment::new("main").id(ID).environment("staging");
        github.create_deployment("octocat/example", new).unwrap();
        let variables = [
            ("GITHUB_API_URL", github.api_url()),
            ("GITHUB_REPOSITORY", "octocat/example".to_owned()),
            ("GITHUB_TOKEN", "secret-token".to_owned()),
        ];
        Self {
            github,
            home: TempDir::new().unwrap(),
            variables: variables
                .map(|(name, value)| (name.to_owned(), value))
                .into(),
            runtime,
        }
    }

    /// Sets a variable of the command's environment.
    pub(crate) fn set(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    /// Removes a variable from the command's environment.
    pub(crate) fn unset(mut self, name: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self
    }

    /// Creates statuses with these states on the server.
    pub(crate) fn statuses(self, states: &[&str]) -> Self {
        for state in states {
            let new = NewStatus::new(*state).description(format!("Now {state}"));
            self.github.create_status(ID, new).unwrap();
        }
        self
    }

    /// Returns the states and descriptions on the server, oldest first.
    pub(crate) fn reported(&self) -> Vec<(String, String)> {
        let history = self.github.history(ID).into_iter();
        history
            .map(|status| (status.state, status.description))
            .collect()
    }

    /// Returns the reports in the default outbox.
    pub(crate) fn kept(&self) -> Vec<String> {
        let outbox = self.home.path().join(".local/state/deploystatus/outbox");
        let Ok(files) = std::fs::read_dir(outbox) else {
            return Vec::new();
        };
        files
            .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
            .collect()
    }

    /// Writes a file into the home directory.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.home.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Completes a future that needs a runtime.
    pub(crate) fn block_on<F: Future>(&self, work: F) -> F::Output {
        self.runtime.block_on(work)
    }

    /// Creates the command with this environment and no other.
    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(words(line)).stdin(Stdio::null());
        self.prepare(command)
    }

    /// Sets the environment and the directory of any command.
    pub(crate) fn prepare(&self, mut command: Command) -> Command {
        command
            .env_clear()
            .env("HOME", self.home.path())
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(self.home.path());
        command
    }

    /// Runs the command, and checks all JSON that it printed.
    #[track_caller]
    pub(crate) fn output(&self, line: &str) -> Output {
        let output = self.command(line).output().unwrap();
        schemas::check(line, &output);
        output
    }

    /// Returns the transcript of a command, which uses deployment 42 if the line names no other.
    pub(crate) fn run(&self, line: &str) -> String {
        let mut arguments = line.to_owned();
        if !line.contains("--deployment") {
            arguments = format!("--deployment {ID} {line}");
        }
        self.transcript(&arguments, line)
    }

    /// Returns the transcript of exactly this command.
    pub(crate) fn run_bare(&self, line: &str) -> String {
        self.transcript(line, line)
    }

    fn transcript(&self, arguments: &str, line: &str) -> String {
        let home = |path: &Path| path.display().to_string();
        let replacements = [
            (self.github.url(), "http://emulator"),
            (home(self.home.path()), "/home"),
            ("\u{1b}".to_owned(), "ESC"),
        ];
        transcript(line, &self.output(arguments), &replacements)
    }
}

/// Splits a line into words as a shell does, with single quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut is_quoted = false;
    let mut word = None;
    for character in line.chars() {
        match character {
            '\'' => {
                is_quoted = !is_quoted;
                word.get_or_insert_with(String::new);
            }
            ' ' if !is_quoted => words.extend(word.take()),
            character => word.get_or_insert_with(String::new).push(character),
        }
    }
    words.extend(word);
    words
}
