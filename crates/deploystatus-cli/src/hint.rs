//! The library's words in those of the command line: flags instead of fields and settings.

use deploystatus::{Error, State, Undelivered};

use crate::error::Unreported;

/// What to do about an error of the library.
pub(crate) fn hint(error: &Error) -> Option<String> {
    match error {
        Error::RateLimited(_) => error
            .retry_at()
            .map(|moment| format!("Try again after {moment}.")),
        Error::Moved(_) => {
            Some("If the new place is right, give it as --api-url.".to_owned())
        }
        Error::Undelivered(report) if report.kept_in().is_some() => {
            Some("It is kept; `deploystatus flush` sends it.".to_owned())
        }
        Error::Undelivered(report) => Some(again(report)),
        Error::Rejected(rejection) if rejection.status == 401 => Some(
            "The token is wrong, revoked or expired: give a fresh one in GITHUB_TOKEN or GH_TOKEN, or as --token-file."
                .to_owned(),
        ),
        Error::Rejected(rejection) if matches!(rejection.status, 400 | 410) => Some(
            "The server does not know the API version that was asked for; `deploystatus doctor` tells what it is."
                .to_owned(),
        ),
        _ => error.hint(),
    }
}

/// How a report is sent that was not waited for.
pub(crate) fn later(report: &Unreported) -> String {
    match &report.kept_in {
        Some(outbox) => format!(
            "Run `deploystatus flush --outbox {}` later; it looks before it sends.",
            outbox.display()
        ),
        None => format!(
            "Look at the deployment, and if it has not ended, run `{}`.",
            create(&report.state, &report.repository, report.deployment)
        ),
    }
}

/// How a report is sent that is kept nowhere, and why it was not sent.
fn again(report: &Undelivered) -> String {
    let status = serde_json::to_value(report.status()).unwrap_or_default();
    let state = State::from(status["state"].as_str().unwrap_or("error"));
    format!(
        "It is kept nowhere. When that is mended, run `{}`.",
        create(&state, report.repository(), report.deployment())
    )
}

fn create(state: &State, repository: &str, deployment: u64) -> String {
    format!("deploystatus create {state} --repo {repository} --deployment {deployment}")
}

/// An error of the library, with what was given on the command line under its name there.
pub(crate) fn in_flags(error: &Error) -> String {
    let text = error.to_string();
    let Error::Invalid(invalid) = error else {
        return text;
    };
    let flag = match invalid.field() {
        "base_url" => "the API's address (--api-url or GITHUB_API_URL)",
        "repository" | "owner" | "repo" => "the repository (--repo or GITHUB_REPOSITORY)",
        "token" => "the token (GITHUB_TOKEN, GH_TOKEN or --token-file)",
        "log_url" => "--log-url",
        "environment_url" => "--environment-url",
        "environment" => "--environment",
        "description" => "--description",
        field => field,
    };
    let why = text.strip_prefix(invalid.field()).unwrap_or(&text);
    format!("{flag}{why}")
        .replace("`description_truncated`", "--truncate")
        .replace("`allow_plain_http`", "--allow-plain-http")
}
