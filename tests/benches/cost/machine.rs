//! What this runs on, and the tools that are there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) struct Machine {
    /// The checkout.
    pub(crate) root: PathBuf,
    /// Where cargo puts what it builds.
    pub(crate) target: PathBuf,
}

impl Machine {
    pub(crate) fn new() -> Self {
        let program = std::env::current_exe().unwrap();
        // target/release/deps/cost-…
        let target = program.ancestors().nth(3).unwrap().to_owned();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        Self {
            root: root.to_owned(),
            target,
        }
    }

    /// A command of cargo's, with nothing of this process's own settings that would change what it costs.
    pub(crate) fn cargo(&self, words: &[&str], target: &Path) -> Command {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
        command
            .args(words)
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", target)
            .env("CARGO_TERM_QUIET", "true")
            .env("RUSTC_WRAPPER", "")
            .env_remove("RUSTFLAGS");
        command
    }

    /// The program that calls by way of octocrab, or nothing when it cannot be had here.
    pub(crate) fn octocrab(&self) -> Option<PathBuf> {
        let target = self.target.join("benches").join("octocrab");
        let manifest = "tests/benches/octocrab/Cargo.toml";
        let words = ["build", "--release", "--manifest-path", manifest];
        let built = self.cargo(&words, &target).status();
        built
            .is_ok_and(|status| status.success())
            .then(|| target.join("release").join("octocrab-caller"))
    }
}

/// What a number depends on, in a line, with the versions of the programs that it also depends on.
pub(crate) fn describe(programs: &[&str]) -> String {
    let cores = std::thread::available_parallelism().unwrap();
    let system = fs::read_to_string("/proc/sys/kernel/ostype").unwrap();
    let versions = programs.iter().filter_map(|program| version(program));
    let rust = version("rustc").into_iter();
    let versions: Vec<_> = rust.chain(versions).collect();
    format!("{cores} cores, {}, {}", system.trim(), versions.join(", "))
}

/// The first two words that a program says of itself, or nothing when it is not there.
pub(crate) fn version(program: &str) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let words: Vec<_> = text
        .split_whitespace()
        .filter(|word| *word != "version")
        .take(2)
        .collect();
    output.status.success().then(|| {
        // valgrind says it in one word.
        match words[..] {
            [first, ..] if first.contains('-') => first.replacen('-', " ", 1),
            _ => words.join(" "),
        }
    })
}
