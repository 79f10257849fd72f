//! The file of one report, and the right to send it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use fs4::{FileExt, TryLockError};

use super::failed;
use crate::Error;
use crate::undelivered::Letter;

/// The file of a report, locked.
///
/// The lock is on the file and not on its name, so it holds from before the file has its name.
/// The system releases it with the process.
#[derive(Debug)]
pub(crate) struct Claim {
    file: File,
    path: PathBuf,
}

impl Claim {
    /// Writes a report, synced and under its name only when it is whole, and holds it.
    pub(super) fn write(directory: &Path, letter: &Letter) -> Result<Self, Error> {
        let moment = letter.ended_at.strftime("%Y%m%dT%H%M%S.%9f");
        let name = format!("{moment}Z-{}-{}.json", letter.deployment, letter.rollout);
        let path = directory.join(&name);
        let draft = directory.join(format!(".{name}"));
        let written = write_draft(&draft, letter).and_then(|file| {
            fs::rename(&draft, &path)?;
            sync_directory(directory)?;
            Ok(file)
        });
        match written {
            Ok(file) => Ok(Self { file, path }),
            Err(cause) => {
                // Whatever is left of it is not a report.
                let _ = fs::remove_file(&draft);
                Err(failed(
                    "a report cannot be kept in the outbox",
                    &path,
                    cause,
                ))
            }
        }
    }

    /// Holds a file, unless it is gone.
    ///
    /// # Errors
    ///
    /// When somebody else holds it, or it cannot be opened.
    pub(crate) fn take(path: &Path) -> Result<Option<Self>, Error> {
        match Self::try_take(path) {
            Ok(Taken::Held(claim)) => Ok(Some(claim)),
            Ok(Taken::Gone) => Ok(None),
            Ok(Taken::Busy) => {
                let cause = "its file is locked";
                Err(failed("somebody else is sending the report", path, cause))
            }
            Err(cause) => Err(failed("a report cannot be opened", path, cause)),
        }
    }

    pub(super) fn try_take(path: &Path) -> io::Result<Taken> {
        let file = match OpenOptions::new().read(true).write(true).open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Taken::Gone),
            Err(error) => return Err(error),
        };
        match FileExt::try_lock(&file) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Taken::Busy),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // Names are never used again. If this one is gone, its holder delivered the report in the meantime.
        if !fs::exists(path)? {
            return Ok(Taken::Gone);
        }
        let path = path.to_owned();
        Ok(Taken::Held(Self { file, path }))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn read(&mut self) -> io::Result<Letter> {
        let mut text = String::new();
        self.file.seek(SeekFrom::Start(0))?;
        self.file.read_to_string(&mut text)?;
        Ok(serde_json::from_str(&text)?)
    }

    /// Removes the file, because there is nothing left to send.
    pub(crate) fn discard(self) {
        // It must not come back with the power, to be sent when all is over.
        let directory = self.path.parent().unwrap_or(Path::new("."));
        let removed = fs::remove_file(&self.path).and_then(|()| sync_directory(directory));
        if let Err(error) = removed {
            let path = self.path.display();
            tracing::warn!(%path, %error, "a delivered report could not be removed from the outbox for good");
        }
    }
}

/// What came of reaching for a file.
pub(super) enum Taken {
    Held(Claim),
    /// Somebody else holds it.
    Busy,
    /// Somebody else has delivered it.
    Gone,
}

fn write_draft(draft: &Path, letter: &Letter) -> io::Result<File> {
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .open(draft)?;
    FileExt::lock(&file)?;
    // Whoever finds it there later cannot know how far its sending came.
    let letter = Letter {
        maybe_sent: true,
        ..letter.clone()
    };
    serde_json::to_writer_pretty(&mut file, &letter)?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    Ok(file)
}

/// Makes a new name last. Windows does so by itself, and cannot be asked to.
fn sync_directory(directory: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(directory)?.sync_all()?;
    }
    Ok(())
}
