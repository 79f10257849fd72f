//! Environment variables. An empty variable counts as not set.

use std::env;
use std::path::PathBuf;

use crate::error::Error;

/// Returns the value of a variable, or `None` if it is empty or not set.
///
/// # Errors
///
/// Returns an error that names the variable if its value is not valid UTF-8.
pub(crate) fn variable(name: &str) -> Result<Option<String>, Error> {
    match env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(Error::Usage(format!(
            "invalid environment variable {name}: expected UTF-8"
        ))),
    }
}

/// Returns the path in a variable, or `None` if it is empty or not set.
pub(crate) fn path(name: &str) -> Option<PathBuf> {
    let value = env::var_os(name).filter(|value| !value.is_empty());
    value.map(PathBuf::from)
}
