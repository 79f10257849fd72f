//! The summary of a workflow step: all states of the deployment, with times and links.

use std::time::Duration;

use deploystatus::{Deployment, DeploymentStatus, RetryPolicy};
use tokio::time::timeout;

use crate::error::Error;
use crate::output::Output;

/// Time limit for reading the statuses. Without them, the summary contains only the newest status or the error.
pub(crate) const TIME_LIMIT: Duration = Duration::from_secs(5);

/// Adds the statuses of a deployment to the summary of the workflow step, if there is one.
///
/// `time_left` is the time until the command must end.
pub(crate) async fn add(
    deployment: &Deployment,
    newest: &DeploymentStatus,
    time_left: Duration,
    output: &Output,
) {
    if !output.has_summary() {
        return;
    }
    let mut statuses = read(deployment, time_left).await;
    // The list can lag behind the status that was just created.
    if statuses.iter().all(|status| status.id != newest.id) {
        statuses.insert(0, newest.clone());
    }
    output.add_summary(deployment, None, &statuses);
}

/// Adds an error and the statuses of a deployment to the summary of the workflow step, if there is one.
pub(crate) async fn add_error(deployment: &Deployment, error: &Error, output: &Output) {
    if output.has_summary() {
        let statuses = read(deployment, TIME_LIMIT).await;
        output.add_summary(deployment, Some(error), &statuses);
    }
}

/// Reads the newest statuses, newest first. They are missing if the server does not respond in time.
async fn read(deployment: &Deployment, time_left: Duration) -> Vec<DeploymentStatus> {
    let once = deployment.clone().with_retry_policy(RetryPolicy::never());
    let mut pages = once.statuses();
    let page = timeout(time_left.min(TIME_LIMIT), pages.next_page()).await;
    page.ok().and_then(Result::ok).flatten().unwrap_or_default()
}
