//! Errors of the command.

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use deploystatus::{ServerProfile, State, Undelivered};

use crate::advice;
use crate::duration;
use crate::escape::message::Message;
use crate::escape::shorten;

/// The reason why a command failed.
#[derive(Debug)]
pub(crate) enum Error {
    /// Required settings that were not given.
    Missing(Vec<Missing>),
    /// An invalid argument, variable or file, as a complete message.
    Usage(String),
    /// A command line that cannot be parsed, as a complete message.
    CommandLine(Message),
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
        /// Running time of the command, or `None` if it is not known yet.
        elapsed: Option<Duration>,
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
    TimedOut(TimedOut),
    /// The result cannot be printed.
    Output(io::Error),
    /// The runtime or the signal handlers cannot be created.
    Runtime(io::Error),
}

/// A command whose time limit was reached.
#[derive(Debug)]
pub(crate) struct TimedOut {
    pub(crate) limit: Duration,
    pub(crate) activity: Activity,
    /// The reason of the last delay, or `None` if the first request received no response.
    pub(crate) last_delay: Option<String>,
}

/// The activity that a time limit ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Activity {
    /// The command only read.
    Reading,
    /// A request to create a status may have been sent.
    Creating,
    /// The reports that were not delivered remain in this outbox.
    Flushing(PathBuf),
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
        move |source| Self::Call {
            action,
            source,
            elapsed: None,
        }
    }

    /// Adds the running time of the command, which is shown if a rate limit ended the command.
    pub(crate) fn after(mut self, time: Duration) -> Self {
        if let Self::Call { elapsed, .. } = &mut self {
            *elapsed = Some(time);
        }
        self
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

    /// Returns the description of the error.
    pub(crate) fn message(&self) -> Message {
        match self {
            Self::Missing(settings) => {
                let mut message = Message::default();
                for setting in settings {
                    message.push_line(&format!("missing {}; {}", setting.what, setting.fix));
                }
                message
            }
            Self::CommandLine(message) => message.clone(),
            Self::Usage(text) => text.into(),
            Self::File {
                action,
                path,
                source,
            } => format!("cannot {action} {}: {source}", path.display()).into(),
            Self::Call {
                action,
                source,
                elapsed,
            } => {
                let required = advice::required_wait(source);
                let waited = elapsed.filter(|_| !required.is_empty()).map(|time| {
                    let time = duration::format(time.as_secs());
                    format!(", waited: {time}")
                });
                let waited = waited.unwrap_or_default();
                let cause = advice::message(source);
                format!("failed to {action}: {cause}{required}{waited}").into()
            }
            Self::Undelivered(report) => {
                let required = report.error().map(advice::required_wait);
                let message = advice::message(report);
                format!("{message}{}", required.unwrap_or_default()).into()
            }
            Self::Emulator(source) => advice::message(source).into(),
            Self::Start {
                program, reason, ..
            } => format!("cannot start {}: {reason}", program.display()).into(),
            Self::Unreported(report) => report.to_string().into(),
            Self::TimedOut(end) => end.to_string().into(),
            Self::Output(source) => format!("cannot print the result: {source}").into(),
            Self::Runtime(source) => format!("cannot start the runtime: {source}").into(),
        }
    }

    /// Returns the steps that fix the error of this server, or `None` if there are none.
    pub(crate) fn help(&self, server: Option<&ServerProfile>) -> Option<Message> {
        match self {
            Self::Unreported(report) => Some(report.help().into()),
            Self::Undelivered(report) => Some(advice::help_for_report(report, server)),
            Self::TimedOut(end) => end.help(),
            _ => advice::help(self.source_call()?, server),
        }
    }
}

impl TimedOut {
    fn help(&self) -> Option<Message> {
        match &self.activity {
            Activity::Reading => None,
            Activity::Creating => Some(advice::LOOK_FIRST.into()),
            Activity::Flushing(outbox) => Some(advice::flush_again(outbox).into()),
        }
    }
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limit = duration::format(self.limit.as_secs());
        write!(
            f,
            "no result within the time limit of {limit} (--timeout); "
        )?;
        match &self.last_delay {
            Some(reason) => write!(f, "last delay: {reason}"),
            None => f.write_str("the server did not respond"),
        }
    }
}

impl Unreported {
    fn help(&self) -> String {
        match &self.kept_in {
            Some(outbox) => format!(
                "Run `{}` later; it searches for the status before it sends.",
                advice::flush_command(outbox)
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
        self.message().fmt(f)
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
