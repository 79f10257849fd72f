//! The final report while it is under way.

use std::future::pending;

use deploystatus::{DeploymentStatus, State};
use tokio::time::{Instant, sleep_until};

use super::reports::{FinalReport, ReportResult, SecondReport};

/// The final report, its deadline, and the second report if the first takes too long.
pub(super) struct PendingReport {
    report: FinalReport,
    second: Second,
    pub(super) state: State,
    pub(super) reason: Option<String>,
    deadline: Instant,
}

/// The second report of the same end.
enum Second {
    None,
    At(Instant),
    Running(SecondReport),
}

/// An event of a report that is under way.
pub(super) enum Event {
    Reported(ReportResult),
    /// The second report was delivered before the first.
    ReportedAgain(DeploymentStatus),
    /// It is time to start the second report.
    SendAgain,
    DeadlinePassed,
}

impl PendingReport {
    pub(super) fn new(
        report: FinalReport,
        state: State,
        reason: Option<String>,
        deadline: Instant,
    ) -> Self {
        Self {
            report,
            second: Second::None,
            state,
            reason,
            deadline,
        }
    }

    /// Limits the report to an earlier deadline, with a second report when two thirds of the time have passed.
    pub(super) fn limit(&mut self, deadline: Instant) {
        let now = Instant::now();
        self.deadline = self.deadline.min(deadline);
        let left = self.deadline.saturating_duration_since(now);
        self.second = Second::At(now + left / 3 * 2);
    }

    pub(super) fn start_second(&mut self, report: SecondReport) {
        self.second = Second::Running(report);
    }

    /// Waits for the next event. This future is safe to cancel.
    pub(super) async fn next(&mut self) -> Event {
        tokio::select! {
            biased;
            result = &mut self.report => Event::Reported(result),
            event = self.second.next() => event,
            () = sleep_until(self.deadline) => Event::DeadlinePassed,
        }
    }
}

/// Waits for the next event of a report, or forever if there is none. This future is safe to cancel.
pub(super) async fn event_of(pending_report: &mut Option<PendingReport>) -> Event {
    match pending_report {
        Some(pending_report) => pending_report.next().await,
        None => pending().await,
    }
}

impl Second {
    async fn next(&mut self) -> Event {
        match self {
            Self::None => pending().await,
            Self::At(time) => {
                sleep_until(*time).await;
                Event::SendAgain
            }
            Self::Running(report) => {
                if let Some(status) = report.await {
                    return Event::ReportedAgain(status);
                }
                *self = Self::None;
                pending().await
            }
        }
    }
}
