//! Exit codes, one for each result that a script may need to distinguish.

use std::process::ExitCode;

use deploystatus::{ErrorKind, RejectionKind, Undelivered};

use crate::error::{Activity, Error};

/// The result of the command, as its exit code reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    Done,
    Failed,
    Usage,
    Rejected,
    NotAllowed,
    RateLimited,
    NoResponse,
    OutOfTime,
    OutcomeUnknown,
    /// The exit code of the command that `run` started.
    Child(u8),
}

impl Code {
    /// All codes except that of a child, in order of their numbers.
    pub(crate) const ALL: [Self; 9] = [
        Self::Done,
        Self::Failed,
        Self::Usage,
        Self::Rejected,
        Self::NotAllowed,
        Self::RateLimited,
        Self::NoResponse,
        Self::OutOfTime,
        Self::OutcomeUnknown,
    ];

    /// Returns the meaning of the code, for documentation.
    pub(crate) const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "success; for `wait`, the deployment succeeded or reached the state",
            Self::Failed => "the deployment failed, or a local operation did",
            Self::Usage => "invalid arguments, environment variables or files",
            Self::Rejected => "the server rejected the request: not found, invalid, or archived",
            Self::NotAllowed => "the token is not allowed to do this (401, 403)",
            Self::RateLimited => {
                "a rate limit requires a wait of more than two minutes, or beyond the time limit"
            }
            Self::NoResponse => "no response, or a server error",
            Self::OutOfTime => "a time limit was reached",
            Self::OutcomeUnknown => {
                "the response was lost, and the status may or may not be stored"
            }
            Self::Child(_) => "the exit code of the command",
        }
    }

    /// Returns the exit code of the process.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Rejected => 3,
            Self::NotAllowed => 4,
            Self::RateLimited => 5,
            Self::NoResponse => 6,
            Self::OutOfTime => 7,
            Self::OutcomeUnknown => 8,
            Self::Child(code) => code,
        }
    }

    /// Returns the name used in JSON errors.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed | Self::Child(_) => "failed",
            Self::Usage => "usage",
            Self::Rejected => "rejected",
            Self::NotAllowed => "not_allowed",
            Self::RateLimited => "rate_limited",
            Self::NoResponse => "no_response",
            Self::OutOfTime => "out_of_time",
            Self::OutcomeUnknown => "outcome_unknown",
        }
    }
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        code.number().into()
    }
}

/// Returns the exit code for an error.
pub(crate) fn code_of(error: &Error) -> Code {
    match error {
        Error::Call { source, .. } => code_of_call(source),
        Error::Undelivered(report) => code_of_report(report),
        Error::Missing(_)
        | Error::Usage(_)
        | Error::CommandLine(_)
        | Error::File { .. }
        | Error::Emulator(_) => Code::Usage,
        Error::Start { code, .. } => Code::Child(*code),
        Error::Unreported(_) => Code::NoResponse,
        Error::TimedOut(end) => match end.activity {
            Activity::Reading | Activity::Flushing(_) => Code::OutOfTime,
            Activity::Creating => Code::OutcomeUnknown,
        },
        Error::Output(_) | Error::Runtime(_) => Code::Failed,
    }
}

fn code_of_call(error: &deploystatus::Error) -> Code {
    match error.kind() {
        ErrorKind::InvalidValue | ErrorKind::Outbox | ErrorKind::TokenSource => Code::Usage,
        ErrorKind::OutcomeUnknown => Code::OutcomeUnknown,
        ErrorKind::Runtime => Code::Failed,
        ErrorKind::RateLimited => Code::RateLimited,
        _ => error
            .rejection()
            .map_or(Code::NoResponse, code_of_rejection),
    }
}

/// Returns the exit code of a report, or that of no response if it was not sent yet.
fn code_of_report(report: &Undelivered) -> Code {
    report.error().map_or(Code::NoResponse, code_of_call)
}

fn code_of_rejection(rejection: &deploystatus::Rejection) -> Code {
    match (rejection.kind(), rejection.status) {
        (RejectionKind::RateLimit, _) => Code::RateLimited,
        (RejectionKind::RepositoryArchived, _) => Code::Rejected,
        (_, 401 | 403) => Code::NotAllowed,
        (_, 400..=499) => Code::Rejected,
        _ => Code::NoResponse,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readme_contains_the_table_of_codes() {
        let rows = Code::ALL.map(|code| {
            let (number, name, meaning) = (code.number(), code.name(), code.meaning());
            format!("| {number} | `{name}` | {meaning} |\n")
        });
        let readme = include_str!("../README.md");
        assert!(readme.contains(&rows.concat()), "{}", rows.concat());
    }

    #[test]
    fn codes_are_numbered_in_order() {
        let numbers = Code::ALL.map(Code::number);
        assert_eq!(numbers, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    }
}
