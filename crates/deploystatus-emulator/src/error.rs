//! Errors of the emulator itself.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// An error while starting, filling or saving an emulator.
///
/// Invalid HTTP requests are not errors of this type: the emulator responds to them as GitHub does.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The emulator cannot listen on this address.
    Bind {
        /// The requested address.
        address: SocketAddr,
        /// The error of the operating system.
        source: io::Error,
    },
    /// No Tokio runtime with I/O and time enabled is running.
    NoRuntime,
    /// The text is not the name of a profile.
    UnknownProfile(String),
    /// The repository name is not of the form `owner/name`.
    InvalidName(String),
    /// No repository has this name or ID.
    UnknownRepository(String),
    /// Another repository already has this name.
    RepositoryExists(String),
    /// Another repository already has this ID.
    RepositoryIdTaken(u64),
    /// No deployment has this ID.
    UnknownDeployment(u64),
    /// Another deployment already has this ID.
    DeploymentExists(u64),
    /// The ID of a new status is not higher than that of the previous status.
    InvalidStatusId {
        /// The rejected ID.
        id: u64,
        /// The ID of the deployment's newest status.
        last: u64,
    },
    /// The deployment already has as many statuses as [`Quirks::max_statuses`](crate::Quirks) allows.
    TooManyStatuses {
        /// The ID of the deployment.
        deployment: u64,
        /// The maximum number of statuses.
        max: usize,
    },
    /// No webhook delivery has this ID.
    UnknownDelivery(String),
    /// The webhook URL is not of the form `http://HOST[:PORT]/PATH`.
    InvalidWebhookUrl(String),
    /// The fault contradicts itself.
    InvalidFault(String),
    /// The seed cannot be read.
    InvalidSeed {
        /// The file the seed was read from, or `the text`.
        origin: String,
        /// The reason, with line and column.
        reason: String,
    },
    /// The snapshot cannot be read. The file was left unchanged.
    SnapshotRead {
        /// The snapshot file.
        path: PathBuf,
        /// The reason, with line and column if it is about the content.
        reason: String,
    },
    /// The snapshot cannot be written. The previous snapshot is still there.
    SnapshotWrite {
        /// The snapshot file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The emulator was started without a snapshot file.
    NoSnapshot,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Bind { address, .. } => write!(f, "cannot listen on {address}"),
            Error::NoRuntime => f.write_str(
                "no Tokio runtime is running; start the emulator inside one with I/O and time enabled",
            ),
            Error::UnknownProfile(name) => write!(
                f,
                "unknown profile {:?}: expected github, ghes:2.18 to ghes:2.22, or ghes:3.0 to ghes:3.22",
                escape(name)
            ),
            Error::InvalidName(name) => {
                write!(f, "invalid repository {:?}: expected OWNER/NAME", escape(name))
            }
            Error::UnknownRepository(name) => write!(f, "unknown repository {}", escape(name)),
            Error::RepositoryExists(name) => {
                write!(f, "repository {} already exists", escape(name))
            }
            Error::RepositoryIdTaken(id) => write!(f, "repository ID {id} is already in use"),
            Error::UnknownDeployment(id) => write!(f, "unknown deployment {id}"),
            Error::DeploymentExists(id) => write!(f, "deployment {id} already exists"),
            Error::InvalidStatusId { id, last } => {
                write!(f, "invalid ID {id}: IDs must increase (last ID: {last})")
            }
            Error::TooManyStatuses { deployment, max } => write!(
                f,
                "deployment {deployment} already has the maximum number of statuses ({max})"
            ),
            Error::UnknownDelivery(id) => write!(f, "unknown delivery {}", escape(id)),
            Error::InvalidWebhookUrl(url) => write!(
                f,
                "invalid webhook URL {:?}: expected http://HOST[:PORT]/PATH",
                escape(url)
            ),
            Error::InvalidFault(reason) => write!(f, "invalid fault: {}", escape(reason)),
            Error::InvalidSeed { origin, reason } => {
                write!(f, "invalid seed (from {origin}): {}", escape(reason))
            }
            Error::SnapshotRead { path, reason } => write!(
                f,
                "cannot read snapshot {}: {}; the file was left unchanged",
                path.display(),
                escape(reason)
            ),
            Error::SnapshotWrite { path, .. } => {
                write!(f, "cannot write snapshot {}", path.display())
            }
            Error::NoSnapshot => f.write_str("no snapshot file is configured"),
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

/// Makes foreign text fit on one line of bounded length.
///
/// The end of a long text is kept because JSON errors name line and column there.
fn escape(text: &str) -> String {
    const START: usize = 300;
    const END: usize = 100;
    let printable = |c: char| if c.is_control() { ' ' } else { c };
    let characters: Vec<char> = text.chars().map(printable).collect();
    match characters.len().checked_sub(START + END) {
        Some(1..) => {
            let (start, end) = (&characters[..START], &characters[characters.len() - END..]);
            start.iter().chain(&['…']).chain(end).collect()
        }
        _ => characters.into_iter().collect(),
    }
}
