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
                "find the profile {:?}: use github, or ghes:2.18 to ghes:2.22, or ghes:3.0 to ghes:3.22",
                shown(word)
            ),
            Error::BadName(name) => write!(
                f,
                "read the repository name {:?}: write it as owner/name",
                shown(name)
            ),
            Error::UnknownRepository(name) => write!(f, "find the repository {}", shown(name)),
            Error::RepositoryExists(name) => write!(
                f,
                "add the repository {}: there is one of that name",
                shown(name)
            ),
            Error::UnknownDeployment(id) => write!(f, "find the deployment {id}"),
            Error::IdNotRising(id) => write!(
                f,
                "use the identifier {id}: it does not rise above those given before"
            ),
            Error::UnknownDelivery(id) => write!(f, "find the delivery {}", shown(id)),
            Error::BadHookUrl(url) => write!(
                f,
                "deliver to {:?}: only http:// addresses with a host can be delivered to",
                shown(url)
            ),
            Error::BadFault(reason) => write!(f, "script the fault: {}", shown(reason)),
            Error::Seed { place, reason } => {
                write!(f, "read the seed at {place}: {}", shown(reason))
            }
            Error::SnapshotRead { path, reason } => write!(
                f,
                "read the snapshot {}: {}; it was left untouched",
                path.display(),
                shown(reason)
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

/// What somebody else wrote, fit to stand in one line: its end is kept, because that tells where the trouble is.
fn shown(text: &str) -> String {
    const BEGINNING: usize = 300;
    const END: usize = 100;
    let clean = |letter: char| if letter.is_control() { ' ' } else { letter };
    let letters: Vec<char> = text.chars().map(clean).collect();
    match letters.len().checked_sub(BEGINNING + END) {
        Some(1..) => {
            let (beginning, end) = (&letters[..BEGINNING], &letters[letters.len() - END..]);
            beginning.iter().chain(&['…']).chain(end).collect()
        }
        _ => letters.into_iter().collect(),
    }
}
