//! Which of the newest statuses is the one that was sent: a pure decision.

use deploystatus_generated::types::ReposCreateDeploymentStatusBody as NewBody;
use jiff::Timestamp;

use crate::DeploymentStatus;
use crate::memory::Returned;

/// What is known of the status that is looked for.
pub(crate) struct Wanted<'a> {
    pub(crate) body: &'a NewBody,
    pub(crate) since: Bound,
    /// What other creations were answered with.
    pub(crate) returned: &'a Returned,
}

/// What a status must be younger than to be the one that was sent.
#[derive(Clone, Copy)]
pub(crate) enum Bound {
    /// The moment of sending by the server's clock.
    Time(Timestamp),
    /// A status that was stored before the sending.
    Id(u64),
}

impl Bound {
    pub(crate) fn admits(self, status: &DeploymentStatus) -> bool {
        match self {
            Self::Time(time) => status.created_at >= time,
            Self::Id(id) => status.id > id,
        }
    }
}

/// The place of the status among these, which are newest first.
///
/// `is_all` tells that nothing older has to be read to judge the last of them.
pub(crate) fn find(
    statuses: &[DeploymentStatus],
    wanted: &Wanted<'_>,
    is_all: bool,
) -> Option<usize> {
    statuses.iter().enumerate().position(|(place, status)| {
        let older = statuses.get(place + 1);
        wanted.since.admits(status)
            && !wanted.returned.has(status.id)
            && (older.is_some() || is_all)
            && says_the_same(status, older, wanted.body)
    })
}

/// Whether the server would have stored what was sent as this status.
///
/// `older` is the status before it, from which it inherits the environment.
pub(crate) fn says_the_same(
    status: &DeploymentStatus,
    older: Option<&DeploymentStatus>,
    body: &NewBody,
) -> bool {
    let log_url = body.log_url.as_deref().or(body.target_url.as_deref());
    let inherited = older.and_then(|older| older.environment.as_deref());
    let environment = body.environment.as_deref().or(inherited);
    status.state.as_str() == body.state.as_str()
        && trimmed(status.description.as_deref()) == trimmed(body.description.as_deref())
        && status.log_url.as_deref() == log_url
        && (!status.shows_environment_url
            || status.environment_url.as_deref() == body.environment_url.as_deref())
        && match (status.environment.as_deref(), environment) {
            (Some(is), Some(wanted)) => is == wanted,
            // Either the server does not show it, or there is nothing to inherit from but the deployment.
            _ => true,
        }
}

fn trimmed(text: Option<&str>) -> &str {
    text.unwrap_or_default().trim()
}

#[cfg(test)]
mod tests;
