//! What to do about an error.

use super::{Error, Rejection};
use crate::Undelivered;

pub(super) fn hint(error: &Error) -> Option<String> {
    match error {
        Error::Rejected(rejection) => rejected(rejection),
        Error::RateLimited(limited) => Some(match limited.rejection {
            Some(_) => format!(
                "Try again after {}, or allow longer waits with `RetryPolicy::longest_wait`.",
                limited.until
            ),
            None => format!(
                "Report less often, or wait until {}; `Pacing` says how much one client sends.",
                limited.until
            ),
        }),
        Error::OutcomeUnknown(unknown) => Some(format!(
            "Look at the deployment's statuses for {} before you report it again, or it may be there twice.",
            unknown.looked_for
        )),
        Error::Moved(_) => Some(
            "If the new place is right, give it to the client as its base address.".to_owned(),
        ),
        Error::Unreachable(_) => Some(
            "Check the base address, the name resolution, and any proxy or certificate between here and the server."
                .to_owned(),
        ),
        Error::Unreadable(_) => Some(
            "Something that is not GitHub's API answered: check the base address (an Enterprise Server's ends in /api/v3) and any proxy."
                .to_owned(),
        ),
        Error::Undelivered(report) => Some(undelivered(report)),
        Error::WorkFailed(failed) => failed.undelivered.as_ref().map(undelivered),
        Error::Outbox(_) => Some(
            "Check that the directory exists, may be written, and has room.".to_owned(),
        ),
        Error::NoThread(_) | Error::NoToken(_) | Error::Invalid(_) | Error::Lost(_) => None,
    }
}

fn undelivered(report: &Undelivered) -> String {
    let later = match report.kept_in() {
        Some(_) => "Flush the outbox later.",
        None => "Store it as JSON and send it later with `Undelivered::redeliver`.",
    };
    match report.last().and_then(hint) {
        // Whoever redelivers looks first, so nobody else has to.
        Some(cause) if !report.maybe_sent() => format!("{cause} {later}"),
        _ => later.to_owned(),
    }
}

fn rejected(rejection: &Rejection) -> Option<String> {
    let message = rejection.message.as_deref().unwrap_or_default();
    let says = |words: &str| message.to_ascii_lowercase().contains(words);
    let hint = match rejection.status {
        400 if names_a_version(rejection) => UNSUPPORTED_VERSION.to_owned(),
        410 => UNSUPPORTED_VERSION.to_owned(),
        401 if rejection.expires.is_some() || says("expired") => expired(rejection),
        401 if says("requires authentication") => {
            "No token was sent: give the client one.".to_owned()
        }
        401 => "The token is wrong, revoked or expired: give the client a fresh one.".to_owned(),
        403 | 404 if rejection.sso.is_some() => sso(rejection),
        403 if says("archived") => {
            "The repository is archived and takes no statuses: unarchive it or stop reporting."
                .to_owned()
        }
        403 if says("suspended") => {
            "The app's installation is suspended: its owner can resume it in the installation's settings."
                .to_owned()
        }
        403 if says("resource not accessible by integration") => workflow_permission(rejection),
        403 if says("resource not accessible by personal access token") => format!(
            "Give the token the repository permission {}.",
            permission(rejection)
        ),
        403 if says("user-agent") => "Give the client a user agent.".to_owned(),
        403 => format!(
            "The token may not do this: it needs {}{}.",
            permission(rejection),
            rejection
                .scopes
                .as_ref()
                .map(|scopes| format!(", or as a classic token one of the scopes {scopes}"))
                .unwrap_or_default()
        ),
        404 if rejection.creating => format!(
            "The deployment does not exist, or the token may not write to it; GitHub says 404 for both. \
             Check the repository and the id, and that the token has {} (classic tokens: repo_deployment).",
            permission(rejection)
        ),
        404 => "It does not exist, or the token may not read it; GitHub says 404 for both. \
             Check the repository and the ids."
            .to_owned(),
        422 if says("validation failed") && rejection.field_errors.is_empty() => {
            "Enterprise Servers before 3.3 refuse `in_progress`, `queued` and `inactive` without their previews: \
             let the client learn the server, or give it the right `ServerProfile`."
                .to_owned()
        }
        451 => "The repository is blocked for legal reasons.".to_owned(),
        500..=599 => "The server has a problem of its own; https://www.githubstatus.com tells of GitHub's."
            .to_owned(),
        _ => return None,
    };
    Some(hint)
}

const UNSUPPORTED_VERSION: &str = "The server does not know the API version that was asked for: \
     give the client the right `ServerProfile`, or let it learn the server by giving none.";

fn names_a_version(rejection: &Rejection) -> bool {
    rejection
        .field_errors
        .iter()
        .any(|error| error.message.contains("not a supported version"))
}

fn expired(rejection: &Rejection) -> String {
    match &rejection.expires {
        Some(moment) => {
            format!("The token expires or expired at {moment}: give the client a fresh one.")
        }
        None => "The token has expired: give the client a fresh one.".to_owned(),
    }
}

/// The header is `required; url=…` or `partial-results; organizations=…`.
fn sso(rejection: &Rejection) -> String {
    let header = rejection.sso.as_deref().unwrap_or_default();
    let place = header
        .split(';')
        .find_map(|part| part.trim().strip_prefix("url="));
    match place {
        Some(url) => format!("The organisation requires single sign-on: allow the token at {url}."),
        None => {
            "The organisation requires single sign-on: allow the token in its settings.".to_owned()
        }
    }
}

fn workflow_permission(rejection: &Rejection) -> String {
    let wanted = permission(rejection);
    let level = if rejection.creating { "write" } else { "read" };
    format!(
        "The token lacks {wanted}. In a workflow, add these lines to the job or the file:\n\
         permissions:\n  deployments: {level}\n\
         For an app, add the permission in its settings and accept it for the installation. \
         Workflows that Dependabot or a fork started get read-only tokens."
    )
}

fn permission(rejection: &Rejection) -> String {
    match (&rejection.permissions, rejection.creating) {
        (Some(permissions), _) if !permissions.is_empty() => format!("`{permissions}`"),
        (_, true) => "`deployments=write`".to_owned(),
        (_, false) => "`deployments=read`".to_owned(),
    }
}
