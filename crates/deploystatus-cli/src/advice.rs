//! The library's errors in the terms of the command line: flags and variables instead of builder methods.
//!
//! Together with [`crate::exit`] this is the only file that inspects [`deploystatus::Error`].
//! It is also the only one that matches GitHub's messages, because the responses to the requests of `doctor`,
//! which the library does not read, have no codes.

use std::path::Path;

use deploystatus::{Advice, Error, ServerProfile, State, Undelivered};

use crate::duration;
use crate::escape::message::Message;
use crate::escape::shell::quote_path;

/// Returns `true` if the message of a response with status 403 means that the repository is archived.
pub(crate) fn is_archived(status: u16, message: &str) -> bool {
    status == 403 && message.to_ascii_lowercase().contains("archived")
}

/// Returns `true` if the message of a response means that the token of a workflow or an app lacks a permission.
pub(crate) fn is_about_integration(message: &str) -> bool {
    message.to_ascii_lowercase().contains("integration")
}

/// Returns the name of the invalid field, or `None` if the error has another cause.
pub(crate) fn invalid_field(error: &Error) -> Option<&'static str> {
    error.invalid_value().map(deploystatus::InvalidValue::field)
}

/// Returns the error's message with those of its causes.
pub(crate) fn message(error: &dyn std::error::Error) -> String {
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

/// Returns the steps that fix an error of this server, or `None` if there are none.
///
/// Without a known server, steps that depend on it are omitted.
pub(crate) fn help(error: &Error, server: Option<&ServerProfile>) -> Option<Message> {
    let advice = error.advice()?;
    if let Advice::AddIntegrationPermission {
        permission, level, ..
    } = &advice
    {
        return Some(integration_permission(permission, level));
    }
    let is_github = |server: &ServerProfile| *server == ServerProfile::github();
    let line = match advice {
        Advice::EnablePreviews if server.is_none_or(is_github) => return None,
        Advice::ProvideToken => {
            "Set a token in GITHUB_TOKEN or GH_TOKEN, or with --token-file.".to_owned()
        }
        Advice::ReplaceToken { .. } => NEW_TOKEN.to_owned(),
        Advice::UseSupportedApiVersion => {
            "The server does not support the API version of the request. Update deploystatus. On Enterprise Server, check that no proxy removes the header X-GitHub-Enterprise-Version."
                .to_owned()
        }
        Advice::EnablePreviews => {
            "Enterprise Server before 3.3 requires previews for some states. Check that no proxy removes the header X-GitHub-Enterprise-Version."
                .to_owned()
        }
        Advice::WaitUntil { at, .. } | Advice::ReportLess { at, .. } => {
            format!("Try again after {at}.")
        }
        Advice::LookBeforeReporting => LOOK_FIRST.to_owned(),
        Advice::UseNewAddress => {
            format!("{CHECK_URL}. If the server has moved, use its new URL.")
        }
        Advice::CheckConnection => format!("{CHECK_URL}, name resolution, proxies and certificates."),
        Advice::CheckBaseUrl => {
            format!("The response is not from GitHub's API. {CHECK_URL}, and proxies.")
        }
        advice => advice.to_string(),
    };
    Some(line.into())
}

/// Returns the steps that give a workflow's token or an app a permission.
fn integration_permission(permission: &str, level: &str) -> Message {
    let mut message = Message::from(format!(
        "Add the permission `{permission}`. In a workflow, add these lines to the job or the file:"
    ));
    message.push_line("permissions:");
    message.push_line(&format!("  deployments: {level}"));
    message.push_line(
        "For an app, add the permission in its settings and accept it for the installation. \
         Workflows started by Dependabot or from a fork get read-only tokens.",
    );
    message
}

/// Returns the steps that deliver a report, after those that fix the cause.
pub(crate) fn help_for_report(report: &Undelivered, server: Option<&ServerProfile>) -> Message {
    let is_not_found = report.error().and_then(Error::status) == Some(404);
    let outbox = report.kept_in().and_then(Path::parent);
    let delivery = if let Some(outbox) = outbox {
        let flush = flush_command(outbox);
        let deleted = if is_not_found {
            " If the deployment was deleted, delete the file."
        } else {
            ""
        };
        format!("The report is in the outbox; `{flush}` sends it.{deleted}")
    } else {
        let create = create_command(
            &report.status().state,
            report.repository(),
            report.deployment(),
        );
        format!("The report is stored nowhere; to send it, run `{create}`.")
    };
    // A flush searches for the status before it sends, so the user need not.
    match report.error().and_then(|error| help(error, server)) {
        Some(mut message) if !report.may_be_stored() => {
            message.append(&format!(" {delivery}"));
            message
        }
        _ => delivery.into(),
    }
}

/// Returns the command line that sends the reports in an outbox.
pub(crate) fn flush_command(outbox: &Path) -> String {
    format!("deploystatus flush --outbox {}", quote_path(outbox))
}

/// Returns the wait that a rate limit requires, as the end of a message, or an empty text for other errors.
pub(crate) fn required_wait(error: &Error) -> String {
    match error.retry_after() {
        Some(wait) if error.is_rate_limited() => {
            format!("; required wait: {}", duration::format(wait.as_secs()))
        }
        _ => String::new(),
    }
}

/// Returns the command line that reports a state.
pub(crate) fn create_command(state: &State, repository: &str, deployment: u64) -> String {
    format!("deploystatus create {state} --repo {repository} --deployment {deployment}")
}

const CHECK_URL: &str =
    "Check the API URL (--api-url or GITHUB_API_URL; on Enterprise Server it ends in /api/v3)";

/// Steps for a status that may or may not be stored.
pub(crate) const LOOK_FIRST: &str =
    "Check `deploystatus list` before you create the status again; it may be stored already.";

/// Returns the steps for reports that a flush could not send in time.
pub(crate) fn flush_again(outbox: &Path) -> String {
    format!(
        "The other reports are still in the outbox; run `{}` again.",
        flush_command(outbox)
    )
}

/// Steps for a token that the server rejects.
pub(crate) const NEW_TOKEN: &str = "The token is invalid, revoked or expired. Set a new one in GITHUB_TOKEN or GH_TOKEN, or with --token-file.";
