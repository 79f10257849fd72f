//! Seeds of an emulator.

use std::fs;
use std::path::{Path, PathBuf};

use deploystatus_emulator::{Clock, Emulator, EmulatorBuilder, Seed};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

use super::is_one_clear_line;

/// Checks that a seed is rejected with one line, or stored completely and kept by the snapshot.
///
/// A seed that is planted later is stored completely or not at all. The input is the JSON of the seed.
pub fn seed(bytes: &[u8]) {
    let Ok(json) = std::str::from_utf8(bytes) else {
        return;
    };
    let seed = match Seed::from_json(json) {
        Ok(seed) => seed,
        Err(error) => {
            is_one_clear_line(&error.to_string());
            assert!(error.to_string().contains("read the seed at the text: "));
            return;
        }
    };
    runtime().block_on(async {
        let folder = Folder::new();
        let path = folder.file("snapshot.json");
        let written: Value = serde_json::from_str(json).unwrap();
        match emulator().seed(seed.clone()).snapshot(&path).start().await {
            Ok(github) => {
                is_as_written(&github, &written);
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
        match github.plant(&seed) {
            Ok(()) => is_as_written(&github, &written),
            Err(error) => {
                is_one_clear_line(&error.to_string());
                assert_eq!(saved(&github, &later), before);
            }
        }
    });
}

/// Checks that the emulator has exactly the deployments and statuses of the seed.
fn is_as_written(github: &Emulator, seed: &Value) {
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
    let mut there: Vec<_> = github
        .deployments()
        .into_iter()
        .map(|deployment| {
            let history = github.history(deployment.id);
            assert!(history.is_sorted_by(|one, next| one.id < next.id));
            let states: Vec<_> = history.into_iter().map(|it| it.state.into()).collect();
            (Value::from(deployment.reference).to_string(), states)
        })
        .collect();
    let in_some_order = |one: &(String, Vec<Value>), other: &(String, Vec<Value>)| {
        format!("{one:?}").cmp(&format!("{other:?}"))
    };
    written.sort_by(in_some_order);
    there.sort_by(in_some_order);
    assert_eq!(written, there);
}

/// Creates an emulator whose clock stands still.
pub(super) fn emulator() -> EmulatorBuilder {
    Emulator::builder().clock(Clock::manual())
}

/// Saves the emulator's snapshot and returns its content.
pub(super) fn saved(github: &Emulator, path: &Path) -> String {
    github.save().unwrap();
    fs::read_to_string(path).unwrap()
}

pub(super) fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// A temporary folder.
pub(super) struct Folder(tempfile::TempDir);

impl Folder {
    /// Creates a folder, in memory if possible, because snapshots are synced to the disk.
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
