//! This machine: its folders, tools and description.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Folders of this checkout.
pub(crate) struct Machine {
    /// The root of the checkout.
    pub(crate) root: PathBuf,
    /// Cargo's output folder.
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

    /// Creates a cargo command without the settings of this process that would change its cost.
    pub(crate) fn cargo(&self, arguments: &[&str], target: &Path) -> Command {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
        command
            .args(arguments)
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", target)
            .env("CARGO_TERM_QUIET", "true")
            .env("RUSTC_WRAPPER", "")
            .env_remove("RUSTFLAGS");
        command
    }

    /// Builds the program for octocrab and returns its path, or `None` if it could not be built.
    pub(crate) fn octocrab(&self) -> Option<PathBuf> {
        let target = self.target.join("benches").join("octocrab");
        let manifest = "tests/benches/octocrab/Cargo.toml";
        let arguments = ["build", "--release", "--manifest-path", manifest];
        let built = self.cargo(&arguments, &target).status();
        built
            .is_ok_and(|status| status.success())
            .then(|| target.join("release").join("octocrab-caller"))
    }
}

/// Describes this machine in one line, with the versions of Rust and of these programs.
pub(crate) fn describe(programs: &[&str]) -> String {
    let cores = std::thread::available_parallelism().unwrap();
    let system = fs::read_to_string("/proc/sys/kernel/ostype").unwrap();
    let versions = programs.iter().filter_map(|program| version(program));
    let rust = version("rustc").into_iter();
    let versions: Vec<_> = rust.chain(versions).collect();
    format!("{cores} cores, {}, {}", system.trim(), versions.join(", "))
}

/// Returns the name and version of a program, or `None` if it is not installed.
pub(crate) fn version(program: &str) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let words: Vec<_> = text
        .split_whitespace()
        .filter(|word| *word != "version")
        .take(2)
        .collect();
    output.status.success().then(|| {
        // Valgrind prints `valgrind-3.19.0`.
        match words[..] {
            [first, ..] if first.contains('-') => first.replacen('-', " ", 1),
            _ => words.join(" "),
        }
    })
}
