//! How a command ended: what is reported of it, and the code it is passed on with.

use std::io;
use std::process::ExitStatus;

use deploystatus::State;

use super::signals::Stop;

/// How a command ended, or why it did not begin.
#[derive(Debug)]
pub(super) enum Ending {
    Exited(i32),
    /// A signal that was not ours ended it.
    Killed(i32),
    /// We were told to stop, and so was the command.
    Stopped(Stop),
    /// We were told to stop before it began.
    StoppedBefore(Stop),
    NotStarted(io::Error),
    /// The system does not tell how it ended.
    Unknown(io::Error),
}

impl Ending {
    pub(super) fn of(status: io::Result<ExitStatus>) -> Self {
        let status = match status {
            Ok(status) => status,
            Err(error) => return Self::Unknown(error),
        };
        match (status.code(), signal(status)) {
            (Some(code), _) => Self::Exited(code),
            (None, signal) => Self::Killed(signal.unwrap_or_default()),
        }
    }

    /// What is reported.
    pub(super) fn state(&self) -> State {
        match self {
            Self::Exited(0) => State::Success,
            Self::Exited(_) => State::Failure,
            _ => State::Error,
        }
    }

    /// Why it did not go well; nothing when it did.
    pub(super) fn why(&self) -> Option<String> {
        Some(match self {
            Self::Exited(0) => return None,
            Self::Exited(code) => format!("Exit code {code}"),
            Self::Killed(signal) => format!("Killed by {}", name(*signal)),
            Self::Stopped(stop) => format!("Stopped by {}", stop.name()),
            Self::StoppedBefore(stop) => {
                format!("Stopped by {} before the command began", stop.name())
            }
            Self::NotStarted(error) => format!("The command could not be started: {error}"),
            Self::Unknown(error) => format!("It is unknown how the command ended: {error}"),
        })
    }

    /// What a shell would call it.
    pub(super) fn code(&self) -> u8 {
        match self {
            Self::Exited(code) => u8::try_from(*code).unwrap_or(1),
            Self::Killed(signal) => u8::try_from(128 + signal).unwrap_or(128),
            Self::Stopped(stop) | Self::StoppedBefore(stop) => 128 + stop.number(),
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
    fn each_ending_has_a_state_a_reason_and_a_code() {
        let not_found = || io::ErrorKind::NotFound.into();
        let not_allowed = || io::ErrorKind::PermissionDenied.into();
        for (ending, state, why, code) in [
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
                Ending::StoppedBefore(Stop::HangUp),
                "error",
                Some("Stopped by SIGHUP before the command began"),
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
            assert_eq!(ending.state().as_str(), state, "{ending:?}");
            assert_eq!(ending.why().as_deref(), why, "{ending:?}");
            assert_eq!(ending.code(), code, "{ending:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn signals_have_their_names() {
        let killed = |signal| Ending::Killed(signal);
        assert_eq!(killed(9).why().as_deref(), Some("Killed by SIGKILL"));
        assert_eq!(killed(9).code(), 137);
        assert_eq!(killed(40).why().as_deref(), Some("Killed by signal 40"));
    }
}
