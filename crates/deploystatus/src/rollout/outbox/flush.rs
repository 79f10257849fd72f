//! Delivery of the reports in an outbox.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use futures_util::StreamExt;
use futures_util::stream;

use super::access::failed;
use super::entry::{Claim, LockState, OutboxEntry};
use super::flush_report::FlushEvent;
use super::scan::{Found, Scan};
use super::superseded::{Decided, Decision, OnSuperseded, Others, read_and_decide};
use crate::client::Client;
use crate::client::deployment::Deployment;
use crate::error::{Error, ErrorKind};
use crate::model::create_outcome::CreateOutcome;
use crate::model::deployment_status::DeploymentStatus;
use crate::rollout::report::StoredReport;
use crate::rollout::undelivered::{Undelivered, deliver};

/// Number of deployments whose reports are sent concurrently.
const MAX_CONCURRENT: usize = 16;

/// One flush of an outbox.
pub(super) struct Flush<'a, F> {
    client: &'a Client,
    on_superseded: OnSuperseded,
    on_event: Mutex<F>,
    /// `true` after a connection failed, so that no further report waits for the same failure.
    is_unreachable: AtomicBool,
}

impl<'a, F: FnMut(FlushEvent) + Send> Flush<'a, F> {
    pub(super) fn new(client: &'a Client, on_superseded: OnSuperseded, on_event: F) -> Self {
        Self {
            client,
            on_superseded,
            on_event: Mutex::new(on_event),
            is_unreachable: AtomicBool::new(false),
        }
    }

    pub(super) async fn run(self, scan: Scan) {
        for path in scan.in_use {
            self.notify(FlushEvent::InUse(path));
        }
        for path in scan.skipped {
            self.notify(FlushEvent::Skipped(path));
        }
        for error in scan.unreadable {
            self.notify(FlushEvent::Unreadable(error));
        }
        let deployments = scan.deployments.into_iter();
        let sending: Vec<_> = deployments.map(|it| self.send_in_order(it)).collect();
        let sending = stream::iter(sending).buffer_unordered(MAX_CONCURRENT);
        sending.collect::<Vec<()>>().await;
    }

    fn notify(&self, event: FlushEvent) {
        let mut on_event = self.on_event.lock().unwrap_or_else(PoisonError::into_inner);
        on_event(event);
    }

    /// Sends the reports of one deployment in order. If one cannot be sent, the later ones wait for the next flush.
    async fn send_in_order(&self, reports: Vec<Found>) {
        let others = |found: &Found| Others::of(&found.report.rollout, &reports);
        let others: Vec<Others> = reports.iter().map(others).collect();
        let mut reports = reports.into_iter().zip(others);
        let mut is_in_use = false;
        for (found, others) in reports.by_ref() {
            let Some(event) = self.send(found, &others).await else {
                continue;
            };
            let is_sent = matches!(event, FlushEvent::Delivered { .. } | FlushEvent::Dropped(_));
            is_in_use = matches!(event, FlushEvent::InUse(_));
            self.notify(event);
            if !is_sent {
                break;
            }
        }
        for (found, _) in reports {
            self.notify(if is_in_use {
                FlushEvent::InUse(found.path)
            } else {
                FlushEvent::Skipped(found.path)
            });
        }
    }

    /// Sends a report, or returns `None` if another process has removed it.
    async fn send(&self, found: Found, others: &Others) -> Option<FlushEvent> {
        let Found {
            path,
            mut report,
            lock,
        } = found;
        if lock == LockState::Busy {
            return Some(FlushEvent::InUse(path));
        }
        let entry = match OutboxEntry::try_claim(&path) {
            Ok(Claim::Locked(entry)) => entry,
            Ok(Claim::Busy) => return Some(FlushEvent::InUse(path)),
            Ok(Claim::Gone) => return None,
            Err(error) => {
                let error = failed("cannot open the report", &path, error);
                return Some(FlushEvent::Unreadable(error));
            }
        };
        let event = match self.decide(&mut report, others).await {
            Ok((deployment, decided)) if decided.decision == Decision::Send => {
                let (repository, id) = (report.repository.clone(), report.deployment);
                match deliver(report, Some(entry), &deployment, decided.newest()).await {
                    Ok(outcome) => delivered(repository, id, outcome),
                    Err(undelivered) => FlushEvent::Kept(undelivered),
                }
            }
            Ok((deployment, decided)) => {
                drop_unless_stored(report, entry, &deployment, decided.newest()).await
            }
            Err(error) => FlushEvent::Kept(Undelivered::new(report, Some(path)).with_error(error)),
        };
        if let FlushEvent::Kept(undelivered) = &event
            && undelivered.error().is_some_and(is_unreachable)
        {
            self.is_unreachable.store(true, Ordering::Relaxed);
        }
        Some(event)
    }

    async fn decide(
        &self,
        report: &mut StoredReport,
        others: &Others,
    ) -> Result<(Deployment, Decided), Error> {
        if self.is_unreachable.load(Ordering::Relaxed) {
            let text = "the server could not be reached for an earlier report";
            return Err(Error::new(ErrorKind::Connect, text));
        }
        let deployment = report.deployment_of(self.client)?;
        let decided = read_and_decide(report, &deployment, others, self.on_superseded).await?;
        Ok((deployment, decided))
    }
}

/// Drops an outdated report. If its status is stored below the newest one, the report counts as delivered.
async fn drop_unless_stored(
    report: StoredReport,
    entry: OutboxEntry,
    deployment: &Deployment,
    newest: Option<&DeploymentStatus>,
) -> FlushEvent {
    match report.find(deployment, newest).await {
        Ok(Some(outcome)) => {
            entry.discard();
            delivered(report.repository, report.deployment, outcome)
        }
        Ok(None) => {
            entry.discard();
            FlushEvent::Dropped(Undelivered::new(report, None))
        }
        Err(error) => {
            let kept_in = entry.path().to_owned();
            FlushEvent::Kept(Undelivered::new(report, Some(kept_in)).with_error(error))
        }
    }
}

fn delivered(repository: String, deployment: u64, outcome: CreateOutcome) -> FlushEvent {
    FlushEvent::Delivered {
        repository,
        deployment,
        outcome: Box::new(outcome),
    }
}

fn is_unreachable(error: &Error) -> bool {
    error.is_connect() || error.is_timeout()
}
