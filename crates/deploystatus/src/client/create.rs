//! Creation of statuses, each exactly once.

pub(crate) mod creation;
pub(crate) mod delivery;
pub(crate) mod matching;
pub(crate) mod redeliver;
pub(crate) mod search;

use std::time::Duration;

use tokio::time::{Instant, sleep};
use tracing::Instrument;

use self::creation::Creation;
use super::deployment::Deployment;
use super::read::read_fresh;
use crate::call::pacing::Priority;
use crate::call::target::Target;
use crate::error::unknown_outcome::{SearchResult, UnknownOutcome};
use crate::error::{Error, ErrorKind};
use crate::model::create_outcome::{Confirmation, CreateOutcome};
use crate::model::deployment_status::DeploymentStatus;
use crate::model::new_status::NewStatus;

impl Deployment {
    /// Creates a status. It is stored exactly once if this returns `Ok`.
    ///
    /// If the response is lost, the client searches the list of statuses before it sends the status again.
    /// Creations for one deployment through one client are sent one after the other, in the order of the calls.
    ///
    /// See GitHub's page on [creating a deployment status](https://docs.github.com/rest/deployments/statuses#create-a-deployment-status).
    ///
    /// # Errors
    ///
    /// Returns an error if the status is invalid, if the server rejects it, or if no response is received.
    /// If [`Error::is_outcome_unknown`] is `true`, the status may be stored nevertheless.
    ///
    /// # Cancel safety
    ///
    /// Do not cancel this future: the search after a lost response would be skipped.
    /// Use [`RetryPolicy`](crate::RetryPolicy) to limit its time.
    pub async fn create_status(&self, status: NewStatus) -> Result<CreateOutcome, Error> {
        create(&self.target, status, Priority::Normal).await
    }

    /// Creates a status unless the newest status has the same content.
    ///
    /// A client that has not created a status of the deployment reads an equal newest status twice,
    /// half of the policy's search time apart (5 seconds by default), because the list can be out of date.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Deployment::create_status`], and an error if the newest status cannot be read.
    ///
    /// # Cancel safety
    ///
    /// Do not cancel this future, as with [`Deployment::create_status`].
    pub async fn create_status_if_changed(
        &self,
        status: NewStatus,
    ) -> Result<CreateOutcome, Error> {
        create_if_changed(self, status, Priority::Normal).await
    }
}

pub(crate) async fn create(
    target: &Target,
    status: NewStatus,
    priority: Priority,
) -> Result<CreateOutcome, Error> {
    target.check(&status)?;
    let span = target.span("create");
    let creation = Creation::new(target, status, priority, &span);
    creation.deliver(None).instrument(span).await
}

pub(crate) async fn create_if_changed(
    deployment: &Deployment,
    status: NewStatus,
    priority: Priority,
) -> Result<CreateOutcome, Error> {
    let target = &deployment.target;
    target.check(&status)?;
    let span = target.span("create_if_changed");
    let creation = Creation::new(target, status.clone(), priority, &span);
    let delivering = async {
        let turn = creation.turn().await?;
        match newest_if_same(deployment, &status).await? {
            Some(newest) => {
                target.state.note_returned(newest.id);
                Ok(CreateOutcome {
                    status: newest,
                    confirmation: Confirmation::Unchanged,
                    search: None,
                })
            }
            None => creation.deliver(Some(turn)).await,
        }
    };
    delivering.instrument(span.clone()).await
}

/// Returns the error for a creation that started at `began` and was aborted.
pub(crate) fn aborted(status: &NewStatus, began: Instant) -> Error {
    let unknown = UnknownOutcome {
        status: status.clone(),
        sent_at: creation::wall_clock(began),
        sendings: 1,
        bound: None,
        searched: Duration::ZERO,
        search: SearchResult::Interrupted,
        candidates: Vec::new(),
        stored: None,
    };
    let last = Error::new(ErrorKind::Timeout, "no response in time");
    Error::outcome_unknown(unknown, last)
}

/// Returns `true` if `status` is how the server would have stored `new`.
///
/// A marker is ignored if it is not yet written into `new`.
pub(crate) fn is_stored_as(status: &DeploymentStatus, new: &NewStatus) -> bool {
    if new.marked {
        return matching::is_equal(&matching::without_marker(status), None, new);
    }
    matching::is_equal(status, None, new)
}

/// Reads the newest status and returns it if it has the same content.
///
/// Returns `None` if the list stays out of date, because it does not show the newest status.
/// A client that has not created a status cannot detect that, so two readings have to agree,
/// half of the search time apart.
async fn newest_if_same(
    deployment: &Deployment,
    status: &NewStatus,
) -> Result<Option<DeploymentStatus>, Error> {
    let target = &deployment.target;
    let status = NewStatus {
        marked: false,
        ..status.clone()
    };
    let is_same = |newest: &DeploymentStatus| {
        matching::is_equal(&matching::without_marker(newest), None, &status)
    };
    let mut is_last = target.state.has_returned();
    loop {
        let newest = match read_fresh(deployment, target.state.highest_id()).await {
            Err(error) if error.kind() == ErrorKind::StaleList => return Ok(None),
            newest => newest?.filter(is_same),
        };
        if newest.is_none() || is_last {
            return Ok(newest);
        }
        is_last = true;
        sleep(target.retry_policy().search_time() / 2).await;
    }
}
