//! The exit of the process that started this one.

use std::os::unix::process::parent_id;
use std::time::Duration;

use tokio::time::sleep;

use super::processes::{Process, variable};
use crate::settings::pipeline::is_pipeline;

/// The process that started this one, and on Linux the processes of the job that started it.
///
/// A pipeline ends only the shell of a step. Between that shell and this process there may be scripts and tools,
/// which continue to run.
pub(super) struct Parent {
    id: u32,
    /// The IDs of the other processes and of their parents.
    ancestors: Vec<(u32, u32)>,
}

impl Parent {
    pub(super) fn current() -> Self {
        let id = parent_id();
        let mut ancestors = Vec::new();
        let mut process = id;
        // The processes that run the job, and not those that belong to it, have no variables of the job.
        while is_pipeline(|name| variable(process, name))
            && let Some(parent) = parent_of(process)
        {
            ancestors.push((process, parent));
            process = parent;
        }
        Self { id, ancestors }
    }

    fn has_exited(&self) -> bool {
        // The system gives the children of a process that exits to another parent.
        let mut ancestors = self.ancestors.iter();
        parent_id() != self.id || ancestors.any(|(id, parent)| parent_of(*id) != Some(*parent))
    }
}

fn parent_of(id: u32) -> Option<u32> {
    Process::read(id).map(|process| process.parent)
}

/// Waits until the parent has exited; there is no portable notification.
pub(super) async fn exited(parent: &Parent) {
    const INTERVAL: Duration = Duration::from_millis(100);
    while !parent.has_exited() {
        sleep(INTERVAL).await;
    }
}
