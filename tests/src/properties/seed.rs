//! Seeds of an emulator.

use std::fs;
use std::path::{Path, PathBuf};

use deploystatus_emulator::{Clock, Emulator, EmulatorBuilder, Seed};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

use super::is_one_clear_line;

/// A seed is rejected with an error of one line,
/// or the emulator contains exactly its deployments and statuses, and its snapshot preserves them.
/// A seed that is added to a running emulator is added completely or not at all.
///
/// The bytes are the JSON of the seed.
pub fn seed(bytes: &[u8]) {
    let Ok(json) = std::str::from_utf8(bytes) else {
        return;
    };
    let seed = match Seed::from_json(json) {
        Ok(seed) => seed,
        Err(error) => {
            is_one_clear_line(&error.to_string());
            assert!(error.to_string().contains("invalid seed (from the text): "));
            return;
        }
    };
    runtime().block_on(async {
        let folder = Folder::new();
        let path = folder.file("snapshot.json");
        let written: Value = serde_json::from_str(json).unwrap();
        match emulator().seed(seed.clone()).snapshot(&path).start().await {
            Ok(github) => {
                contains_exactly(&github, &written);
                let saved = saved(&github, &path);
                let again = emulator().seed(Seed::empty()).snapshot(&path).start().await;
                assert_eq!(again.as_ref().err().map(ToString::to_string), None);
                assert_eq!(self::saved(&again.unwrap(), &path), saved);
            }
            Err(error) => is_one_clear_line(&error.to_string()),
        }
        let later = folder.file("later.json");
        let github = emulator().snapshot(&later).start().await.unwrap();
        let before = saved(&github, &later);
        match github.load(&seed) {
            Ok(()) => contains_exactly(&github, &written),
            Err(error) => {
                is_one_clear_line(&error.to_string());
                assert_eq!(saved(&github, &later), before);
            }
        }
    });
}

/// Checks that the emulator has all deployments and statuses of the seed and no others.
fn contains_exactly(github: &Emulator, seed: &Value) {
    let nothing = Vec::new();
    let list = |value: &Value| value.as_array().unwrap_or(&nothing).clone();
    let mut written: Vec<_> = list(&seed["deployments"])
        .into_iter()
        .map(|deployment| {
            let states = list(&deployment["statuses"]).into_iter();
            let states: Vec<_> = states.map(|status| status["state"].clone()).collect();
            (deployment["ref"].to_string(), states)
        })
        .collect();
    let mut stored: Vec<_> = github
        .deployments()
        .into_iter()
        .map(|deployment| {
            let history = github.history(deployment.id);
            assert!(history.is_sorted_by(|one, next| one.id < next.id));
            let states: Vec<_> = history.into_iter().map(|it| it.state.into()).collect();
            (Value::from(deployment.reference).to_string(), states)
        })
        .collect();
    let by_text = |one: &(String, Vec<Value>), other: &(String, Vec<Value>)| {
        format!("{one:?}").cmp(&format!("{other:?}"))
    };
    written.sort_by(by_text);
    stored.sort_by(by_text);
    assert_eq!(written, stored);
}

/// Returns a builder for an emulator whose clock does not advance.
pub(super) fn emulator() -> EmulatorBuilder {
    Emulator::builder().clock(Clock::manual())
}

/// Saves the snapshot of an emulator and returns its text.
pub(super) fn saved(github: &Emulator, path: &Path) -> String {
    github.save().unwrap();
    fs::read_to_string(path).unwrap()
}

pub(super) fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// A temporary folder, deleted on drop.
pub(super) struct Folder(tempfile::TempDir);

impl Folder {
    /// Creates the folder, in memory where possible, because snapshots are synced to the disk.
    pub(super) fn new() -> Self {
        let memory = Path::new("/dev/shm");
        Self(if memory.is_dir() {
            tempfile::tempdir_in(memory).unwrap()
        } else {
            tempfile::tempdir().unwrap()
        })
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}
