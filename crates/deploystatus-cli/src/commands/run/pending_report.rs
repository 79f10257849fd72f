//! The final report while it is under way.

use std::future::pending;

use deploystatus::{DeploymentStatus, State, Undelivered};
use tokio::time::{Instant, sleep_until};

use super::reports::{FinalReport, ReportResult, SecondReport};

/// The final report, its deadline, and the second report if the first takes too long.
///
/// A delivered second report counts only when the first has failed or the time is over. Until then the first report
/// or the one before it may still be stored, and an `in_progress` must not become the newest status.
pub(super) struct PendingReport {
    /// The first report, or `None` if it has failed.
    first: Option<FinalReport>,
    failure: Option<Undelivered>,
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
    Delivered(Box<DeploymentStatus>),
}

/// An event of a report that is under way.
pub(super) enum Event {
    Reported(ReportResult),
    /// Only the second report was delivered.
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
            first: Some(report),
            failure: None,
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
        loop {
            tokio::select! {
                biased;
                result = result_of(&mut self.first) => {
                    self.first = None;
                    match result {
                        Ok(_) => return Event::Reported(result),
                        Err(failure) => self.failure = Some(failure),
                    }
                }
                event = self.second.next() => {
                    if let Some(event) = event {
                        return event;
                    }
                }
                () = sleep_until(self.deadline) => return self.outcome(),
            }
            if self.first.is_none() && !matches!(self.second, Second::Running(_)) {
                return self.outcome();
            }
        }
    }

    /// Returns the result when no report is awaited any longer.
    fn outcome(&mut self) -> Event {
        match (self.second.take_status(), self.failure.take()) {
            (Some(status), _) => Event::ReportedAgain(status),
            (None, Some(failure)) => Event::Reported(Err(failure)),
            (None, None) => Event::DeadlinePassed,
        }
    }
}

/// Waits for the result of a report, or forever if there is none.
async fn result_of(report: &mut Option<FinalReport>) -> ReportResult {
    match report {
        Some(report) => report.await,
        None => pending().await,
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
    /// Waits until the report is due, which is an event, or until it has ended.
    async fn next(&mut self) -> Option<Event> {
        match self {
            Self::None | Self::Delivered(_) => pending().await,
            Self::At(time) => {
                sleep_until(*time).await;
                Some(Event::SendAgain)
            }
            Self::Running(report) => {
                *self = match report.await {
                    Some(status) => Self::Delivered(Box::new(status)),
                    None => Self::None,
                };
                None
            }
        }
    }

    fn take_status(&mut self) -> Option<DeploymentStatus> {
        match std::mem::replace(self, Self::None) {
            Self::Delivered(status) => Some(*status),
            _ => None,
        }
    }
}
