//! Delivery of the reports in an outbox.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::StreamExt;
use futures_util::stream;

use super::access::failed;
use super::entry::{Claim, LockState, OutboxEntry};
use super::flush_report::{FlushEvent, FlushReport, OnSuperseded};
use super::scan::{Found, Scan};
use super::superseded::{Decision, decide};
use crate::client::Client;
use crate::client::deployment::Deployment;
use crate::client::read::{Newest, read_fresh, stale_list};
use crate::error::{Error, ErrorKind};
use crate::model::create_outcome::{Confirmation, CreateOutcome};
use crate::rollout::report::StoredReport;
use crate::rollout::undelivered::{Undelivered, deliver};

/// Number of deployments whose reports are sent concurrently.
const MAX_CONCURRENT: usize = 16;

/// One flush of an outbox.
pub(super) struct Flush<'a, F> {
    client: &'a Client,
    on_superseded: OnSuperseded,
    results: Mutex<Results<F>>,
    /// `true` after a connection failed, so that no further report waits for the same failure.
    is_unreachable: AtomicBool,
}

struct Results<F> {
    report: FlushReport,
    on_event: F,
}

/// Result of handling one report.
enum Step {
    Delivered(Box<Delivered>),
    Dropped(Undelivered),
    Kept(Undelivered),
    Busy,
    Gone,
    Unreadable(Error),
}

struct Delivered {
    repository: String,
    deployment: u64,
    outcome: CreateOutcome,
}

impl<'a, F: FnMut(FlushEvent<'_>) + Send> Flush<'a, F> {
    pub(super) fn new(client: &'a Client, on_superseded: OnSuperseded, on_event: F) -> Self {
        Self {
            client,
            on_superseded,
            results: Mutex::new(Results {
                report: FlushReport::default(),
                on_event,
            }),
            is_unreachable: AtomicBool::new(false),
        }
    }

    pub(super) async fn run(self, scan: Scan) -> FlushReport {
        for path in scan.in_use {
            self.results().leave(path);
        }
        for path in scan.skipped {
            self.results().skip(path);
        }
        for error in scan.unreadable {
            self.results().record(Step::Unreadable(error));
        }
        let deployments: Vec<_> = scan
            .deployments
            .into_iter()
            .map(|reports| self.send_in_order(reports))
            .collect();
        let sending = stream::iter(deployments).buffer_unordered(MAX_CONCURRENT);
        sending.collect::<Vec<()>>().await;
        let results = self.results.into_inner();
        results.unwrap_or_else(PoisonError::into_inner).report
    }

    /// Sends the reports of one deployment in order. If one cannot be sent, the later ones wait for the next flush.
    async fn send_in_order(&self, reports: Vec<Found>) {
        let mut reports = reports.into_iter();
        let mut is_in_use = false;
        for found in reports.by_ref() {
            let path = found.path.clone();
            let step = self.send(found).await;
            is_in_use = matches!(step, Step::Busy);
            let must_wait = matches!(step, Step::Kept(_) | Step::Busy | Step::Unreadable(_));
            match step {
                Step::Busy => self.results().leave(path),
                step => self.results().record(step),
            }
            if must_wait {
                break;
            }
        }
        for found in reports {
            if is_in_use {
                self.results().leave(found.path);
            } else {
                self.results().skip(found.path);
            }
        }
    }

    async fn send(&self, found: Found) -> Step {
        let Found { path, report, lock } = found;
        if lock == LockState::Busy {
            return Step::Busy;
        }
        let entry = match OutboxEntry::try_claim(&path) {
            Ok(Claim::Locked(entry)) => entry,
            Ok(Claim::Busy) => return Step::Busy,
            Ok(Claim::Gone) => return Step::Gone,
            Err(error) => return Step::Unreadable(failed("cannot open the report", &path, error)),
        };
        let step = match self.decide(&report).await {
            Ok((deployment, Decision::Send, _)) => {
                let (repository, id) = (report.repository.clone(), report.deployment);
                match deliver(report, Some(entry), &deployment).await {
                    Ok(outcome) => delivered(repository, id, outcome),
                    Err(undelivered) => Step::Kept(undelivered),
                }
            }
            Ok((deployment, Decision::Drop, newest)) => {
                drop_unless_stored(report, entry, &deployment, &newest).await
            }
            Err(error) => Step::Kept(Undelivered::new(report, Some(path)).with_error(error)),
        };
        if let Step::Kept(undelivered) = &step
            && undelivered.error().is_some_and(is_unreachable)
        {
            self.is_unreachable.store(true, Ordering::Relaxed);
        }
        step
    }

    /// Reads the newest status and decides whether the report is sent.
    async fn decide(&self, report: &StoredReport) -> Result<(Deployment, Decision, Newest), Error> {
        if self.is_unreachable.load(Ordering::Relaxed) {
            let text = "the server could not be reached for an earlier report";
            return Err(Error::new(ErrorKind::Connect, text));
        }
        let deployment = report.deployment_of(self.client)?;
        let known = report.after.max(report.own);
        let newest = read_fresh(&deployment.target, known).await?;
        let newest = newest.ok_or_else(stale_list)?;
        let decision = decide(report, &newest, self.on_superseded);
        Ok((deployment, decision, newest))
    }

    fn results(&self) -> MutexGuard<'_, Results<F>> {
        self.results.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Drops an outdated report. If its status is stored below the newest one, the report counts as delivered.
async fn drop_unless_stored(
    report: StoredReport,
    entry: OutboxEntry,
    deployment: &Deployment,
    newest: &Newest,
) -> Step {
    match report.find(deployment, newest).await {
        Ok(Some(status)) => {
            entry.discard();
            let outcome = CreateOutcome {
                status,
                confirmation: Confirmation::Adopted,
                search: None,
            };
            delivered(report.repository, report.deployment, outcome)
        }
        Ok(None) => {
            entry.discard();
            Step::Dropped(Undelivered::new(report, None))
        }
        Err(error) => {
            let kept_in = entry.path().to_owned();
            Step::Kept(Undelivered::new(report, Some(kept_in)).with_error(error))
        }
    }
}

fn delivered(repository: String, deployment: u64, outcome: CreateOutcome) -> Step {
    Step::Delivered(Box::new(Delivered {
        repository,
        deployment,
        outcome,
    }))
}

fn is_unreachable(error: &Error) -> bool {
    error.is_connect() || error.is_timeout()
}

impl<F: FnMut(FlushEvent<'_>)> Results<F> {
    fn record(&mut self, step: Step) {
        let Self { report, on_event } = self;
        match step {
            Step::Delivered(delivered) => {
                on_event(FlushEvent::Delivered {
                    repository: &delivered.repository,
                    deployment: delivered.deployment,
                    outcome: &delivered.outcome,
                });
                report.delivered.push(delivered.outcome);
            }
            Step::Dropped(dropped) => {
                on_event(FlushEvent::Dropped(&dropped));
                report.dropped.push(dropped);
            }
            Step::Kept(kept) => {
                on_event(FlushEvent::Kept(&kept));
                report.kept.push(kept);
            }
            Step::Unreadable(error) => {
                on_event(FlushEvent::Unreadable(&error));
                report.unreadable.push(error);
            }
            Step::Busy | Step::Gone => {}
        }
    }

    fn leave(&mut self, path: PathBuf) {
        (self.on_event)(FlushEvent::InUse(&path));
        self.report.in_use.push(path);
    }

    fn skip(&mut self, path: PathBuf) {
        (self.on_event)(FlushEvent::Skipped(&path));
        self.report.skipped.push(path);
    }
}
