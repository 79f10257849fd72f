//! A directory that keeps the ends of rollouts until they are delivered.

mod claim;
mod flush;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::Failed;
use crate::undelivered::Letter;
use crate::{Client, Error};

pub(crate) use claim::Claim;
pub use flush::{Flushed, Overtaken};

/// A directory that keeps the ends of rollouts until they are delivered.
///
/// A rollout with an outbox writes its end there before it sends it, and removes it when it is delivered,
/// so that what a process could not deliver, or did not live to deliver, can be flushed later.
///
/// Each report is one JSON file, written whole and synced before it gets its name. There are no secrets in it.
/// Any number of processes of one machine can share the directory: who sends a report holds a lock on its file,
/// which the system releases when the process ends, however it ends.
/// Files that begin with a dot are reports whose writing was cut off; they can be deleted.
#[derive(Clone, Debug)]
pub struct Outbox {
    directory: Arc<Path>,
}

impl Outbox {
    /// The outbox in this directory, which is made if it does not exist.
    ///
    /// # Errors
    ///
    /// When the directory cannot be made or read.
    pub fn open(directory: impl Into<PathBuf>) -> Result<Self, Error> {
        let directory = directory.into();
        let open = fs::create_dir_all(&directory)
            .and_then(|()| fs::read_dir(&directory))
            // Whoever changes the working directory does not move the outbox.
            .and_then(|_| std::path::absolute(&directory));
        match open {
            Ok(directory) => Ok(Self {
                directory: directory.into(),
            }),
            Err(cause) => Err(failed("the outbox cannot be opened", &directory, cause)),
        }
    }

    /// Where it is.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The files of the reports that are kept, oldest first; some of them may be under way just now.
    ///
    /// # Errors
    ///
    /// When the directory cannot be read.
    pub fn files(&self) -> Result<Vec<PathBuf>, Error> {
        let unreadable = |cause| failed("the outbox cannot be read", &self.directory, cause);
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.directory).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            let is_report = path.extension().is_some_and(|ending| ending == "json")
                && !path
                    .file_name()
                    .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
            if is_report {
                files.push(path);
            }
        }
        // A name begins with the moment the rollout ended.
        files.sort();
        Ok(files)
    }

    /// Delivers the reports that are kept for the client's server, oldest first, each once.
    ///
    /// Each is looked for before it is sent, because whoever wrote it may have ended in the middle of sending it.
    /// One that is not there takes ten seconds, in which a request that was still under way would turn up.
    /// What another process is sending just now is left to it, and what cannot be delivered stays;
    /// later reports on the same deployment then wait too, so that they are not overtaken.
    /// A file that is not a report is named in the result and left alone.
    /// What can never be delivered, because its deployment is gone, stays until somebody deletes the file.
    ///
    /// # Errors
    ///
    /// When the directory cannot be read.
    pub async fn flush(&self, client: &Client, overtaken: Overtaken) -> Result<Flushed, Error> {
        flush::flush(self.files()?, client, overtaken).await
    }

    /// Writes a report down for good, and holds it.
    pub(crate) fn keep(&self, letter: &Letter) -> Result<Claim, Error> {
        Claim::write(&self.directory, letter)
    }
}

fn failed(
    what: &str,
    path: &Path,
    cause: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> Error {
    Error::Outbox(Failed {
        what: format!("{what}: {}", path.display()),
        cause: Some(cause.into()),
    })
}
