//! The end of a command, and the state and exit code that follow from it.

use std::io;
use std::process::ExitStatus;

use deploystatus::State;

use super::signals::Stop;

/// The end of a command, or the reason why it was not started.
#[derive(Debug)]
pub(in crate::commands) enum Ending {
    Exited(i32),
    /// The command was ended by a signal that this process did not forward.
    Killed(i32),
    /// This process received a stop signal and forwarded it.
    Stopped(Stop),
    /// This process received a stop signal before it started the command.
    StoppedBeforeStart(Stop),
    NotStarted(io::Error),
    /// The system did not return the exit status.
    Unknown(io::Error),
}

impl Ending {
    pub(in crate::commands) fn of(status: io::Result<ExitStatus>) -> Self {
        let status = match status {
            Ok(status) => status,
            Err(error) => return Self::Unknown(error),
        };
        match (status.code(), signal(status)) {
            (Some(code), _) => Self::Exited(code),
            (None, signal) => Self::Killed(signal.unwrap_or_default()),
        }
    }

    /// Returns the state to report; `cancelled_as` is the state of a stopped command.
    pub(in crate::commands) fn state(&self, cancelled_as: &State) -> State {
        match self {
            Self::Exited(0) => State::Success,
            Self::Exited(_) => State::Failure,
            Self::Stopped(_) | Self::StoppedBeforeStart(_) => cancelled_as.clone(),
            _ => State::Error,
        }
    }

    /// Returns the reason of a failure, or `None` if the command succeeded.
    pub(in crate::commands) fn reason(&self) -> Option<String> {
        Some(match self {
            Self::Exited(0) => return None,
            Self::Exited(code) => format!("Exit code {code}"),
            Self::Killed(signal) => format!("Killed by {}", name(*signal)),
            Self::Stopped(stop) => stop.cause().to_owned(),
            Self::StoppedBeforeStart(stop) => {
                format!("{} before the command started", stop.cause())
            }
            Self::NotStarted(error) => format!("The command could not be started: {error}"),
            Self::Unknown(error) => format!("The exit code of the command is unknown: {error}"),
        })
    }

    /// Returns the exit code that a shell would have.
    pub(in crate::commands) fn code(&self) -> u8 {
        match self {
            Self::Exited(code) => u8::try_from(*code).unwrap_or(1),
            Self::Killed(signal) => u8::try_from(128 + signal).unwrap_or(128),
            Self::Stopped(stop) | Self::StoppedBeforeStart(stop) => 128 + stop.number(),
            Self::NotStarted(error) if error.kind() == io::ErrorKind::NotFound => 127,
            Self::NotStarted(_) => 126,
            Self::Unknown(_) => 1,
        }
    }
}

#[cfg(unix)]
fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn signal(_: ExitStatus) -> Option<i32> {
    None
}

#[cfg(unix)]
fn name(signal: i32) -> String {
    match nix::sys::signal::Signal::try_from(signal) {
        Ok(signal) => signal.as_str().to_owned(),
        Err(_) => format!("signal {signal}"),
    }
}

#[cfg(not(unix))]
fn name(signal: i32) -> String {
    format!("signal {signal}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_have_a_state_a_reason_and_a_code() {
        let not_found = || io::ErrorKind::NotFound.into();
        let not_allowed = || io::ErrorKind::PermissionDenied.into();
        for (ending, state, reason, code) in [
            (Ending::Exited(0), "success", None, 0),
            (Ending::Exited(3), "failure", Some("Exit code 3"), 3),
            (Ending::Exited(-1), "failure", Some("Exit code -1"), 1),
            (
                Ending::Stopped(Stop::Terminate),
                "error",
                Some("Stopped by SIGTERM"),
                143,
            ),
            (
                Ending::StoppedBeforeStart(Stop::HangUp),
                "error",
                Some("Stopped by SIGHUP before the command started"),
                129,
            ),
            (
                Ending::NotStarted(not_found()),
                "error",
                Some("The command could not be started: entity not found"),
                127,
            ),
            (
                Ending::NotStarted(not_allowed()),
                "error",
                Some("The command could not be started: permission denied"),
                126,
            ),
        ] {
            assert_eq!(ending.state(&State::Error).as_str(), state, "{ending:?}");
            assert_eq!(ending.reason().as_deref(), reason, "{ending:?}");
            assert_eq!(ending.code(), code, "{ending:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn signals_are_named() {
        let killed = |signal| Ending::Killed(signal);
        assert_eq!(killed(9).reason().as_deref(), Some("Killed by SIGKILL"));
        assert_eq!(killed(9).code(), 137);
        assert_eq!(killed(40).reason().as_deref(), Some("Killed by signal 40"));
    }
}
