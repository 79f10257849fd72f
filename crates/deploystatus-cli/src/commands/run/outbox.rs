//! The outbox of one run.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use deploystatus::Outbox;

use crate::arguments::report::RunArgs;
use crate::error::Error;
use crate::output::Output;
use crate::settings::outbox_directory;

/// Consequence of an outbox that cannot be used.
pub(super) const NOT_KEPT: &str = "a result that cannot be delivered will be lost";

/// Opens the outbox, or prints a warning and returns `None` if that fails.
///
/// # Errors
///
/// With `--strict`, returns an error if the outbox cannot be opened and written.
pub(super) fn open(arguments: &RunArgs, output: &Output) -> Result<Option<Outbox>, Error> {
    match try_open(arguments) {
        Ok(outbox) => Ok(Some(outbox)),
        Err(error) if arguments.strict => Err(error),
        Err(error) => {
            output.warning(format!("{error}; {NOT_KEPT}"));
            Ok(None)
        }
    }
}

fn try_open(arguments: &RunArgs) -> Result<Outbox, Error> {
    let directory = outbox_directory(&arguments.outbox)?;
    let outbox = Outbox::open(directory).map_err(Error::call("open the outbox"))?;
    if arguments.strict {
        check_writable(outbox.directory())?;
    }
    Ok(outbox)
}

/// Writes and removes a file that is as large as a report. A flush removes it like an abandoned draft.
fn check_writable(directory: &Path) -> Result<(), Error> {
    let path = directory.join(format!(".check-{}.json", std::process::id()));
    let result = write(&path);
    // The file does not exist if it could not be created.
    let _ = fs::remove_file(&path);
    result.map_err(|source| Error::File {
        action: "write to outbox",
        path: directory.to_owned(),
        source,
    })
}

fn write(path: &Path) -> io::Result<()> {
    let mut file = File::options().write(true).create_new(true).open(path)?;
    file.write_all(&[b' '; 4096])?;
    file.sync_all()
}
