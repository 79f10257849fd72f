//! Reads single statuses, the newest status and the history.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use tracing::Instrument;

use super::deployment::Deployment;
use super::pages::StatusPages;
use crate::call::cache::Resource;
use crate::call::gate::add;
use crate::call::operation::Request;
use crate::call::read::read_if_changed;
use crate::error::{Error, ErrorKind};
use crate::model::deployment_status::DeploymentStatus;
use crate::model::invalid_value::InvalidValue;
use crate::model::timeline::Timeline;

impl Deployment {
    /// Reads one status by its ID.
    ///
    /// The request is conditional if the status was read before, so an unchanged status costs no quota.
    ///
    /// See GitHub's page on [getting a deployment status](https://docs.github.com/rest/deployments/statuses#get-a-deployment-status).
    ///
    /// # Errors
    ///
    /// Returns an error for which [`Error::is_not_found`] is `true` if there is no such status, if it belongs to another
    /// deployment, or if the token cannot access it.
    pub async fn get_status(&self, id: u64) -> Result<DeploymentStatus, Error> {
        if i64::try_from(id).is_err() {
            let problem = format!("invalid status ID {id}");
            return Err(InvalidValue::new("status", problem)
                .expected(format!("expected a number up to {}", i64::MAX))
                .into());
        }
        let span = self.target.span("get");
        let request = Request::Get(id);
        let reading = read_if_changed(&self.target, &request, Resource::Status(id), &span);
        let received = reading.instrument(span.clone()).await?;
        // Cannot happen, because a successful response to this request contains one status.
        let missing = || {
            Error::new(
                ErrorKind::InvalidResponse,
                "the response contains no status",
            )
        };
        received.statuses.into_iter().next().ok_or_else(missing)
    }

    /// Reads the newest status. Returns `None` if the deployment has none.
    ///
    /// The request is conditional, so repeating it costs no quota while nothing changes.
    ///
    /// # Errors
    ///
    /// Returns an error if the server rejects the request or does not respond.
    pub async fn latest_status(&self) -> Result<Option<DeploymentStatus>, Error> {
        let request = Request::List {
            page: None,
            per_page: 1,
        };
        let span = self.target.span("latest");
        let reading = read_if_changed(&self.target, &request, Resource::Newest, &span);
        let received = reading.instrument(span.clone()).await?;
        Ok(received.statuses.into_iter().next())
    }

    /// Returns the statuses of the deployment, newest first. Sends nothing until they are read.
    pub fn statuses(&self) -> StatusPages {
        StatusPages::new(self.target.clone())
    }

    /// Reads all statuses and computes the history of the deployment.
    ///
    /// # Errors
    ///
    /// Returns an error if the server rejects a request or does not respond.
    pub async fn timeline(&self) -> Result<Timeline, Error> {
        self.statuses().collect().await
    }
}

/// Reads the newest status. A list that lacks the status `known` is out of date and is read again.
///
/// # Errors
///
/// Returns an error of kind [`ErrorKind::StaleList`] if the list stays out of date for the search time.
pub(crate) async fn read_fresh(
    deployment: &Deployment,
    known: Option<u64>,
) -> Result<Option<DeploymentStatus>, Error> {
    let search_time = deployment.target.retry_policy().search_time();
    let deadline = add(Instant::now(), search_time);
    loop {
        let newest = deployment.latest_status().await?;
        let newest_id = newest.as_ref().map_or(0, |status| status.id);
        if newest_id >= known.unwrap_or(0) {
            return Ok(newest);
        }
        if Instant::now() >= deadline {
            return Err(stale_list());
        }
        sleep(PAUSE).await;
    }
}

/// Creates the error for a list that stayed out of date.
pub(crate) fn stale_list() -> Error {
    let text = "the server's list of statuses is out of date";
    Error::new(ErrorKind::StaleList, text)
}

/// Pause before a list that was out of date is read again.
const PAUSE: Duration = Duration::from_millis(500);
