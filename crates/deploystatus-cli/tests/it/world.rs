//! An emulated GitHub, and the command run against it.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use deploystatus_emulator::{Clock, Emulator, EmulatorBuilder, NewDeployment, NewStatus};
use snapbox::{Assert, IntoData};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Compares with a transcript to the letter; `SNAPSHOTS=overwrite` takes it anew.
#[track_caller]
pub(crate) fn check(said: impl Into<String>, transcript: impl IntoData) {
    Assert::new()
        .action_env("SNAPSHOTS")
        .normalize_paths(false)
        .eq(said.into(), transcript);
}

/// The deployment that every test is about.
pub(crate) const ID: u64 = 42;

/// An emulator with one deployment, an empty home directory, and an environment that knows both.
pub(crate) struct World {
    pub(crate) github: Emulator,
    pub(crate) home: TempDir,
    variables: Vec<(String, String)>,
    runtime: Runtime,
}

impl World {
    /// A GitHub whose clock stands still, so that everything it says is always the same.
    pub(crate) fn new() -> Self {
        Self::with(Emulator::builder().clock(Clock::manual()))
    }

    pub(crate) fn with(builder: EmulatorBuilder) -> Self {
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

    /// Takes a variable out of the command's environment.
    pub(crate) fn unset(mut self, name: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self
    }

    /// Somebody reports these states.
    pub(crate) fn statuses(self, states: &[&str]) -> Self {
        for state in states {
            let new = NewStatus::new(*state).description(format!("Now {state}"));
            self.github.create_status(ID, new).unwrap();
        }
        self
    }

    /// Writes a file into the home directory.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.home.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Does something that needs a runtime.
    pub(crate) fn block_on<F: Future>(&self, work: F) -> F::Output {
        self.runtime.block_on(work)
    }

    /// The command with this environment and no other.
    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_deploystatus"));
        command
            .args(words(line))
            .env_clear()
            .env("HOME", self.home.path())
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(self.home.path())
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn output(&self, line: &str) -> Output {
        self.command(line).output().unwrap()
    }

    /// What somebody at a terminal would have seen, about deployment 42 unless the line says otherwise.
    pub(crate) fn run(&self, line: &str) -> String {
        let mut typed = line.to_owned();
        if !line.contains("--deployment") {
            typed = format!("--deployment {ID} {line}");
        }
        self.bare(&typed, line)
    }

    /// The same for exactly this line.
    pub(crate) fn run_bare(&self, line: &str) -> String {
        self.bare(line, line)
    }

    fn bare(&self, typed: &str, shown: &str) -> String {
        let output = self.output(typed);
        let mut transcript = format!("$ deploystatus {shown}\n");
        transcript.push_str(&self.anonymous(&output.stdout));
        if !output.stderr.is_empty() {
            let _ = write!(transcript, "--- stderr\n{}", self.anonymous(&output.stderr));
        }
        let _ = writeln!(transcript, "--- exit {}", output.status.code().unwrap());
        transcript
    }

    /// What was printed, with what differs from run to run under a name.
    fn anonymous(&self, printed: &[u8]) -> String {
        let text = String::from_utf8(printed.to_vec()).unwrap();
        let home = self.home.path().display().to_string();
        let text = text
            .replace(&self.github.url(), "http://emulator")
            .replace(&home, "/home")
            .replace('\u{1b}', "ESC");
        let text = briefly(
            &text,
            "{\"login\":\"octocat\",",
            '}',
            "{\"login\":\"octocat\"}",
        );
        // A busy machine takes its time.
        let text = (1..10).fold(text, |text, seconds| {
            text.replace(&format!(" after {seconds}s"), " after 0s")
        });
        // Its number differs from system to system, and its words do not.
        let text = briefly(&text, " (os error ", ')', "");
        briefly(&text, "(request ", ')', "(request ID)")
    }
}

/// The text with everything from `start` to the next `end` replaced.
fn briefly(text: &str, start: &str, end: char, instead: &str) -> String {
    let mut parts = text.split(start);
    let mut brief = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(end) {
            Some((_, rest)) => brief.extend([instead, rest]),
            None => brief.extend([start, part]),
        }
    }
    brief
}

/// The words of a line as a shell would see them, quotes included.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut quoted = false;
    let mut word = None;
    for letter in line.chars() {
        match letter {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_with(String::new);
            }
            ' ' if !quoted => words.extend(word.take()),
            letter => word.get_or_insert_with(String::new).push(letter),
        }
    }
    words.extend(word);
    words
}
