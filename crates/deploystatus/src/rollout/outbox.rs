//! A directory that keeps the reports of rollouts until they are delivered.

mod access;
pub(crate) mod entry;
pub(crate) mod flush;
pub(crate) mod flush_report;
mod scan;
pub(crate) mod superseded;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::access::{Owner, failed};
use self::entry::OutboxEntry;
use self::flush::Flush;
use self::flush_report::{FlushEvent, FlushReport};
use self::superseded::OnSuperseded;
use super::report::StoredReport;
use crate::client::Client;
use crate::error::Error;

/// A directory that keeps the reports of rollouts until they are delivered.
///
/// A rollout with an outbox writes its end to a file before it sends it, and removes the file after the delivery.
/// [`Outbox::flush`] sends the reports of processes that could not deliver them or were killed.
///
/// Each report is one JSON file without secrets, written completely before it gets its name.
/// The directory is created with mode 0700 and files with mode 0600.
/// Files of other users, symbolic links and files of more than 64 KiB are rejected.
///
/// All processes of one user on one machine can share the directory: a process locks the files that it sends,
/// and the system releases the locks when the process ends.
#[derive(Clone, Debug)]
pub struct Outbox {
    directory: Arc<Path>,
    owner: Owner,
}

impl Outbox {
    /// Opens the outbox in this directory, which is created if it does not exist.
    ///
    /// # Errors
    ///
    /// Returns an error of kind [`ErrorKind::Outbox`](crate::ErrorKind::Outbox) if the directory cannot be created, read or written,
    /// or if it belongs to another user.
    pub fn open(directory: impl Into<PathBuf>) -> Result<Self, Error> {
        let directory = directory.into();
        let open = || {
            let owner = access::create_directory(&directory)?;
            fs::read_dir(&directory)?;
            // A later change of the working directory must not move the outbox.
            Ok((std::path::absolute(&directory)?, owner))
        };
        let opened: io::Result<_> = open();
        match opened {
            Ok((directory, owner)) => Ok(Self {
                directory: directory.into(),
                owner,
            }),
            Err(error) => Err(failed("cannot open the outbox", &directory, error)),
        }
    }

    /// Returns the absolute path of the directory.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Returns the files of all reports, sorted by name. Running rollouts own some of them.
    ///
    /// # Errors
    ///
    /// Returns an error if the directory cannot be read.
    pub fn files(&self) -> Result<Vec<PathBuf>, Error> {
        scan::files(&self.directory)
    }

    /// Returns `true` if another process or a running rollout uses one of the reports.
    ///
    /// # Errors
    ///
    /// Returns an error if the directory cannot be read. A file that cannot be read is not in use.
    pub fn is_in_use(&self) -> Result<bool, Error> {
        let files = self.files()?;
        Ok(files.iter().any(|file| entry::is_busy(file, self.owner)))
    }

    /// Delivers the reports for the client's server, each exactly once.
    ///
    /// Each report is searched for before it is sent. The reports of one deployment are sent in order,
    /// those of up to 16 deployments concurrently. Reports that other processes use are left alone.
    /// A report that cannot be delivered stays, and later reports for the same deployment wait for it.
    ///
    /// A report is superseded if another rollout has reported a newer status. `on_superseded` is the policy for ends.
    /// The newest status is read twice before anything is sent, half of the policy's search time apart
    /// (5 seconds by default), because lists can be out of date.
    /// The report that a killed process leaves is only a guess. It is dropped unless the newest status
    /// is an unfinished one of the same rollout.
    ///
    /// # Errors
    ///
    /// Returns an error if the directory cannot be read. Errors of single reports are part of the result.
    ///
    /// # Cancel safety
    ///
    /// Cancelling this future loses no report.
    pub async fn flush(
        &self,
        client: &Client,
        on_superseded: OnSuperseded,
    ) -> Result<FlushReport, Error> {
        let mut report = FlushReport::default();
        let flush = self.flush_with(client, on_superseded, |event| report.add(event));
        flush.await?;
        Ok(report)
    }

    /// Delivers the reports like [`Outbox::flush`], and passes each result to `on_event` as soon as it is known.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Outbox::flush`].
    ///
    /// # Cancel safety
    ///
    /// Cancelling this future loses no report.
    pub async fn flush_with<F>(
        &self,
        client: &Client,
        on_superseded: OnSuperseded,
        on_event: F,
    ) -> Result<(), Error>
    where
        F: FnMut(FlushEvent) + Send,
    {
        let scan = scan::scan(&self.directory, self.owner, client.base_url())?;
        Flush::new(client, on_superseded, on_event).run(scan).await;
        Ok(())
    }

    /// Writes a report to a new file and locks it.
    pub(crate) fn write(&self, report: &StoredReport) -> Result<OutboxEntry, Error> {
        OutboxEntry::write(&self.directory, report)
    }
}
