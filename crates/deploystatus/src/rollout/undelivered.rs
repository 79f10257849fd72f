//! The end of a rollout that was not delivered.

use std::fmt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::outbox::entry::OutboxEntry;
use super::outbox::superseded::{Decision, OnSuperseded, Others, read_and_decide};
use super::report::StoredReport;
use crate::client::Client;
use crate::client::deployment::Deployment;
use crate::error::{Error, ErrorKind};
use crate::model::create_outcome::CreateOutcome;
use crate::model::deployment_status::DeploymentStatus;
use crate::model::new_status::NewStatus;

/// The end of a rollout that was not delivered, with everything needed to send it later.
///
/// It serializes to JSON without secrets, which can be stored anywhere and sent from another process.
/// [`Undelivered::redeliver`] searches for the status before it sends it, so that it is stored once,
/// even if the same JSON is redelivered twice.
///
/// ```
/// # async fn later(json: &str, client: &deploystatus::Client) -> Result<(), Box<dyn std::error::Error>> {
/// let report: deploystatus::Undelivered = serde_json::from_str(json)?;
/// report.redeliver(client).await?;
/// # Ok(())
/// # }
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// #     use deploystatus_emulator::{Emulator, Fault, NewDeployment};
/// #     let github = Emulator::start().await?;
/// #     let id = github.create_deployment("octocat/example", NewDeployment::new("main"))?.id;
/// #     let client = deploystatus::Client::builder().base_url(github.api_url()).token("token").build()?;
/// #     let first = deploystatus::NewStatus::new(deploystatus::State::InProgress);
/// #     let rollout = client.deployment("octocat/example", id)?.rollout(first).begin().await?;
/// #     github.fault(Fault::status(403));
/// #     let report = rollout.fail("Out of memory").await.unwrap_err();
/// #     let json = serde_json::to_string(&report)?;
/// #     later(&json, &client).await?;
/// #     later(&json, &client).await?;
/// #     assert_eq!(github.history(id).len(), 2);
/// #     Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Undelivered(Box<Inner>);

#[derive(Debug)]
struct Inner {
    report: StoredReport,
    kept_in: Option<PathBuf>,
    error: Option<Error>,
}

impl Undelivered {
    pub(crate) fn new(report: StoredReport, kept_in: Option<PathBuf>) -> Self {
        Self(Box::new(Inner {
            report,
            kept_in,
            error: None,
        }))
    }

    pub(crate) fn with_error(mut self, error: Error) -> Self {
        self.0.report.why = Some(error.to_string());
        self.0.error = Some(error);
        self
    }

    /// Returns the name of the repository, `OWNER/NAME`.
    #[must_use]
    pub fn repository(&self) -> &str {
        &self.0.report.repository
    }

    /// Returns the ID of the deployment.
    #[must_use]
    pub fn deployment(&self) -> u64 {
        self.0.report.deployment
    }

    /// Returns the base URL of the server.
    #[must_use]
    pub fn server(&self) -> &str {
        &self.0.report.server
    }

    /// Returns the status to be reported.
    pub fn status(&self) -> &NewStatus {
        &self.0.report.status
    }

    /// Returns the time at which the rollout ended.
    ///
    /// It is by the server's clock, or by that of the machine that ran the rollout if the server had never responded.
    #[must_use]
    pub fn ended_at(&self) -> Timestamp {
        self.0.report.ended_at
    }

    /// Returns the number of requests that may have stored the status, or 0 if it is certainly not stored.
    #[must_use]
    pub fn sendings(&self) -> u32 {
        self.0.report.sendings
    }

    /// Returns `true` if the status may be stored nevertheless, because a response was lost.
    #[must_use]
    pub fn may_be_stored(&self) -> bool {
        self.sendings() > 0
    }

