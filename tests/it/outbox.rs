//! A directory that keeps the ends of rollouts until they are delivered.

mod flushing;
mod keeping;
mod process;

use std::path::PathBuf;
use std::time::Duration;

use deploystatus::{NewRollout, Outbox};
use deploystatus_emulator::Fault;
use tempfile::TempDir;

use crate::facade::Scene;
use crate::rollout::{first, scene};

/// An emulated GitHub, and a folder with an outbox.
pub(crate) struct Kept {
    pub(crate) scene: Scene,
    pub(crate) outbox: Outbox,
    folder: TempDir,
}

impl Kept {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            scene: scene().await,
            outbox: Outbox::open(folder.path()).unwrap(),
            folder,
        }
    }

    pub(crate) fn rollout(&self) -> NewRollout {
        let rollout = self.scene.deployment.rollout(first());
        rollout
            .deadline(Duration::from_secs(20))
            .outbox(&self.outbox)
    }

    /// Leaves the end of a rollout in the outbox, because the server was down.
    pub(crate) async fn lose(&self, why: &str) {
        let rollout = self.rollout().begin().await.unwrap();
        self.scene.github.fault(Fault::status(403).times(99));
        rollout.fail(why).await.unwrap_err();
        self.scene.github.clear_faults();
    }

    /// The same outbox, as another process opens it.
    pub(crate) fn elsewhere(&self) -> Outbox {
        Outbox::open(self.folder.path()).unwrap()
    }

    pub(crate) fn files(&self) -> Vec<PathBuf> {
        self.outbox.files().unwrap()
    }
}
