//! The library's words in those of the command line: flags instead of fields and settings.

use deploystatus::{Error, State, Undelivered};

use crate::error::Unreported;

/// What to do about an error of the library.
pub(crate) fn hint(error: &Error) -> Option<String> {
    let hint = error.hint()?;
    Some(match (error, error.status()) {
        (Error::RateLimited(_), _) => format!("Try again after {}.", error.retry_at()?),
        (Error::Moved(_), _) => "If the new place is right, give it as --api-url.".to_owned(),
        (Error::Unreachable(_), _) => format!("{ADDRESS}, the name resolution, {ON_THE_WAY}."),
        (Error::Unreadable(_), _) => {
            format!("Something that is not GitHub's API answered. {ADDRESS}, {ON_THE_WAY}.")
        }
        (Error::Rejected(_), Some(400 | 410)) => {
            "The server does not know the API version that was asked for; `deploystatus doctor` tells what it is."
                .to_owned()
        }
        (Error::Rejected(_), Some(422)) => {
            "Enterprise Servers before 3.3 need previews for some states; `deploystatus doctor` tells what it is."
                .to_owned()
        }
        (Error::Undelivered(report), _) if report.kept_in().is_none() => {
            in_our_words(hint.replace(STORE_IT, &again(report)))
        }
        _ => in_our_words(hint),
    })
}

fn in_our_words(hint: String) -> String {
    WORDS
        .iter()
        .fold(hint, |hint, (theirs, ours)| hint.replace(theirs, ours))
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

/// How a report is sent that is kept nowhere.
fn again(report: &Undelivered) -> String {
    let status = serde_json::to_value(report.status()).unwrap_or_default();
    let state = State::from(status["state"].as_str().unwrap_or("error"));
    format!(
        "It is kept nowhere. When this is mended, run `{}`.",
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

const ADDRESS: &str =
    "Check the API's address (--api-url or GITHUB_API_URL; an Enterprise Server's ends in /api/v3)";
const ON_THE_WAY: &str = "and any proxy or certificate on the way";

/// What the library advises about a report that is kept nowhere.
const STORE_IT: &str = "Store it as JSON and send it later with `Undelivered::redeliver`.";

/// Phrases of the library, and what they are at a command line.
const WORDS: [(&str, &str); 4] = [
    (
        "give the client a fresh one",
        "give a fresh one in GITHUB_TOKEN or GH_TOKEN, or as --token-file",
    ),
    (
        "give the client one",
        "give one in GITHUB_TOKEN or GH_TOKEN, or as --token-file",
    ),
    (
        "Flush the outbox later.",
        "The report is kept, and the next `deploystatus flush` tries again.",
    ),
    (
        "Look at the deployment's statuses for",
        "Look with `deploystatus list` for",
    ),
];
