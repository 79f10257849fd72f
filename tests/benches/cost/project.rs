//! A program of `tests/benches/programs` in a project of its own.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::machine::Machine;
use crate::task::{Processes, processor_time};

/// A project whose dependencies have been downloaded.
pub(crate) struct Project<'a> {
    machine: &'a Machine,
    folder: TempDir,
}

/// Costs of a build.
pub(crate) struct Build {
    pub(crate) processor: Duration,
    pub(crate) clock: Duration,
}

impl<'a> Project<'a> {
    /// Creates a project, or returns `None` if the dependencies cannot be downloaded.
    ///
    /// `manifest` is the rest of the manifest, starting with the dependencies.
    pub(crate) fn create(machine: &'a Machine, file: &str, manifest: &str) -> Option<Self> {
        let folder = tempfile::tempdir_in(&machine.target).unwrap();
        let programs = machine.root.join("tests").join("benches").join("programs");
        let text = format!(
            "[workspace]\n\
             [package]\n\
             name = \"program\"\n\
             edition = \"2024\"\n\
             [[bin]]\n\
             name = \"program\"\n\
             path = '{}'\n\
             [dependencies]\n\
             tokio = {{ version = \"1\", features = [\"rt\"] }}\n\
             {manifest}\n",
            programs.join(file).display(),
        );
        fs::write(folder.path().join("Cargo.toml"), text).unwrap();
        let project = Self { machine, folder };
        let fetched = project.cargo("fetch").status().unwrap();
        fetched.success().then_some(project)
    }

    /// Builds the program without anything that was built before.
    pub(crate) fn build(&self, variables: &[(&str, &str)]) -> Build {
        let used = processor_time(Processes::Children);
        let start = Instant::now();
        let mut cargo = self.cargo("build --release --offline");
        let status = cargo.envs(variables.iter().copied()).status();
        assert!(status.unwrap().success(), "the program could not be built");
        Build {
            clock: start.elapsed(),
            processor: processor_time(Processes::Children).saturating_sub(used),
        }
    }

    /// Returns the path of the program.
    pub(crate) fn program(&self) -> PathBuf {
        self.folder.path().join("target/release/program")
    }

    /// Returns the number of crates, without the program itself.
    pub(crate) fn crates(&self) -> usize {
        let mut cargo = self.cargo("tree --offline --edges normal --prefix none --no-dedupe");
        let tree = String::from_utf8(cargo.output().unwrap().stdout).unwrap();
        let crates = tree
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with("program "));
        crates.collect::<BTreeSet<_>>().len()
    }

    fn cargo(&self, arguments: &str) -> Command {
        let arguments: Vec<_> = arguments.split(' ').collect();
        let target = self.folder.path().join("target");
        let mut command = self.machine.cargo(&arguments, &target);
        command
            .arg("--manifest-path")
            .arg(self.folder.path().join("Cargo.toml"));
        command
    }
}
