//! The task that sends the reports of a rollout, one after the other.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::report::StoredReport;
use super::shared::Shared;
use super::undelivered::Undelivered;
use crate::call::gate::add;
use crate::call::pacing::Priority;
use crate::call::retry::RetryPolicy;
use crate::call::target::Target;
use crate::client::create;
use crate::client::deployment::Deployment;
use crate::error::Error;
use crate::model::create_outcome::CreateOutcome;
use crate::model::new_status::NewStatus;

/// The task that sends the reports of a rollout.
pub(super) struct Driver {
    pub(super) shared: Arc<Shared>,
    pub(super) end_rx: oneshot::Receiver<End>,
    pub(super) settings: Settings,
    /// The first status as it is sent.
    pub(super) first: NewStatus,
    pub(super) last: LastReport,
}

/// Settings of the reports.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) start: StartPolicy,
    pub(super) if_start_fails: IfStartFails,
    pub(super) progress_interval: Duration,
    pub(super) end_timeout: Duration,
}

/// Policy for the first status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StartPolicy {
    Always,
    /// Sends the first status unless the newest status has the same content.
    IfChanged,
}

/// Policy for the end if the first status is certainly not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IfStartFails {
    Skip,
    /// Reports the end, because the work was done nevertheless.
    Report,
}

/// The end of the rollout.
pub(super) struct End {
    pub(super) report: StoredReport,
    pub(super) result_tx: oneshot::Sender<Result<CreateOutcome, Undelivered>>,
}

/// The next step of the task.
enum Order {
    Progress { status: Box<NewStatus> },
    End { end: Box<End> },
    Stop,
}

/// The last report and its time.
pub(super) struct LastReport {
    pub(super) status: NewStatus,
    pub(super) at: Instant,
    /// Time until which an earlier status may still appear on the server.
    pub(super) settles_at: Option<Instant>,
}

/// GitHub ends every request after 10 seconds, so a status cannot appear later than that.
const SERVER_REQUEST_LIMIT: Duration = Duration::from_secs(10);

/// Time limit for starting attempts to send progress, because the end waits for them.
const PROGRESS_TIMEOUT: Duration = Duration::from_secs(10);

/// Time between two attempts to read the newest ID.
const LEARNING_INTERVAL: Duration = Duration::from_secs(10);

impl Driver {
    /// Reports the start, then progress until the end is reported.
    pub(super) async fn drive(mut self, begun_tx: oneshot::Sender<Result<(), Error>>) {
        let started = self.report_start().await;
        let is_absent = matches!(&started, Err(error) if !error.is_outcome_unknown());
        // The caller may have dropped its future. In that case the end is already ordered.
        let _ = begun_tx.send(started);
        if is_absent && self.settings.if_start_fails == IfStartFails::Skip {
            // There is nothing to end.
            let _ = (&mut self.end_rx).await;
            return self.shared.discard();
        }
        loop {
            match self.next_order().await {
                Order::Progress { status } => self.report_progress(*status).await,
                Order::End { end } => return self.report_end(*end).await,
                Order::Stop => return,
            }
        }
    }

    async fn report_start(&mut self) -> Result<(), Error> {
        let plain = self.last.status.clone();
        let first = self.first.clone();
        let deployment = self.shared.deployment.clone();
        let policy = deployment.target.retry_policy();
        let creating = async {
            let first = first.clone();
            match self.settings.start {
                StartPolicy::Always => {
                    create::create(&deployment.target, first, Priority::Normal).await
                }
                StartPolicy::IfChanged => {
                    create::create_if_changed(&deployment, first, Priority::Normal).await
                }
            }
        };
        let result = self.limit(&first, policy, creating).await;
        self.record(plain, &first, &result);
        result.map(drop)
    }

    async fn report_progress(&mut self, plain: NewStatus) {
        let sent = plain.clone().with_marker_written();
        let target = self.shared.deployment.target.clone();
        let policy = target
            .retry_policy()
            .max_attempts(2)
            .timeout(PROGRESS_TIMEOUT)
            .max_retry_after(PROGRESS_TIMEOUT);
        self.shared.note_sending(&sent, time_limit(&target, policy));
        let target = target.with_retry_policy(policy);
        let creating = create::create(&target, sent.clone(), Priority::Progress);
        let result = self.limit(&sent, policy, creating).await;
        self.record(plain, &sent, &result);
        if let Err(error) = result {
            tracing::warn!(%error, "the progress of a rollout could not be reported");
        }
    }

    /// Records the result of a report, also in the last will.
    fn record(
        &mut self,
        plain: NewStatus,
        sent: &NewStatus,
        result: &Result<CreateOutcome, Error>,
    ) {
        match result {
            Ok(outcome) => {
                self.shared.note_stored(sent, outcome.status.id);
                self.last.status = plain;
            }
            Err(error) if error.is_outcome_unknown() => {
                self.last.settles_at = Some(Instant::now() + SERVER_REQUEST_LIMIT);
            }
            Err(_) => self.shared.note_not_stored(sent),
        }
        self.last.at = Instant::now();
    }

    /// Limits a creation in time: a token source can hang, and the policy limits only the start of attempts.
    async fn limit(
        &self,
        status: &NewStatus,
        policy: RetryPolicy,
        creating: impl Future<Output = Result<CreateOutcome, Error>>,
    ) -> Result<CreateOutcome, Error> {
        let began = Instant::now();
        let limit = time_limit(&self.shared.deployment.target, policy);
        let result = timeout(limit, creating).await;
        result.unwrap_or_else(|_| Err(create::aborted(status, began)))
    }

