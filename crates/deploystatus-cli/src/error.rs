//! Errors of the command.

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use deploystatus::{ServerProfile, State, Undelivered};

use crate::advice;
use crate::duration;
use crate::escape::shorten;

/// The reason why a command failed.
#[derive(Debug)]
pub(crate) enum Error {
    /// Required settings that were not given.
    Missing(Vec<Missing>),
    /// An invalid argument, variable or file, as a complete message.
    Usage(String),
    /// A file cannot be read or written; `action` completes "cannot …".
    File {
        action: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    /// A call of the library failed; `action` completes "failed to …".
    Call {
        action: &'static str,
        source: deploystatus::Error,
    },
    /// A final status could not be delivered.
    Undelivered(Undelivered),
    /// The emulator cannot be started, filled or saved.
    Emulator(deploystatus_emulator::Error),
    /// The command to run cannot be started; `code` is the exit code of a shell in this case.
    Start {
        program: OsString,
        reason: String,
        code: u8,
    },
    /// The final status was not reported in time.
    Unreported(Unreported),
    /// The time limit of the command was reached.
    TimedOut(Duration, TimedOut),
    /// The result cannot be printed.
    Output(io::Error),
    /// The runtime or the signal handlers cannot be created.
    Runtime(io::Error),
}

/// The state of a command whose time limit was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimedOut {
    /// The command only read.
    Reading,
    /// A request to create a status may have been sent.
    Creating,
    /// The reports that were not delivered remain in the outbox.
    Flushing,
}

/// A required setting and the ways to set it.
#[derive(Debug)]
pub(crate) struct Missing {
    pub(crate) what: &'static str,
    pub(crate) fix: String,
}

/// A final status whose delivery was not awaited any longer.
#[derive(Debug)]
pub(crate) struct Unreported {
    pub(crate) state: State,
    pub(crate) repository: String,
    pub(crate) deployment: u64,
    /// Directory of the outbox that contains the report, or `None` if no outbox does.
    pub(crate) kept_in: Option<PathBuf>,
}

/// Maximum number of characters of a given value in a message.
const MAX_VALUE: usize = 200;

impl Error {
    /// Returns a function that adds the action to a failed call.
    pub(crate) fn call(action: &'static str) -> impl FnOnce(deploystatus::Error) -> Self {
        move |source| Self::Call { action, source }
    }

    /// Creates the error for an invalid value: what it is, where it came from, and what was expected.
    pub(crate) fn invalid(what: &str, value: &str, origin: &str, expected: &str) -> Self {
        let value = shorten(value, MAX_VALUE);
        Self::Usage(format!(
            "invalid {what} {value:?} (from {origin}): expected {expected}"
        ))
    }

    /// Returns the library's error, or `None` if the command failed for another reason.
    pub(crate) fn source_call(&self) -> Option<&deploystatus::Error> {
        match self {
            Self::Call { source, .. } => Some(source),
            Self::Undelivered(report) => report.error(),
            _ => None,
        }
    }

    /// Returns the steps that fix the error of this server, or `None` if there are none.
    pub(crate) fn help(&self, server: Option<&ServerProfile>) -> Option<String> {
        match self {
            Self::Unreported(report) => Some(report.help()),
            Self::Undelivered(report) => Some(advice::help_for_report(report, server)),
            Self::TimedOut(_, TimedOut::Creating) => Some(advice::LOOK_FIRST.to_owned()),
            Self::TimedOut(_, TimedOut::Flushing) => Some(advice::FLUSH_AGAIN.to_owned()),
            _ => advice::help(self.source_call()?, server),
        }
    }
}

impl Unreported {
    fn help(&self) -> String {
        match &self.kept_in {
            Some(outbox) => format!(
                "Run `deploystatus flush --outbox {}` later; it searches for the status before it sends.",
                outbox.display()
            ),
            None => format!(
                "If the deployment has not ended, run `{}`.",
                advice::create_command(&self.state, &self.repository, self.deployment)
            ),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(settings) => {
                for (index, setting) in settings.iter().enumerate() {
                    let separator = if index == 0 { "" } else { "\n" };
                    write!(f, "{separator}missing {}; {}", setting.what, setting.fix)?;
                }
                Ok(())
            }
            Self::Usage(message) => f.write_str(message),
            Self::File {
                action,
                path,
                source,
            } => write!(f, "cannot {action} {}: {source}", path.display()),
            Self::Call { action, source } => {
                write!(f, "failed to {action}: {}", advice::message(source))
            }
            Self::Undelivered(report) => f.write_str(&advice::message(report)),
            Self::Emulator(source) => f.write_str(&advice::message(source)),
            Self::Start {
                program, reason, ..
            } => write!(f, "cannot start {}: {reason}", program.display()),
            Self::Unreported(report) => report.fmt(f),
            Self::TimedOut(limit, _) => write!(
                f,
                "no result within the time limit of {} (--timeout)",
                duration::format(limit.as_secs())
            ),
            Self::Output(source) => write!(f, "cannot print the result: {source}"),
            Self::Runtime(source) => write!(f, "cannot start the runtime: {source}"),
        }
    }
}

impl fmt::Display for Unreported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "could not report {} for deployment {} of {} in time; ",
            self.state, self.deployment, self.repository
        )?;
        match &self.kept_in {
            Some(outbox) => write!(f, "the report is in {}", outbox.display()),
            None => f.write_str("the report is stored nowhere"),
        }
    }
}