    /// Returns the last error as text, also after deserializing, or `None` if the report was not sent yet.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.0.report.why.as_deref()
    }

    /// Returns the last error, or `None` if this process has not tried to send the report.
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        self.0.error.as_ref()
    }

    /// Returns the file in the outbox that holds the report, or `None` if it is not kept.
    #[must_use]
    pub fn kept_in(&self) -> Option<&Path> {
        self.0.kept_in.as_deref()
    }

    /// Sends the report unless it is already stored.
    ///
    /// Its file in the outbox, if there is one, is removed when this succeeds.
    /// The client's policy limits the attempts and the time. Before anything is sent, the newest status is read twice,
    /// half of the policy's search time apart, because lists can be out of date.
    ///
    /// # Errors
    ///
    /// Returns the report with the new error if it could not be delivered, if another process is sending it,
    /// or if the client is for another server.
    /// The kind of the error is [`ErrorKind::Superseded`] if another rollout has reported a newer status.
    /// To send the report nevertheless, create its [`status`](Self::status).
    ///
    /// # Cancel safety
    ///
    /// Do not cancel this future, as with [`Deployment::create_status`].
    pub async fn redeliver(self, client: &Client) -> Result<CreateOutcome, Self> {
        let Inner {
            mut report,
            kept_in,
            ..
        } = *self.0;
        let prepare = async {
            let deployment = report.deployment_of(client)?;
            let entry = kept_in.as_deref().map(OutboxEntry::claim).transpose()?;
            let (others, policy) = (Others::default(), OnSuperseded::Drop);
            let decided = read_and_decide(&mut report, &deployment, &others, policy).await?;
            let stored = match decided.decision {
                Decision::Send => None,
                Decision::Drop => {
                    let found = report.find(&deployment, decided.newest()).await?;
                    Some(found.ok_or_else(superseded)?)
                }
            };
            Ok((deployment, entry.flatten(), decided, stored))
        };
        match prepare.await {
            Ok((_, entry, _, Some(stored))) => {
                if let Some(entry) = entry {
                    entry.discard();
                }
                Ok(stored)
            }
            Ok((deployment, entry, decided, None)) => {
                deliver(report, entry, &deployment, decided.newest()).await
            }
            Err(error) => Err(Self::new(report, kept_in).with_error(error)),
        }
    }
}

fn superseded() -> Error {
    let text = "the report is outdated, because another rollout has reported since";
    Error::new(ErrorKind::Superseded, text)
}

/// Delivers a report and removes its file, or updates the file if the delivery fails.
pub(crate) async fn deliver(
    mut report: StoredReport,
    mut entry: Option<OutboxEntry>,
    deployment: &Deployment,
    newest: Option<&DeploymentStatus>,
) -> Result<CreateOutcome, Undelivered> {
    let known = report.clone();
    if report.sendings == 0 {
        // If this process is killed now, the next one must search for as long as a request can take.
        report.sendings = 1;
        replace(&mut entry, &mut report);
    }
    let error = match known.deliver(deployment, newest).await {
        Ok(outcome) => {
            if let Some(entry) = entry {
                entry.discard();
            }
            return Ok(outcome);
        }
        Err(error) => error,
    };
    report.sendings = known.sendings;
    report.note(&error);
    replace(&mut entry, &mut report);
    let kept_in = entry.map(|entry| entry.path().to_owned());
    Err(Undelivered::new(report, kept_in).with_error(error))
}

/// Writes a changed report to the outbox. If that fails, the earlier file stays.
fn replace(entry: &mut Option<OutboxEntry>, report: &mut StoredReport) {
    let Some(current) = entry.as_ref() else {
        return;
    };
    report.sequence += 1;
    match current.write_next(report) {
        Ok(next) => {
            if let Some(current) = entry.replace(next) {
                current.discard();
            }
        }
        Err(error) => tracing::warn!(
            error = &error as &dyn std::error::Error,
            "the report in the outbox could not be updated"
        ),
    }
}

impl fmt::Display for Undelivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = &self.0.report;
        let problem = if self.may_be_stored() {
            "could not confirm"
        } else {
            "could not report"
        };
        write!(
            f,
            "{problem} {} for deployment {} of {}",
            report.status.state, report.deployment, report.repository
        )?;
        match &self.0.kept_in {
            Some(path) => write!(f, "; the report is kept in {}", path.display()),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Undelivered {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error().map(|error| error as _)
    }
}

impl Serialize for Undelivered {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.report.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Undelivered {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let report = StoredReport::from_value(value).map_err(D::Error::custom)?;
        Ok(Self::new(report, None))
    }
}
