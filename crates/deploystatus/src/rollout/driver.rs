//! The task that makes the reports of a rollout, one after the other, each to its end.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until, timeout};

use super::ongoing::Shared;
use super::{Held, Progress};
use crate::undelivered::Letter;
use crate::{Delivered, Error, NewStatus, RetryPolicy, Undelivered, delivery};

/// What the task is asked to do.
pub(crate) enum Order {
    Progress(Box<(NewStatus, oneshot::Sender<Progress>)>),
    End(Box<End>),
}

/// The end of the rollout, which is the last order.
pub(crate) struct End {
    pub(super) letter: Letter,
    pub(super) held: Held,
    pub(super) answer: oneshot::Sender<Result<Delivered, Undelivered>>,
}

pub(super) struct Driver {
    pub(super) shared: Arc<Shared>,
    pub(super) orders: mpsc::UnboundedReceiver<Order>,
    /// Whether the beginning is reported only if it is news.
    pub(super) if_changed: bool,
    pub(super) unbegun: Unbegun,
    pub(super) interval: Duration,
    pub(super) deadline: Duration,
    pub(super) posted: Posted,
}

/// What becomes of the end when the beginning is surely not on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unbegun {
    /// It is not reported, because there was nothing to end.
    Silent,
    /// It is reported, because the work was done all the same.
    Ends,
}

/// What was said last, and when.
pub(super) struct Posted {
    pub(super) status: NewStatus,
    pub(super) at: Instant,
    /// Until when something that was sent may still turn up on the server.
    pub(super) may_turn_up_until: Option<Instant>,
}

impl Driver {
    /// Begins the rollout, and goes on until its end is reported.
    pub(super) async fn drive(mut self, begun: oneshot::Sender<Result<(), Error>>) {
        let policy = self.shared.deployment.retry_policy();
        let result = self.post(self.posted.status.clone(), policy).await;
        let never_began = self.unbegun == Unbegun::Silent
            && matches!(&result, Err(error) if !error.is_outcome_unknown());
        // Whoever began may be gone already; then the end is among the orders.
        let _ = begun.send(result.map(drop));
        while let Some(order) = self.orders.recv().await {
            match order {
                Order::End(end) if never_began => return end.held.discard(),
                Order::End(end) => return self.end(*end).await,
                // The end goes before remarks that nobody will see any more.
                Order::Progress(_) if self.shared.is_ending.load(Ordering::Acquire) => {}
                Order::Progress(order) => {
                    let (status, answer) = *order;
                    // The remark counts, and not whether anybody waits to hear that it was made.
                    let _ = answer.send(self.remark(status).await);
                }
            }
        }
    }

    async fn remark(&mut self, status: NewStatus) -> Progress {
        if let Some(idle) = self.posted.judge(&status, Instant::now(), self.interval) {
            return idle;
        }
        let policy = self.shared.deployment.retry_policy();
        let brief = policy
            .attempts(2)
            .total_time(Duration::from_secs(30))
            .longest_wait(Duration::from_secs(10));
        match self.post(status, brief).await {
            Ok(_) => Progress::Reported,
            Err(error) => {
                tracing::warn!(%error, "the progress of a rollout could not be reported");
                Progress::Failed(error)
            }
        }
    }

    async fn end(mut self, end: End) {
        let End {
            mut letter,
            held,
            answer,
        } = end;
        // What turns up after the end would hide it.
        if let Some(moment) = self.posted.may_turn_up_until {
            sleep_until(moment).await;
        }
        letter.after = self.shared.wording().newest;
        let policy = self.shared.deployment.retry_policy().until(self.deadline);
        let told = match self.post(letter.status.clone(), policy).await {
            Ok(delivered) => {
                held.discard();
                Ok(delivered)
            }
            Err(error) => {
                letter.maybe_sent = error.is_outcome_unknown();
                // It has to be free before anybody hears of it.
                let kept_in = held.release();
                Err(Undelivered::new(letter, kept_in, error))
            }
        };
        if let Err(Err(unheard)) = answer.send(told) {
            note_unheard(&unheard);
        }
    }

    /// Delivers one status, and notes what is known of it.
    ///
    /// The policy bounds what is begun; the time-out is for what was begun and does not end.
    async fn post(&mut self, plain: NewStatus, policy: RetryPolicy) -> Result<Delivered, Error> {
        let status = plain.clone().sealed();
        let handle = self.shared.deployment.clone().retry(policy);
        let only_news = std::mem::take(&mut self.if_changed);
        let began = Instant::now();
        let most = policy
            .most_time()
            .saturating_add(handle.core().timeout.saturating_mul(2))
            .saturating_add(delivery::GRACE);
        let creating = async {
            if only_news {
                handle.create_status_if_changed(status.clone()).await
            } else {
                handle.create_status(status.clone()).await
            }
        };
        let posting = timeout(most, creating).await;
        let result = posting.unwrap_or_else(|_| Err(delivery::given_up(&status, began)));
        match &result {
            Ok(delivered) => {
                self.shared.wording().newest = Some(delivered.status().id);
                self.posted.status = plain;
            }
            Err(error) if error.is_outcome_unknown() => {
                self.posted.may_turn_up_until = Some(Instant::now() + delivery::GRACE);
            }
            Err(_) => {}
        }
        self.posted.at = Instant::now();
        result
    }
}

impl Posted {
    /// Why a status need not be sent, if it need not.
    fn judge(&self, next: &NewStatus, now: Instant, interval: Duration) -> Option<Progress> {
        let too_soon = now.duration_since(self.at) < interval;
        match (*next == self.status, next.state == self.status.state) {
            (true, _) => Some(Progress::Unchanged),
            (false, true) if too_soon => Some(Progress::TooSoon),
            _ => None,
        }
    }
}

/// Says what was not delivered and nobody waits for.
pub(super) fn note_unheard(report: &Undelivered) {
    let json = serde_json::to_string(report).unwrap_or_default();
    tracing::error!(
        %report,
        error = report.why(),
        json,
        "the end of a rollout was not delivered, and nobody waits to hear of it"
    );
}
