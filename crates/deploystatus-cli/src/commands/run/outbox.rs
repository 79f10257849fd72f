//! The outbox of one run.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use deploystatus::Outbox;

use crate::arguments::RunArgs;
use crate::error::Error;
use crate::output::Output;
use crate::settings::outbox_directory;

/// The outbox that keeps the final report, or no outbox if it cannot be opened.
pub(super) struct RunOutbox {
    outbox: Option<Outbox>,
    /// Files that were in the outbox before the initial report.
    earlier_files: Vec<PathBuf>,
}

const NOT_KEPT: &str = "a result that cannot be delivered will be lost";

impl RunOutbox {
    /// Opens the outbox.
    ///
    /// # Errors
    ///
    /// With `--strict`, returns an error if the outbox cannot be opened and written. Otherwise prints a warning.
    pub(super) fn open(arguments: &RunArgs, output: &Output) -> Result<Self, Error> {
        let outbox = match open(arguments) {
            Ok(outbox) => Some(outbox),
            Err(error) if arguments.strict => return Err(error),
            Err(error) => {
                output.warning(&format!("{error}; {NOT_KEPT}"));
                None
            }
        };
        let earlier_files = outbox.as_ref().and_then(|outbox| outbox.files().ok());
        Ok(Self {
            outbox,
            earlier_files: earlier_files.unwrap_or_default(),
        })
    }

    pub(super) fn outbox(&self) -> Option<&Outbox> {
        self.outbox.as_ref()
    }

    /// Prints a warning if the rollout could not write its report.
    pub(super) fn warn_if_not_written(&self, output: &Output) {
        if self.outbox.is_some() && self.kept_in().is_none() {
            output.warning(&format!("the outbox is not writable; {NOT_KEPT}"));
        }
    }

    /// Returns the outbox directory if it contains a report that was not there before.
    pub(super) fn kept_in(&self) -> Option<&Path> {
        let outbox = self.outbox.as_ref()?;
        let mut files = outbox.files().ok()?.into_iter();
        let is_kept = files.any(|file| !self.earlier_files.contains(&file));
        is_kept.then(|| outbox.directory())
    }
}

fn open(arguments: &RunArgs) -> Result<Outbox, Error> {
    let directory = outbox_directory(&arguments.outbox)?;
    let outbox = Outbox::open(directory).map_err(Error::call("open the outbox"))?;
    if arguments.strict {
        check_writable(outbox.directory())?;
    }
    Ok(outbox)
}

/// Writes and removes a file that is as large as a report.
fn check_writable(directory: &Path) -> Result<(), Error> {
    let path = directory.join(format!(".check-{}", std::process::id()));
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
