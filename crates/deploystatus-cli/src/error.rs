//! What can go wrong, in the words of somebody at a command line.

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::PathBuf;

use deploystatus::State;

use crate::hint;

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Error {
    /// Something was not given that is needed; each piece with all the ways to give it.
    Missing(Vec<Missing>),
    /// Something was given that cannot be used.
    Usage(String),
    /// A file cannot be read or written.
    File {
        what: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    /// A call failed; `doing` completes "failed to …".
    Call {
        doing: &'static str,
        source: deploystatus::Error,
    },
    /// An emulator could not be started, filled or saved.
    Emulator(deploystatus_emulator::Error),
    /// The command to run cannot be started; `code` is what a shell would end with.
    Start {
        program: OsString,
        why: String,
        code: u8,
    },
    /// The end of the command that was run was not reported in time.
    Unreported(Unreported),
    /// The answer could not be printed.
    Output(io::Error),
    /// There is no runtime for the command.
    Runtime(io::Error),
}

/// Something that is needed, and the ways to give it.
#[derive(Debug)]
pub(crate) struct Missing {
    pub(crate) what: &'static str,
    pub(crate) ways: String,
}

/// The end of a command that nobody waits to report any longer.
#[derive(Debug)]
pub(crate) struct Unreported {
    pub(crate) state: State,
    pub(crate) repository: String,
    pub(crate) deployment: u64,
    /// The outbox that has it.
    pub(crate) kept_in: Option<PathBuf>,
}

impl Error {
    /// Says what was being done when a call failed.
    pub(crate) fn call(doing: &'static str) -> impl FnOnce(deploystatus::Error) -> Self {
        move |source| Self::Call { doing, source }
    }

    /// The call that failed, if it was one.
    pub(crate) fn source_call(&self) -> Option<&deploystatus::Error> {
        match self {
            Self::Call { source, .. } => Some(source),
            _ => None,
        }
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Unreported(report) => Some(hint::later(report)),
            _ => hint::hint(self.source_call()?),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(pieces) => {
                for (index, piece) in pieces.iter().enumerate() {
                    let joint = if index == 0 { "" } else { "\n" };
                    write!(f, "{joint}no {} was given: {}", piece.what, piece.ways)?;
                }
                Ok(())
            }
            Self::Usage(text) => f.write_str(text),
            Self::File { what, path, source } => {
                write!(f, "failed to {what} {}: {source}", path.display())
            }
            Self::Call { doing, source } => {
                let text = hint::in_flags(source);
                write!(f, "failed to {doing}: {text}{}", causes(source))
            }
            Self::Emulator(source) => write!(f, "{source}{}", causes(source)),
            Self::Start { program, why, .. } => {
                write!(f, "failed to start {}: {why}", program.display())
            }
            Self::Unreported(report) => report.fmt(f),
            Self::Output(source) => write!(f, "failed to print the answer: {source}"),
            Self::Runtime(source) => write!(f, "failed to start: {source}"),
        }
    }
}

impl fmt::Display for Unreported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "failed to report the end in time: `{}` on deployment {} of {} may not be delivered; ",
            self.state, self.deployment, self.repository
        )?;
        match &self.kept_in {
            Some(outbox) => write!(f, "it is kept in {}", outbox.display()),
            None => f.write_str("it is kept nowhere"),
        }
    }
}

/// What an error came from, and what that came from.
pub(crate) fn causes(error: &dyn std::error::Error) -> String {
    let mut text = String::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
