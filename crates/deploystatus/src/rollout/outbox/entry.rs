//! A locked file of the outbox.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::access::failed;
use super::access::{self, Owner};
use crate::error::Error;
use crate::rollout::report::{ReportKind, StoredReport};

/// Reports are below 4 KiB. Anything much longer is not a report.
const MAX_SIZE: u64 = 64 * 1024;

/// A locked file of the outbox, which no other process sends.
///
/// The lock belongs to the file and not to its name, so it is held before the file gets its name.
/// The system releases it when the process ends. Names are never reused.
#[derive(Debug)]
pub(crate) struct OutboxEntry {
    /// Keeps the lock until it is dropped.
    _file: File,
    path: PathBuf,
}

/// Result of trying to lock an outbox file.
pub(super) enum Claim {
    Locked(OutboxEntry),
    /// Another process holds the lock.
    Busy,
    /// Another process has removed the file.
    Gone,
}

impl OutboxEntry {
    /// Writes a report to a new file and locks it.
    pub(super) fn write(directory: &Path, report: &StoredReport) -> Result<Self, Error> {
        let kind = match report.kind {
            ReportKind::End => "end",
            ReportKind::LastWill => "last-will",
        };
        let name = format!("{}-{:06}-{kind}.json", report.rollout, report.sequence);
        let path = directory.join(&name);
        let draft = directory.join(format!(".{name}"));
        let written = write_draft(&draft, report).and_then(|file| {
            fs::rename(&draft, &path)?;
            // The earlier last will remains until the new name is durable, because names change in order.
            if report.kind == ReportKind::End || report.sequence == 1 {
                sync_directory(directory);
            }
            Ok(file)
        });
        match written {
            Ok(file) => Ok(Self { _file: file, path }),
            Err(error) => {
                // An incomplete file is not a report.
                let _ = fs::remove_file(&draft);
                Err(failed("cannot write the report", &path, error))
            }
        }
    }

    /// Writes a newer version of the report beside this one.
    pub(crate) fn write_next(&self, report: &StoredReport) -> Result<Self, Error> {
        Self::write(self.path.parent().unwrap_or(Path::new(".")), report)
    }

    /// Locks a file, or returns `None` if it no longer exists.
    ///
    /// # Errors
    ///
    /// Returns an error if another process holds the lock, or if the file cannot be opened.
    pub(crate) fn claim(path: &Path) -> Result<Option<Self>, Error> {
        match Self::try_claim(path) {
            Ok(Claim::Locked(entry)) => Ok(Some(entry)),
            Ok(Claim::Gone) => Ok(None),
            Ok(Claim::Busy) => {
                let cause = io::Error::from(io::ErrorKind::ResourceBusy);
                Err(failed("another process is sending the report", path, cause))
            }
            Err(error) => Err(failed("cannot open the report", path, error)),
        }
    }

    pub(super) fn try_claim(path: &Path) -> io::Result<Claim> {
        let file = match OpenOptions::new().read(true).write(true).open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Claim::Gone),
            Err(error) => return Err(error),
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Claim::Busy),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        if !fs::exists(path)? {
            return Ok(Claim::Gone);
        }
        let path = path.to_owned();
        Ok(Claim::Locked(Self { _file: file, path }))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes the file, because its report is delivered or replaced.
    ///
    /// The removal is not synced: if the file reappears after a power failure, the next flush searches for its status
    /// before it sends anything, and finds it.
    pub(crate) fn discard(self) {
        if let Err(error) = fs::remove_file(&self.path)
            && error.kind() != io::ErrorKind::NotFound
        {
            let path = self.path.display();
            tracing::warn!(%path, %error, "a report could not be removed from the outbox");
        }
    }
}

/// A report that was read without keeping its lock.
pub(super) struct Opened {
    pub(super) report: StoredReport,
    pub(super) lock: LockState,
}

/// State of a file's lock when it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LockState {
    Free,
    Busy,
}

/// Reads a report, or returns `None` if the file no longer exists.
///
/// Also returns `None` if the file is locked and the system does not permit reading it.
pub(super) fn read(path: &Path, owner: Owner) -> Result<Option<Opened>, Error> {
    let unreadable = |error| failed("cannot read the report", path, error);
    let mut file = match access::open(path, owner) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    let lock = match file.try_lock_shared() {
        Ok(()) => LockState::Free,
        Err(TryLockError::WouldBlock) => LockState::Busy,
        Err(TryLockError::Error(error)) => return Err(unreadable(error)),
    };
    let text = match read_limited(&mut file) {
        Ok(text) => text,
        Err(_) if lock == LockState::Busy => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    match StoredReport::from_json(&text) {
        Ok(report) => Ok(Some(Opened { report, lock })),
        Err(error) => Err(unreadable(error.into())),
    }
}

/// Returns `true` if another process holds the lock of a file.
pub(super) fn is_busy(path: &Path, owner: Owner) -> bool {
    let Ok(file) = access::open(path, owner) else {
        return false;
    };
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
}

fn read_limited(file: &mut File) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(MAX_SIZE + 1).read_to_end(&mut text)?;
    if text.len() as u64 > MAX_SIZE {
        let problem = format!("the file is longer than {} KiB", MAX_SIZE / 1024);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, problem));
    }
    Ok(text)
}

fn write_draft(draft: &Path, report: &StoredReport) -> io::Result<File> {
    let mut file = loop {
        let file = access::create_file(draft)?;
        file.lock()?;
        // Another process can remove a draft as abandoned before it is locked.
        if fs::exists(draft)? {
            break file;
        }
    };
    let mut text = serde_json::to_vec_pretty(report)?;
    text.push(b'\n');
    file.write_all(&text)?;
    // Without this, a power failure could leave the name with an empty file.
    file.sync_all()?;
    Ok(file)
}

/// Removes a draft whose process ended before the report was complete. A live process holds its lock.
pub(super) fn remove_abandoned_draft(draft: &Path) -> io::Result<()> {
    match OutboxEntry::try_claim(draft)? {
        Claim::Locked(entry) => fs::remove_file(entry.path()),
        Claim::Busy | Claim::Gone => Ok(()),
    }
}

/// Makes the new name durable, so that the report exists before it is sent. Windows needs no such call.
///
/// Some file systems cannot sync a directory. The report is kept nevertheless: only a power failure can lose it.
fn sync_directory(directory: &Path) {
    if cfg!(unix)
        && let Err(error) = File::open(directory).and_then(|file| file.sync_all())
    {
        let path = directory.display();
        tracing::warn!(%path, %error, "the outbox could not be synced");
    }
}
