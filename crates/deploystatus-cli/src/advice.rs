//! The library's errors in the terms of the command line: flags and variables instead of builder methods.
//!
//! This is the only file that inspects [`deploystatus::Error`].

use deploystatus::{Error, Rejection, State, Undelivered};

/// A kind of failed call, as the exit codes distinguish them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Usage,
    Rejected,
    NotAllowed,
    RateLimited,
    NoAnswer,
    OutcomeUnknown,
    Failed,
}

/// Returns the kind of an error.
pub(crate) fn kind(error: &Error) -> Kind {
    match error {
        Error::Invalid(_) | Error::Outbox(_) | Error::NoToken(_) => Kind::Usage,
        Error::OutcomeUnknown(_) => Kind::OutcomeUnknown,
        Error::WorkFailed(_) => Kind::Failed,
        Error::RateLimited(_) => Kind::RateLimited,
        _ => error.rejection().map_or(Kind::NoAnswer, kind_of_rejection),
    }
}

fn kind_of_rejection(rejection: &Rejection) -> Kind {
    let message = rejection.message.as_deref().unwrap_or_default();
    match rejection.status {
        _ if rejection.is_rate_limit() => Kind::RateLimited,
        status if is_archived(status, message) => Kind::Rejected,
        401 | 403 => Kind::NotAllowed,
        400..=499 => Kind::Rejected,
        _ => Kind::NoAnswer,
    }
}

/// Returns `true` if a response means that the repository is archived.
pub(crate) fn is_archived(status: u16, message: &str) -> bool {
    status == 403 && message.to_ascii_lowercase().contains("archived")
}

/// Returns `true` if a response of status 403 means that a rate limit was exceeded.
pub(crate) fn is_rate_limit(message: &str) -> bool {
    message.to_ascii_lowercase().contains("rate limit")
}

/// Returns the name of the invalid field, or `None` if the error has another cause.
pub(crate) fn invalid_field(error: &Error) -> Option<&str> {
    match error {
        Error::Invalid(invalid) => Some(invalid.field()),
        _ => None,
    }
}

/// Returns the error's message with those of its causes.
pub(crate) fn message(error: &Error) -> String {
    format!("{error}{}", causes(error))
}

/// Returns the messages of an error's causes, each after a colon.
pub(crate) fn causes(error: &dyn std::error::Error) -> String {
    let mut text = String::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// Returns the steps that fix an error, or `None` if there are none.
pub(crate) fn help(error: &Error) -> Option<String> {
    Some(match error {
        Error::RateLimited(_) => format!("Try again after {}.", error.retry_at()?),
        Error::Moved(_) => {
            "If the new URL is correct, set it with --api-url or GITHUB_API_URL.".to_owned()
        }
        Error::Unreachable(_) => format!("{CHECK_URL}, name resolution, proxies and certificates."),
        Error::Unreadable(_) => {
            format!("The response is not from GitHub's API. {CHECK_URL}, and proxies.")
        }
        Error::OutcomeUnknown(_) => {
            "Check `deploystatus list` before you create the status again; it may be stored already."
                .to_owned()
        }
        Error::Undelivered(report) => help_for_report(report, cause(error)),
        Error::Rejected(rejection) => return help_for_rejection(rejection, error),
        _ => return error.hint(),
    })
}

fn help_for_rejection(rejection: &Rejection, error: &Error) -> Option<String> {
    Some(match rejection.status {
        401 => NEW_TOKEN.to_owned(),
        400 | 410 => {
            "The server does not support the requested API version; run `deploystatus doctor` to see its version."
                .to_owned()
        }
        422 if rejection.field_errors.is_empty() => {
            "Enterprise Server before 3.3 requires previews for some states; run `deploystatus doctor` to see the server's version."
                .to_owned()
        }
        _ => return error.hint(),
    })
}

/// Returns the steps that deliver a report, after those that fix the cause.
fn help_for_report(report: &Undelivered, cause: Option<&Error>) -> String {
    let delivery = if report.kept_in().is_some() {
        "The report is in the outbox; `deploystatus flush` sends it.".to_owned()
    } else {
        let status = serde_json::to_value(report.status()).unwrap_or_default();
        let state = State::from(status["state"].as_str().unwrap_or("error"));
        let create = create_command(&state, report.repository(), report.deployment());
        format!("The report is stored nowhere; to send it, run `{create}`.")
    };
    // A flush searches for the status before it sends, so the user need not.
    match cause.and_then(help) {
        Some(cause) if !report.maybe_sent() => format!("{cause} {delivery}"),
        _ => delivery,
    }
}

fn cause(error: &Error) -> Option<&Error> {
    std::error::Error::source(error)?.downcast_ref()
}

/// Returns the command line that reports a state.
pub(crate) fn create_command(state: &State, repository: &str, deployment: u64) -> String {
    format!("deploystatus create {state} --repo {repository} --deployment {deployment}")
}

const CHECK_URL: &str =
    "Check the API URL (--api-url or GITHUB_API_URL; on Enterprise Server it ends in /api/v3)";

/// Steps for a token that the server rejects.
pub(crate) const NEW_TOKEN: &str = "The token is invalid, revoked or expired. Set a new one in GITHUB_TOKEN or GH_TOKEN, or with --token-file.";
