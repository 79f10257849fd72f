//! A report of a rollout as stored on disk and in JSON.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::call::core::Clock;
use crate::call::target::Target;
use crate::client::Client;
use crate::client::create::is_stored_as;
use crate::client::create::redeliver::{find, redeliver};
use crate::client::deployment::Deployment;
use crate::client::read::stale_list;
use crate::error::Error;
use crate::model::create_outcome::{Confirmation, CreateOutcome, SearchBound};
use crate::model::deployment_status::DeploymentStatus;
use crate::model::invalid_value::InvalidValue;
use crate::model::new_status::NewStatus;

/// The newest format that this version reads, and the one that it writes.
const FORMAT: u32 = 1;

/// Clocks of servers differ, so a search by time begins this much before the end of the rollout.
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
    pub(crate) unconfirmed: Vec<Unconfirmed>,
    /// The ID of this report's status, if the server has returned one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stored: Option<u64>,
    /// Number of requests that may have stored the report.
    pub(crate) sendings: u32,
    /// The clock of all times in the report.
    pub(crate) clock: ReportClock,
    pub(crate) ended_at: Timestamp,
    /// The last error as text, for users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) why: Option<String>,
}

/// A status that a rollout has sent and that may be stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Unconfirmed {
    #[serde(flatten)]
    pub(crate) status: NewStatus,
    /// Time before the first request.
    pub(crate) sent_at: Timestamp,
    /// Time after which no request can store it.
    pub(crate) until: Timestamp,
}

impl Unconfirmed {
    /// Returns `true` if a listed status has the content and the time of this one.
    fn may_be(&self, status: &DeploymentStatus) -> bool {
        let earliest = self.sent_at.checked_sub(CLOCK_PRECISION);
        let earliest = earliest.unwrap_or(Timestamp::MIN);
        (earliest..=self.until).contains(&status.created_at) && is_stored_as(status, &self.status)
    }
}

/// The clock of the times in a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReportClock {
    Server,
    /// The clock of the machine that ran the rollout, because the server had never responded.
    Machine,
}

/// `Date` and `created_at` are whole seconds.
pub(crate) const CLOCK_PRECISION: SignedDuration = SignedDuration::from_secs(2);

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
        newest: Option<&DeploymentStatus>,
    ) -> Result<CreateOutcome, Error> {
        let bound = self.bound(newest);
        if let Some(id) = self.stored_above(bound) {
            return self.read_stored(deployment, id).await;
        }
        let target = patient(&deployment.target);
        redeliver(&target, &self.status, bound, self.sendings).await
    }

    /// Searches for the report in one list, without sending anything.
    pub(crate) async fn find(
        &self,
        deployment: &Deployment,
        newest: Option<&DeploymentStatus>,
    ) -> Result<Option<CreateOutcome>, Error> {
        let bound = self.bound(newest);
        if let Some(id) = self.stored_above(bound) {
            return self.read_stored(deployment, id).await.map(Some);
        }
        let found = find(&patient(&deployment.target), &self.status, bound).await?;
        Ok(found.map(adopted))
    }

    /// Returns the ID with which the server has stored the report, if that is known and not too low to be its end.
    fn stored_above(&self, bound: SearchBound) -> Option<u64> {
        self.stored.filter(|id| match bound {
            SearchBound::Id(bound) => *id > bound,
            SearchBound::Time(_) => true,
        })
    }

    async fn read_stored(&self, deployment: &Deployment, id: u64) -> Result<CreateOutcome, Error> {
        let stored = deployment.get_status(id).await;
        stored.map(adopted).map_err(|error| {
            if error.is_not_found() {
                stale_list()
            } else {
                error
            }
        })
    }

    /// Returns the bound below which a status cannot be this report.
    ///
    /// An earlier report of the rollout may be stored after its end. The end below it ends nothing.
    fn bound(&self, newest: Option<&DeploymentStatus>) -> SearchBound {
        match (newest, self.after) {
            (Some(status), _) if self.is_unfinished_own(status) => SearchBound::Id(status.id),
            (_, Some(id)) => SearchBound::Id(id),
            (_, None) => {
                let time = self.ended_at.checked_sub(CLOCK_MARGIN);
                SearchBound::Time(time.unwrap_or(Timestamp::MIN))
            }
        }
    }

    /// Returns the newest ID that the deployment is known to have.
    pub(crate) fn newest_id(&self) -> Option<u64> {
        self.after.max(self.own).max(self.stored)
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
        [self.own, self.stored].contains(&Some(status.id))
            || (self.own.is_none_or(is_new) && self.unconfirmed.iter().any(|it| it.may_be(status)))
    }

    /// Converts the times to the server's clock, which the newest response has shown.
    pub(crate) fn use_clock(&mut self, clock: &Clock) {
        let Some(server_time) = clock.now().filter(|_| self.clock == ReportClock::Machine) else {
            return;
        };
        let age = Timestamp::now().duration_since(self.ended_at);
        let ended_at = server_time.checked_sub(age.max(SignedDuration::ZERO));
        let difference = ended_at.map(|time| time.duration_since(self.ended_at));
        let difference = difference.unwrap_or_default();
        let convert = |time: &mut Timestamp| *time = time.checked_add(difference).unwrap_or(*time);
        convert(&mut self.ended_at);
        for sent in &mut self.unconfirmed {
            convert(&mut sent.sent_at);
            convert(&mut sent.until);
        }
        self.clock = ReportClock::Server;
    }

    /// Records a failed delivery.
    pub(crate) fn note(&mut self, error: &Error) {
        if let Some(unknown) = error.unknown_outcome() {
            self.sendings = self.sendings.max(unknown.sendings);
            self.stored = self.stored.max(unknown.stored);
        }
        self.why = Some(error.to_string());
    }
}

/// Creates the outcome for a report that was found on the server.
fn adopted(status: DeploymentStatus) -> CreateOutcome {
    CreateOutcome {
        status,
        confirmation: Confirmation::Adopted,
        search: None,
    }
}

/// Returns a target whose policy leaves time for a whole search.
fn patient(target: &Target) -> Target {
    let policy = target.retry_policy();
    let least = policy.search_time().saturating_mul(2);
    let timeout = policy.total_timeout().max(least);
    target.clone().with_retry_policy(policy.timeout(timeout))
}
