//! A report of a rollout as stored on disk and in JSON.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::call::target::Target;
use crate::client::Client;
use crate::client::create::is_stored_as;
use crate::client::create::redeliver::{find, redeliver};
use crate::client::deployment::Deployment;
use crate::client::read::Newest;
use crate::error::Error;
use crate::model::create_outcome::{CreateOutcome, SearchBound};
use crate::model::deployment_status::DeploymentStatus;
use crate::model::invalid_value::InvalidValue;
use crate::model::new_status::NewStatus;

/// The newest format that this version reads, and the one that it writes.
const FORMAT: u32 = 1;

/// Clocks of machines differ, so a search by time begins this much before the end of the rollout.
const CLOCK_MARGIN: Duration = Duration::from_secs(60);

/// A report of a rollout as stored on disk and in JSON. It contains no secrets.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredReport {
    pub(crate) format: u32,
    pub(crate) kind: ReportKind,
    /// The ID of the rollout, which no other rollout has.
    pub(crate) rollout: String,
    /// Number of the report within its rollout. The highest one is valid.
    pub(crate) sequence: u64,
    pub(crate) server: String,
    pub(crate) repository: String,
    pub(crate) deployment: u64,
    pub(crate) status: NewStatus,
    /// The newest ID that is known to be older than this report, or 0 if the deployment had no status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) after: Option<u64>,
    /// The ID of the newest status that the rollout is known to have stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) own: Option<u64>,
    /// Other statuses that the rollout has sent and that may be stored.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) unconfirmed: Vec<NewStatus>,
    /// Number of requests that may have stored the report.
    pub(crate) sendings: u32,
    pub(crate) ended_at: Timestamp,
    /// The last error as text, for users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) why: Option<String>,
}

/// The kind of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReportKind {
    /// The end of the rollout.
    End,
    /// An `error` that is written in advance, in case the process is killed before the end.
    LastWill,
}

impl StoredReport {
    pub(crate) const FORMAT: u32 = FORMAT;

    /// Reads a report, or returns an error that names the format if it is newer than this version.
    pub(crate) fn from_json(json: &[u8]) -> Result<Self, serde_json::Error> {
        Self::from_value(serde_json::from_slice(json)?)
    }

    pub(crate) fn from_value(value: Value) -> Result<Self, serde_json::Error> {
        match value.get("format").and_then(Value::as_u64) {
            Some(format) if format > u64::from(FORMAT) => {
                let text = format!(
                    "the report has format {format}, which a newer version wrote: expected {FORMAT}"
                );
                Err(serde::de::Error::custom(text))
            }
            _ => serde_json::from_value(value),
        }
    }

    /// Returns a handle for the deployment, or an error if the client is for another server.
    pub(crate) fn deployment_of(&self, client: &Client) -> Result<Deployment, Error> {
        if client.base_url() != self.server {
            let problem = format!("the client is for the server {}", client.base_url());
            let expected = format!("the report is for {}", self.server);
            return Err(InvalidValue::new("client", problem)
                .expected(expected)
                .into());
        }
        client.deployment(&self.repository, self.deployment)
    }

    /// Delivers the report: searches for its status, and sends it if it is not stored.
    pub(crate) async fn deliver(
        &self,
        deployment: &Deployment,
        newest: &Newest,
    ) -> Result<CreateOutcome, Error> {
        let bound = self.bound(newest);
        redeliver(
            &patient(&deployment.target),
            &self.status,
            bound,
            self.sendings,
        )
        .await
    }

    /// Searches for the report in one list, without sending anything.
    pub(crate) async fn find(
        &self,
        deployment: &Deployment,
        newest: &Newest,
    ) -> Result<Option<DeploymentStatus>, Error> {
        let bound = self.bound(newest);
        find(&patient(&deployment.target), &self.status, bound).await
    }

    /// Returns the bound below which a status cannot be this report.
    ///
    /// An earlier report of the rollout may be stored after its end. The end below it ends nothing.
    fn bound(&self, newest: &Newest) -> SearchBound {
        match (&newest.status, self.after) {
            (Some(status), _) if self.is_unfinished_own(status) => SearchBound::Id(status.id),
            (_, Some(id)) => SearchBound::Id(id),
            (_, None) => {
                let ended_at = self.ended_at_server(newest.server_time);
                let time = ended_at.checked_sub(CLOCK_MARGIN);
                SearchBound::Time(time.unwrap_or(Timestamp::MIN))
            }
        }
    }

    /// Returns `true` if the rollout of this report has stored the status, and the status is not final.
    pub(crate) fn is_unfinished_own(&self, status: &DeploymentStatus) -> bool {
        !status.state.is_finished() && self.is_own(status)
    }

    /// Returns `true` if the rollout of this report has stored the status.
    ///
    /// An equal `log_url` is no proof: two attempts of one workflow run share it.
    pub(crate) fn is_own(&self, status: &DeploymentStatus) -> bool {
        let is_new = |own| status.id > own;
        let was_sent = |sent| is_stored_as(status, sent);
        self.own == Some(status.id)
            || (self.own.is_none_or(is_new) && self.unconfirmed.iter().any(was_sent))
    }

    /// Records a failed delivery.
    pub(crate) fn note(&mut self, error: &Error) {
        if let Some(unknown) = error.unknown_outcome() {
            self.sendings = self.sendings.max(unknown.sendings);
        }
        self.why = Some(error.to_string());
    }

    /// Returns the time of the end by the server's clock, given the server's time now.
    pub(crate) fn ended_at_server(&self, server_time: Timestamp) -> Timestamp {
        let age = Timestamp::now().duration_since(self.ended_at);
        let age = age.max(SignedDuration::ZERO);
        server_time.checked_sub(age).unwrap_or(Timestamp::MIN)
    }
}

/// Returns a target whose policy leaves time for a whole search.
fn patient(target: &Target) -> Target {
    let policy = target.retry_policy();
    let least = policy.search_time().saturating_mul(2);
    let timeout = policy.total_timeout().max(least);
    target.clone().with_retry_policy(policy.timeout(timeout))
}
