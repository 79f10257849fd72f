//! Comparison of a listed status with the status that was sent.

use std::borrow::Cow;

use reqwest::Url;

use crate::model::deployment_status::DeploymentStatus;
use crate::model::new_status::{self, NewStatus};

/// Result of comparing a listed status with the one that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Match {
    /// The listed status is how the server would have stored the sent one.
    Equal,
    /// The state is equal and another field differs, possibly because the server has normalized it.
    Similar,
    Different,
}

/// Compares a listed status with the one that was sent.
///
/// `older` is the status before it, from which it inherits the environment.
pub(crate) fn compare(
    status: &DeploymentStatus,
    older: Option<&DeploymentStatus>,
    new: &NewStatus,
) -> Match {
    if status.state != new.state {
        Match::Different
    } else if is_equal(status, older, new) {
        Match::Equal
    } else {
        Match::Similar
    }
}

/// Returns `true` if `status` is how the server would have stored `new`.
///
/// Servers may normalize URLs, the case of environments, and spaces.
pub(crate) fn is_equal(
    status: &DeploymentStatus,
    older: Option<&DeploymentStatus>,
    new: &NewStatus,
) -> bool {
    let inherited = older.and_then(|older| older.environment.as_deref());
    let environment = non_empty(new.environment.as_deref()).or(inherited);
    status.state == new.state
        && folded(status.description.as_deref()) == folded(new.description.as_deref())
        && is_same_url(
            status.log_url.as_deref(),
            non_empty(new.effective_log_url()),
        )
        && (!status.has_environment_url
            || is_same_url(
                status.environment_url.as_deref(),
                non_empty(new.environment_url.as_deref()),
            ))
        && match (status.environment.as_deref(), environment) {
            (Some(stored), Some(sent)) => stored.to_lowercase() == sent.to_lowercase(),
            // The server omits the environment, or the status inherits it from the deployment.
            _ => true,
        }
}

/// Returns the status without the marker in its `log_url`.
pub(crate) fn without_marker(status: &DeploymentStatus) -> DeploymentStatus {
    let log_url = status.log_url.as_deref().map(new_status::without_marker);
    DeploymentStatus {
        log_url: log_url.map(str::to_owned),
        ..status.clone()
    }
}

fn non_empty(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

/// Returns the text with its spaces folded.
fn folded(text: Option<&str>) -> String {
    let words: Vec<&str> = text.unwrap_or_default().split_whitespace().collect();
    words.join(" ")
}

/// Compares two URLs as a server may store them: with a normalized host and path.
fn is_same_url(stored: Option<&str>, sent: Option<&str>) -> bool {
    match (stored, sent) {
        (Some(stored), Some(sent)) => stored == sent || normalized(stored) == normalized(sent),
        (stored, sent) => stored == sent,
    }
}

fn normalized(url: &str) -> Cow<'_, str> {
    let Ok(mut parsed) = Url::parse(url) else {
        return url.into();
    };
    let path = parsed.path().trim_end_matches('/').to_owned();
    parsed.set_path(&path);
    String::from(parsed).into()
}
