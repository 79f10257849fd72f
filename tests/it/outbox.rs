//! Outboxes, against the emulator.

mod files;
mod flushing;
mod keeping;
mod order;
mod process;
mod superseded;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use deploystatus::{FlushReport, OnSuperseded, Outbox, Rollout, RolloutBuilder};
use deploystatus_emulator::{Fault, Operation};
use serde_json::Value;
use tempfile::TempDir;
use tests::Scene;

use crate::rollout::first;

/// An emulator, and a directory with an outbox.
pub(crate) struct Kept {
    pub(crate) scene: Scene,
    pub(crate) outbox: Outbox,
    folder: TempDir,
}

impl Kept {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            scene: Scene::start().await,
            outbox: Outbox::open(folder.path()).unwrap(),
            folder,
        }
    }

    pub(crate) fn rollout(&self) -> RolloutBuilder {
        let rollout = self.scene.deployment.rollout(first());
        rollout
            .end_timeout(Duration::from_secs(20))
            .outbox(&self.outbox)
    }

    /// Leaves the end of a rollout in the outbox, because the server rejected it.
    pub(crate) async fn lose(&self, description: &str) {
        let rollout = self.rollout().begin().await.unwrap();
        let rejected = Fault::status(403).times(99);
        self.scene.fault(rejected.on(Operation::CreateStatus));
        rollout.fail(description).await.unwrap_err();
        self.scene.github.clear_faults();
    }

    /// Leaves the files of a rollout as a killed process would: without their locks.
    pub(crate) fn kill(&self, rollout: Rollout) {
        let files: Vec<_> = self.files();
        let texts: Vec<_> = files.iter().map(|file| fs::read(file).unwrap()).collect();
        std::mem::forget(rollout);
        for (file, text) in files.iter().zip(texts) {
            fs::remove_file(file).unwrap();
            fs::write(file, text).unwrap();
        }
    }

    /// Opens the same outbox as another process would.
    pub(crate) fn elsewhere(&self) -> Outbox {
        Outbox::open(self.folder.path()).unwrap()
    }

    pub(crate) fn files(&self) -> Vec<PathBuf> {
        self.outbox.files().unwrap()
    }

    pub(crate) async fn flush(&self, on_superseded: OnSuperseded) -> FlushReport {
        let flush = self.outbox.flush(&self.scene.client, on_superseded);
        flush.await.unwrap()
    }
}

/// Changes the JSON of a report.
pub(crate) fn edit(file: &Path, change: impl FnOnce(&mut Value)) {
    let mut json = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    change(&mut json);
    fs::write(file, json.to_string()).unwrap();
}
