//! Snapshot files, which are replaced atomically.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::State;
use crate::error::Error;

/// Version of the file format. It is raised when older files can no longer be read.
const FORMAT: u32 = 1;

#[derive(Serialize)]
struct Written<'a> {
    format: u32,
    state: &'a State,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    format: u32,
    state: State,
}

/// Reads a snapshot, or returns `None` if the file does not exist.
pub(crate) fn load(path: &Path) -> Result<Option<State>, Error> {
    let unreadable = |reason: String| Error::SnapshotRead {
        path: path.to_owned(),
        reason,
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error.to_string())),
    };
    let read: Read = serde_json::from_reader(BufReader::new(file))
        .map_err(|error| unreadable(error.to_string()))?;
    if read.format != FORMAT {
        let reason = format!("unsupported format {} (expected {FORMAT})", read.format);
        return Err(unreadable(reason));
    }
    match read.state.contradiction() {
        Some(reason) => Err(unreadable(reason)),
        None => Ok(Some(read.state)),
    }
}

/// Writes a snapshot to a temporary file, and renames that when all of it is on the disk.
pub(crate) fn save(path: &Path, state: &State) -> Result<(), Error> {
    let temporary = temporary_file(path);
    write(&temporary, state)
        .and_then(|()| fs::rename(&temporary, path))
        .and_then(|()| sync_folder(path))
        .map_err(|source| {
            // The first error is the one to report.
            let _ = fs::remove_file(&temporary);
            Error::SnapshotWrite {
                path: path.to_owned(),
                source,
            }
        })
}

fn write(path: &Path, state: &State) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    let written = Written {
        format: FORMAT,
        state,
    };
    serde_json::to_writer(&mut file, &written)?;
    file.flush()?;
    file.get_ref().sync_all()
}

fn temporary_file(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    path.with_file_name(name)
}

/// A rename is durable only when its folder is synced. Windows has no such operation.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(windows) {
        return Ok(());
    }
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}
