//! A rollout as the code sees it that carries it out.

use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

use super::Held;
use super::driver::Order;
use crate::undelivered::Letter;
use crate::{Deployment, Error, NewStatus, State};

/// A way to say how a rollout is going, which cannot end it.
///
/// It is cheap to clone and can be sent to tasks. It may outlive the rollout, and then says nothing any more.
#[derive(Clone)]
pub struct Ongoing {
    pub(super) shared: Arc<Shared>,
    pub(super) orders: mpsc::UnboundedSender<Order>,
}

/// What became of a remark.
#[derive(Debug)]
#[non_exhaustive]
pub enum Progress {
    /// It is on the server.
    Reported,
    /// It says what was reported last, and was not sent.
    Unchanged,
    /// It came sooner than the interval allows, and was not sent. Say it again later.
    TooSoon,
    /// The rollout is over, and it was not sent.
    Over,
    /// It could not be delivered, and the rollout goes on.
    Failed(Error),
}

impl Progress {
    /// Whether it is on the server.
    #[must_use]
    pub fn is_reported(&self) -> bool {
        matches!(self, Self::Reported)
    }
}

impl Ongoing {
    /// Reports that the rollout is in progress, with a remark such as `3 of 7 pods`.
    ///
    /// It is sent only when it says something new, and no sooner after the last report than the interval says;
    /// the step from `queued` to `in_progress` is always sent. A remark longer than 140 characters is cut.
    /// It is tried twice at most, and when it cannot be delivered that is a [`Progress::Failed`] and no error:
    /// a remark is not worth a long wait, and no reason for the work to fail.
    pub async fn progress(&self, remark: impl Into<String>) -> Progress {
        let status = self.shared.wording().template.clone();
        let status = NewStatus {
            state: State::InProgress,
            ..status.description_truncated(remark)
        };
        let (answer, told) = oneshot::channel();
        let order = Order::Progress(Box::new((status, answer)));
        if self.orders.send(order).is_err() {
            return Progress::Over;
        }
        told.await.unwrap_or(Progress::Over)
    }

    /// Tells where the deployed environment can be visited, in this and all later reports of the rollout.
    ///
    /// # Errors
    ///
    /// When it is not an `http` or `https` address; what was known before stays.
    pub fn environment_url(&self, url: impl Into<String>) -> Result<(), Error> {
        self.shared.reword(|status| status.environment_url(url))
    }

    /// Links the output of the deployment, from the next report on.
    ///
    /// # Errors
    ///
    /// When it is not an `http` or `https` address; what was known before stays.
    pub fn log_url(&self, url: impl Into<String>) -> Result<(), Error> {
        self.shared.reword(|status| status.log_url(url))
    }

    /// Says what the `success` is going to remark, if it comes to that. What is longer than 140 characters is cut.
    pub fn remark_on_success(&self, remark: impl Into<String>) {
        let remark = NewStatus::new(State::Success).description_truncated(remark);
        self.shared.wording().on_success = remark.description;
    }

    /// The deployment that it is about.
    #[must_use]
    pub fn deployment(&self) -> &Deployment {
        &self.shared.deployment
    }

    /// Waits until the last report was made, or given up.
    #[cfg(feature = "blocking")]
    pub(crate) async fn over(&self) {
        self.orders.closed().await;
    }
}

impl fmt::Debug for Ongoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ongoing")
            .field("deployment", self.deployment())
            .finish_non_exhaustive()
    }
}

/// What a rollout, those who carry it out and the task that reports it have in common.
pub(crate) struct Shared {
    /// A number that no other rollout has.
    pub(super) number: u64,
    pub(super) deployment: Deployment,
    #[cfg(feature = "outbox")]
    pub(super) outbox: Option<crate::Outbox>,
    pub(super) wording: Mutex<Wording>,
    pub(super) is_ending: AtomicBool,
}

const VANISHED: &str = "The process that carried out the rollout ended without a word";

/// What the reports of a rollout say, and what is known of those that were made.
pub(super) struct Wording {
    pub(super) template: NewStatus,
    pub(super) on_success: Option<String>,
    /// The newest status of the rollout that is known to be stored.
    pub(super) newest: Option<u64>,
}

impl Shared {
    pub(super) fn wording(&self) -> MutexGuard<'_, Wording> {
        self.wording.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn retires(&self) -> bool {
        self.wording().template.auto_inactive != Some(false)
    }

    /// The report of the end.
    pub(super) fn letter(&self, state: State, remark: Option<String>) -> Letter {
        let wording = self.wording();
        let plain = NewStatus {
            state,
            description: wording.on_success.clone(),
            ..wording.template.clone()
        };
        let status = match remark {
            Some(remark) => plain.description_truncated(remark),
            None => plain,
        };
        Letter {
            server: self.deployment.core().base.text.clone(),
            rollout: format!("{:016x}", self.number),
            repository: self.deployment.repository(),
            deployment: self.deployment.id(),
            status: status.sealed(),
            after: wording.newest,
            maybe_sent: false,
            ended_at: Timestamp::now(),
            why: None,
        }
    }

    /// What is to be reported if nothing else is any more, because the process ended without a word.
    pub(super) fn last_will(&self) -> Held {
        self.keep(&self.letter(State::Error, Some(VANISHED.to_owned())))
    }

    /// Keeps the report in the outbox, if there is one, until it is delivered.
    ///
    /// It is written here and now, without a task, because a drop cannot wait for one.
    #[cfg(feature = "outbox")]
    pub(super) fn keep(&self, letter: &Letter) -> Held {
        let Some(outbox) = &self.outbox else {
            return Held::default();
        };
        match outbox.keep(letter) {
            Ok(claim) => Held::new(claim),
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the end of a rollout could not be kept in the outbox"
                );
                Held::default()
            }
        }
    }

    #[cfg(not(feature = "outbox"))]
    #[expect(
        clippy::unused_self,
        reason = "there is nowhere to keep it without an outbox"
    )]
    pub(super) fn keep(&self, _: &Letter) -> Held {
        Held::default()
    }

    fn reword(&self, change: impl FnOnce(NewStatus) -> NewStatus) -> Result<(), Error> {
        let mut wording = self.wording();
        let changed = change(wording.template.clone());
        changed.check()?;
        wording.template = changed;
        Ok(())
    }
}
