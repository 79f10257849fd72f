//! The token's source.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::error::Error;

/// The source of a token: a value, or a file that is read again before each attempt.
#[derive(Clone)]
pub(crate) enum TokenSource {
    /// A token that was read once, and the name of its origin.
    Value { token: String, origin: String },
    /// A regular file, which is read before each attempt.
    File(PathBuf),
}

/// Maximum size of a token file in bytes.
const MAX_SIZE: u64 = 64 * 1024;

impl TokenSource {
    pub(crate) fn from_variable(name: &str, token: &str) -> Self {
        Self::Value {
            token: token.trim().to_owned(),
            origin: name.to_owned(),
        }
    }

    /// Reads a token file; `-` stands for standard input.
    ///
    /// Pipes and devices are read once, because they cannot be read again.
    pub(crate) fn from_file(path: &Path) -> Result<Self, Error> {
        let token = if path == Path::new("-") {
            read_limited(io::stdin())
        } else {
            read(path)
        };
        let token = token.map_err(|source| Error::File {
            action: "read token file",
            path: path.to_owned(),
            source,
        })?;
        if token.is_empty() {
            return Err(Error::Usage(format!("empty token file {}", path.display())));
        }
        if path.is_file() {
            return Ok(Self::File(path.to_owned()));
        }
        let origin = path.display().to_string();
        Ok(Self::Value { token, origin })
    }

    /// Returns the name of the variable or the path of the file.
    pub(crate) fn origin(&self) -> String {
        match self {
            Self::Value { origin, .. } => origin.clone(),
            Self::File(path) => path.display().to_string(),
        }
    }

    /// Returns the token, or `None` if its file cannot be read any more.
    pub(crate) fn token(&self) -> Option<String> {
        match self {
            Self::Value { token, .. } => Some(token.clone()),
            Self::File(path) => read(path).ok(),
        }
    }
}

/// Reads a token from a file.
pub(super) fn read(path: &Path) -> io::Result<String> {
    read_limited(File::open(path)?)
}

fn read_limited(source: impl Read) -> io::Result<String> {
    let mut text = String::new();
    source.take(MAX_SIZE + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_SIZE {
        let message = format!("larger than {MAX_SIZE} bytes");
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    Ok(text.trim_start_matches('\u{feff}').trim().to_owned())
}
