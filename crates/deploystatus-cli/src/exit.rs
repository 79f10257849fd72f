//! How the command ends: one code for each thing a script may want to tell apart.

use std::process::ExitCode;

use crate::error::Error;

/// What the command's end means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    Done,
    Failed,
    Usage,
    Rejected,
    NotAllowed,
    RateLimited,
    NoAnswer,
    OutOfTime,
    OutcomeUnknown,
    /// Of `run`, what the command ended with.
    Child(u8),
}

impl Code {
    /// All of them, by number.
    pub(crate) const ALL: [Self; 9] = [
        Self::Done,
        Self::Failed,
        Self::Usage,
        Self::Rejected,
        Self::NotAllowed,
        Self::RateLimited,
        Self::NoAnswer,
        Self::OutOfTime,
        Self::OutcomeUnknown,
    ];

    /// What it tells, for people.
    pub(crate) const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done; of `wait`, the deployment succeeded or reached the state",
            Self::Failed => "the deployment failed, or something on this machine did",
            Self::Usage => "something given cannot be used: arguments, environment or files",
            Self::Rejected => "the server refused: not found, not valid, or archived",
            Self::NotAllowed => "the token may not do this (401, 403)",
            Self::RateLimited => "a rate limit asks for a longer wait than two minutes",
            Self::NoAnswer => "no answer, or the server failed",
            Self::OutOfTime => "time ran out before the deployment ended",
            Self::OutcomeUnknown => "a status was sent, and it is unknown whether it is stored",
            Self::Child(_) => "what the command ended with",
        }
    }

    /// The number that the process ends with.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Rejected => 3,
            Self::NotAllowed => 4,
            Self::RateLimited => 5,
            Self::NoAnswer => 6,
            Self::OutOfTime => 7,
            Self::OutcomeUnknown => 8,
            Self::Child(code) => code,
        }
    }

    /// The word for it in errors that are printed as JSON.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed | Self::Child(_) => "failed",
            Self::Usage => "usage",
            Self::Rejected => "rejected",
            Self::NotAllowed => "not_allowed",
            Self::RateLimited => "rate_limited",
            Self::NoAnswer => "no_answer",
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

/// How a command ends that failed with this error.
pub(crate) fn code_of(error: &Error) -> Code {
    match error {
        Error::Call { source, .. } => code_of_call(source),
        Error::Missing(_) | Error::Usage(_) | Error::File { .. } | Error::Emulator(_) => {
            Code::Usage
        }
        Error::Start { code, .. } => Code::Child(*code),
        Error::Unreported(_) => Code::NoAnswer,
        Error::Output(_) | Error::Runtime(_) => Code::Failed,
    }
}

pub(crate) fn code_of_call(error: &deploystatus::Error) -> Code {
    use deploystatus::Error as Call;
    match error {
        Call::Invalid(_) | Call::Outbox(_) | Call::NoToken(_) => Code::Usage,
        Call::OutcomeUnknown(_) => Code::OutcomeUnknown,
        Call::WorkFailed(_) => Code::Failed,
        Call::RateLimited(_) => Code::RateLimited,
        _ => match error.rejection() {
            Some(rejection) if rejection.is_rate_limit() => Code::RateLimited,
            Some(rejection) => code_of_rejection(rejection),
            None => Code::NoAnswer,
        },
    }
}

fn code_of_rejection(rejection: &deploystatus::Rejection) -> Code {
    let message = rejection.message.as_deref().unwrap_or_default();
    match rejection.status {
        403 if message.to_ascii_lowercase().contains("archived") => Code::Rejected,
        401 | 403 => Code::NotAllowed,
        400..=499 => Code::Rejected,
        _ => Code::NoAnswer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_has_the_table_of_codes() {
        let rows = Code::ALL.map(|code| {
            let (number, word, meaning) = (code.number(), code.word(), code.meaning());
            format!("| {number} | `{word}` | {meaning} |\n")
        });
        let readme = include_str!("../README.md");
        assert!(readme.contains(&rows.concat()), "{}", rows.concat());
    }

    #[test]
    fn the_codes_are_numbered_in_order() {
        let numbers = Code::ALL.map(Code::number);
        assert_eq!(numbers, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    }
}
