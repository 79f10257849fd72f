//! What can go wrong with an emulator itself.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// What can go wrong when an emulator is started, filled or saved.
///
/// Wrong requests are not errors of the emulator: they are answered as GitHub answers them.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The address to listen on is not free, or not ours.
    Bind {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// No runtime drives the caller, or it lacks its I/O or time driver.
    NoRuntime,
    /// The word is not the name of a profile.
    UnknownProfile(String),
    /// The name is not of the form `owner/name`.
    BadName(String),
    /// There is no such repository.
    UnknownRepository(String),
    /// There is already a repository of that name.
    RepositoryExists(String),
    /// There is no such deployment.
    UnknownDeployment(u64),
    /// The identifier does not rise above those given before.
    IdNotRising(u64),
    /// There is no such delivery.
    UnknownDelivery(String),
    /// The webhook address cannot be delivered to.
    BadHookUrl(String),
    /// The fault contradicts itself.
    BadFault(String),
    /// The seed cannot be read.
    Seed {
        /// Where in which seed.
        place: String,
        /// What is wrong there.
        reason: String,
    },
    /// The snapshot cannot be read; it was left as it is.
    SnapshotRead {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where in the file.
        reason: String,
    },
    /// The snapshot cannot be written; the one before it is still there.
    SnapshotWrite {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The emulator was started without a snapshot file.
    NoSnapshot,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Bind { address, .. } => write!(f, "listen on {address}"),
            Error::NoRuntime => f.write_str(
                "find a tokio runtime: start the emulator inside one with I/O and time enabled",
            ),
            Error::UnknownProfile(word) => write!(
                f,
                "find the profile {word:?}: use github, or ghes:2.18 to ghes:2.22, or ghes:3.0 to ghes:3.22"
            ),
            Error::BadName(name) => {
                write!(
                    f,
                    "read the repository name {name:?}: write it as owner/name"
                )
            }
            Error::UnknownRepository(name) => write!(f, "find the repository {name}"),
            Error::RepositoryExists(name) => {
                write!(f, "add the repository {name}: there is one of that name")
            }
            Error::UnknownDeployment(id) => write!(f, "find the deployment {id}"),
            Error::IdNotRising(id) => write!(
                f,
                "use the identifier {id}: it does not rise above those given before"
            ),
            Error::UnknownDelivery(id) => write!(f, "find the delivery {id}"),
            Error::BadHookUrl(url) => write!(
                f,
                "deliver to {url:?}: only http:// addresses with a host can be delivered to"
            ),
            Error::BadFault(reason) => write!(f, "script the fault: {reason}"),
            Error::Seed { place, reason } => write!(f, "read the seed at {place}: {reason}"),
            Error::SnapshotRead { path, reason } => write!(
                f,
                "read the snapshot {}: {reason}; it was left untouched",
                path.display()
            ),
            Error::SnapshotWrite { path, .. } => {
                write!(f, "write the snapshot {}", path.display())
            }
            Error::NoSnapshot => {
                f.write_str("save a snapshot: the emulator was started without a snapshot file")
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Bind { source, .. } | Error::SnapshotWrite { source, .. } => Some(source),
            _ => None,
        }
    }
}
