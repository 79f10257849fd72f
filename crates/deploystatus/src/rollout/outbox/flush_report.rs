//! The result of a flush.

use std::path::PathBuf;

use crate::error::Error;
use crate::model::create_outcome::CreateOutcome;
use crate::rollout::undelivered::Undelivered;

/// The result of a flush.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct FlushReport {
    /// Delivered reports, in the order of their delivery.
    pub delivered: Vec<CreateOutcome>,
    /// Reports that were dropped, because another status is newer.
    pub dropped: Vec<Undelivered>,
    /// Reports that could not be delivered and are kept.
    pub kept: Vec<Undelivered>,
    /// Files that were left to other processes: their rollouts are running, they are being sent,
    /// or they follow such a report for the same deployment.
    pub in_use: Vec<PathBuf>,
    /// Files that were left for later: they are for another server, or follow a report that was kept.
    pub skipped: Vec<PathBuf>,
    /// Errors of files that are not reports, are rejected, or were written by a newer version. Each names its file.
    pub unreadable: Vec<Error>,
}

impl FlushReport {
    /// Returns `true` if the flush left no file behind: none was kept, in use, skipped or unreadable.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.kept.is_empty()
            && self.in_use.is_empty()
            && self.skipped.is_empty()
            && self.unreadable.is_empty()
    }
}

/// The result of a flush for one report.
#[derive(Debug)]
#[non_exhaustive]
pub enum FlushEvent {
    /// A report was delivered, or its status was found to be stored already.
    #[non_exhaustive]
    Delivered {
        /// The name of the repository, `OWNER/NAME`.
        repository: String,
        /// The ID of the deployment.
        deployment: u64,
        /// The status as stored by the server.
        outcome: Box<CreateOutcome>,
    },
    /// A report was dropped, because another status is newer.
    Dropped(Undelivered),
    /// A report could not be delivered and is kept.
    Kept(Undelivered),
    /// A file was left to another process: its rollout is running, it is being sent,
    /// or it follows such a report for the same deployment.
    InUse(PathBuf),
    /// A file was left for later: it is for another server, or follows a report that was kept.
    Skipped(PathBuf),
    /// A file is not a report, is rejected, or was written by a newer version. The error names the file.
    Unreadable(Error),
}

impl FlushReport {
    pub(super) fn add(&mut self, event: FlushEvent) {
        match event {
            FlushEvent::Delivered { outcome, .. } => self.delivered.push(*outcome),
            FlushEvent::Dropped(report) => self.dropped.push(report),
            FlushEvent::Kept(report) => self.kept.push(report),
            FlushEvent::InUse(path) => self.in_use.push(path),
            FlushEvent::Skipped(path) => self.skipped.push(path),
            FlushEvent::Unreadable(error) => self.unreadable.push(error),
        }
    }
}
