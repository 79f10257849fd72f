//! The state in a file that is either whole or not there.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::store::State;

/// Raised when older snapshots can no longer be read.
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

/// Reads a snapshot; none if there is no such file yet.
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
        let reason = format!("it has format {}, and this reads {FORMAT}", read.format);
        return Err(unreadable(reason));
    }
    if let Some(reason) = read.state.contradiction() {
        return Err(unreadable(reason));
    }
    Ok(Some(read.state))
}

/// Writes a snapshot beside the old one, and puts it in its place when all of it is on the disk.
pub(crate) fn save(path: &Path, state: &State) -> Result<(), Error> {
    let beside = beside(path);
    write(&beside, state)
        .and_then(|()| fs::rename(&beside, path))
        .and_then(|()| sync_folder(path))
        .map_err(|source| {
            // What could not be finished is of no use to anybody.
            let _ = fs::remove_file(&beside);
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

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    path.with_file_name(name)
}

/// A rename is on the disk when its folder is; Windows neither can nor need be told.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(windows) {
        return Ok(());
    }
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}