    /// Waits for the end, or for progress that may be sent. Meanwhile, the newest ID is read if it is not known.
    async fn next_order(&mut self) -> Order {
        let shared = &self.shared;
        let interval = self.settings.progress_interval;
        let progress = pin!(next_progress(shared, &self.last, interval));
        let learning = pin!(async {
            while shared.newest_id().is_none() {
                learn_newest_id(shared).await;
                sleep(LEARNING_INTERVAL).await;
            }
            std::future::pending::<Infallible>().await
        });
        // The end takes precedence, because progress has no use after it.
        match select(&mut self.end_rx, select(progress, learning)).await {
            Either::Left((Ok(end), _)) => Order::End { end: Box::new(end) },
            Either::Left((Err(_), _)) => Order::Stop,
            Either::Right((Either::Left((status, _)), _)) => Order::Progress {
                status: Box::new(status),
            },
            Either::Right((Either::Right((never, _)), _)) => match never {},
        }
    }

    async fn report_end(self, end: End) {
        let started = Instant::now();
        let End {
            mut report,
            result_tx,
        } = end;
        self.prepare_end(&mut report).await;
        let time_left = self.settings.end_timeout.saturating_sub(started.elapsed());
        let target = self.shared.deployment.target.clone();
        let policy = target.retry_policy().until(time_left);
        let target = target.with_retry_policy(policy);
        let creating = create::create(&target, report.status.clone(), Priority::Final);
        let result = match self.limit(&report.status, policy, creating).await {
            Ok(outcome) => {
                self.shared.discard();
                Ok(outcome)
            }
            Err(error) => {
                report.note(&error);
                self.shared.store_end(&mut report);
                // Other processes may send the report as soon as the caller knows of the failure.
                let kept_in = self.shared.release();
                Err(Undelivered::new(report, kept_in).with_error(error))
            }
        };
        if let Err(Err(undelivered)) = result_tx.send(result) {
            log_undelivered(&undelivered);
        }
    }

    /// Waits until earlier statuses have settled, and learns the newest ID that is older than the end.
    async fn prepare_end(&self, report: &mut StoredReport) {
        let limit = self.settings.end_timeout / 2;
        if let Some(settles_at) = self.last.settles_at {
            // A status that appears after the end would hide it.
            let _ = timeout(limit, sleep_until(settles_at)).await;
        }
        if self.shared.newest_id().is_none() {
            let _ = timeout(limit / 2, learn_newest_id(&self.shared)).await;
        }
        let after = self.shared.newest_id();
        if report.after.is_none() && after.is_some() {
            let mut stored = StoredReport {
                after,
                sendings: 1,
                ..report.clone()
            };
            self.shared.store_end(&mut stored);
        }
        report.after = after;
    }
}

/// If the runtime shuts down, other processes may send the end.
impl Drop for Driver {
    fn drop(&mut self) {
        self.shared.release();
    }
}

/// Returns the time after which a creation with this policy is aborted.
pub(super) fn time_limit(target: &Target, policy: RetryPolicy) -> Duration {
    let requests = target.core.timeout.saturating_mul(2);
    let limit = policy.total_timeout().saturating_add(requests);
    limit.saturating_add(policy.search_time())
}

/// Waits for progress that differs from the last report, and until the interval permits to send it.
async fn next_progress(shared: &Shared, last: &LastReport, interval: Duration) -> NewStatus {
    loop {
        let changed = shared.changed.notified();
        let next = shared.content().progress.clone();
        match next.filter(|next| *next != last.status) {
            Some(next) => {
                if next.state == last.status.state {
                    sleep_until(add(last.at, interval)).await;
                }
                wait_for_limits(&shared.deployment.target).await;
                // A newer description may have replaced it in the meantime.
                let newest = shared.content().progress.take();
                if let Some(newest) = newest.filter(|newest| *newest != last.status) {
                    return newest;
                }
            }
            None => changed.await,
        }
    }
}

/// Waits until the limits of the client permit a progress report.
async fn wait_for_limits(target: &Target) {
    let pacer = &target.core.pacer;
    sleep(pacer.quota_pause()).await;
    loop {
        let pause = pacer.progress_pause();
        if pause.is_zero() {
            return;
        }
        // Other rollouts may wait for the same time.
        sleep(pause).await;
    }
}

/// Reads the newest ID once. It bounds the search for the end, if the response to the end is lost.
async fn learn_newest_id(shared: &Shared) {
    let target = shared.deployment.target.clone();
    let policy = target.retry_policy().max_attempts(1);
    let deployment = Deployment::new(target.with_retry_policy(policy));
    match deployment.latest_status().await {
        Ok(newest) => shared.note_read(newest.map_or(0, |status| status.id)),
        Err(error) => tracing::info!(%error, "the newest status could not be read"),
    }
}

/// Logs a report that no caller waits for, with everything needed to send it.
pub(super) fn log_undelivered(undelivered: &Undelivered) {
    let json = serde_json::to_string(undelivered).unwrap_or_default();
    tracing::error!(
        %undelivered,
        error = undelivered.reason(),
        json,
        "the end of a rollout was not delivered, and no caller waits for it"
    );
}
