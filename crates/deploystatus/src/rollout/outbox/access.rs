//! Permissions and owners of the outbox and its files.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;

use crate::error::{Error, ErrorKind, Source};

/// The user who owns the files that this process creates. Systems other than Unix are not checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Owner(#[cfg(unix)] u32);

/// Creates the directory with mode 0700, or checks that an existing one belongs to this user and is writable.
pub(super) fn create_directory(directory: &Path) -> io::Result<Owner> {
    create_private(directory)?;
    let owner = probe(directory)?;
    owner.check(&fs::metadata(directory)?)?;
    Ok(owner)
}

/// Creates the directory with mode 0700 if it does not exist.
fn create_private(directory: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

/// Creates a file with mode 0600, and its directory if that was removed since the outbox was opened.
pub(super) fn create_file(path: &Path) -> io::Result<File> {
    match (private_file().open(path), path.parent()) {
        (Err(error), Some(directory)) if error.kind() == io::ErrorKind::NotFound => {
            create_private(directory)?;
            private_file().open(path)
        }
        (file, _) => file,
    }
}

/// Creates and removes a file, to determine the owner of new files.
///
/// If the process is killed in between, the next flush removes the file like an abandoned draft.
fn probe(directory: &Path) -> io::Result<Owner> {
    let number = crate::model::new_status::unique_number();
    let path = directory.join(format!(".probe-{number:016x}.json"));
    let owner = private_file()
        .open(&path)?
        .metadata()
        .map(|it| Owner::of(&it));
    match fs::remove_file(&path) {
        // A flush of another process has removed it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => owner,
        Err(error) => Err(error),
        Ok(()) => owner,
    }
}

/// Returns the options for a new file with mode 0600.
fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Opens a file for reading, unless it is a link, not a regular file, or of another user.
pub(super) fn open(path: &Path, owner: Owner) -> io::Result<File> {
    let named = fs::symlink_metadata(path)?;
    if named.is_symlink() {
        return Err(refused("the file is a symbolic link"));
    }
    if !named.is_file() {
        return Err(refused("the file is not a regular file"));
    }
    let file = File::open(path)?;
    let opened = file.metadata()?;
    if !is_same_file(&named, &opened) {
        return Err(refused("the file was replaced while it was opened"));
    }
    owner.check(&opened)?;
    Ok(file)
}

fn refused(problem: &str) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, problem)
}

impl Owner {
    #[cfg(unix)]
    fn of(metadata: &fs::Metadata) -> Self {
        Self(std::os::unix::fs::MetadataExt::uid(metadata))
    }

    #[cfg(not(unix))]
    fn of(_: &fs::Metadata) -> Self {
        Self()
    }

    fn check(self, metadata: &fs::Metadata) -> io::Result<()> {
        if self == Self::of(metadata) {
            return Ok(());
        }
        Err(refused("it belongs to another user"))
    }
}

#[cfg(unix)]
fn is_same_file(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    one.dev() == other.dev() && one.ino() == other.ino()
}

#[cfg(not(unix))]
fn is_same_file(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    true
}

pub(super) fn failed(problem: &str, path: &Path, error: impl Into<Source>) -> Error {
    let message = format!("{problem} {}", path.display());
    Error::new(ErrorKind::Outbox, message).with_source(error)
}
