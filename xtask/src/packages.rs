//! Sources that `cargo package` has unpacked in Cargo's home.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Removes the sources of this workspace's packages that an earlier `cargo package` has unpacked.
///
/// Cargo unpacks a version only once, so it would build the command with the library of that time.
pub(crate) fn remove_unpacked() -> io::Result<()> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let Some(home) = home.or_else(|| Some(env::home_dir()?.join(".cargo"))) else {
        return Ok(());
    };
    // The names of registries without a host, such as that of `cargo package`, begin with a hyphen.
    for registry in entries(&home.join("registry/src"), "-")? {
        for package in entries(&registry, "deploystatus")? {
            fs::remove_dir_all(package)?;
        }
    }
    Ok(())
}

/// Returns the entries of a folder whose names have this beginning, or none if there is no such folder.
fn entries(folder: &Path, beginning: &str) -> io::Result<Vec<PathBuf>> {
    let listed = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        listed => listed?,
    };
    let paths = listed.map(|entry| Ok(entry?.path()));
    let paths = paths.collect::<io::Result<Vec<_>>>()?;
    let begins = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default();
        name.as_encoded_bytes().starts_with(beginning.as_bytes())
    };
    Ok(paths.into_iter().filter(begins).collect())
}
