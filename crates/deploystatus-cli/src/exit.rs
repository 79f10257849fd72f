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
}

impl Code {
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
        }
    }

    /// The word for it in errors that are printed as JSON.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
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
        Error::Missing(_) | Error::Usage(_) | Error::File { .. } => Code::Usage,
        Error::Output(_) | Error::Runtime(_) => Code::Failed,
    }
}

fn code_of_call(error: &deploystatus::Error) -> Code {
    use deploystatus::Error as Call;
    match error {
        Call::Invalid(_) | Call::Outbox(_) | Call::NoToken(_) => Code::Usage,
        Call::OutcomeUnknown(_) => Code::OutcomeUnknown,
        Call::WorkFailed(_) => Code::Failed,
        _ if error.is_rate_limited() || error.retry_at().is_some() => Code::RateLimited,
        _ => match error.rejection() {
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
