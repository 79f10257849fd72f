//! A rollout that has not begun.

use std::any::Any;
use std::future::Future;
use std::mem;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tracing::Instrument;

use super::driver::{Driver, Posted, Unbegun, note_unheard};
use super::ongoing::{Shared, Wording};
use super::{Ongoing, Rollout, Succeeded};
use crate::error::WorkFailed;
use crate::new_status::nonce;
use crate::{Deployment, Error, Invalid, NewStatus, State, delivery};

/// A rollout that is going to be reported: how it begins, and how its reports are made.
///
/// It is made by [`Deployment::rollout`], and must begin in a tokio runtime.
#[derive(Clone, Debug)]
#[must_use = "nothing is reported before it begins"]
pub struct NewRollout {
    deployment: Deployment,
    first: NewStatus,
    if_changed: bool,
    interval: Duration,
    deadline: Duration,
    #[cfg(feature = "outbox")]
    outbox: Option<crate::Outbox>,
}

impl NewRollout {
    pub(crate) fn new(deployment: Deployment, first: NewStatus) -> Self {
        Self {
            deployment,
            first,
            if_changed: false,
            interval: Duration::from_secs(10),
            deadline: Duration::from_secs(300),
            #[cfg(feature = "outbox")]
            outbox: None,
        }
    }

    /// Reports the beginning only if the newest status does not say the same already.
    pub fn if_changed(mut self) -> Self {
        self.if_changed = true;
        self
    }

    /// Leaves at least this much time between two reports of progress: 10 seconds unless told.
    pub fn progress_interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// Tries to report the end for this long: 5 minutes unless told.
    ///
    /// It holds instead of the attempts and times of the client's own policy.
    /// What has begun when the time is up is waited for, which takes no longer than two requests and ten seconds.
    /// What the server refuses for good, or puts off for longer than this, is handed back at once.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Keeps the report of the end here from before it is sent until it is delivered.
    ///
    /// From before the beginning, there is an `error` here in case that the process ends without a word.
    /// While the process lives nobody can send it.
    #[cfg(feature = "outbox")]
    pub fn outbox(mut self, outbox: &crate::Outbox) -> Self {
        self.outbox = Some(outbox.clone());
        self
    }

    /// Reports the beginning, and from then on makes sure that the end is reported.
    ///
    /// When this is dropped in the middle, whatever was begun is reported as `error`.
    ///
    /// # Errors
    ///
    /// When the first status is neither `queued` nor `in_progress`, or it could not be delivered.
    /// If it is unknown whether it was, an `error` follows it before this returns, so that it is not left standing.
    pub async fn begin(self) -> Result<Rollout, Error> {
        self.check()?;
        let (mut rollout, begun) = self.start(Unbegun::Silent);
        let started = Instant::now();
        let first = rollout.ongoing.shared.wording().template.clone();
        // When the task is gone with its runtime, nobody knows how far it came.
        let told = begun
            .await
            .unwrap_or_else(|_| Err(delivery::given_up(&first, started)));
        match told {
            Ok(()) => {
                rollout.renew_last_will();
                Ok(rollout)
            }
            Err(error) if error.is_outcome_unknown() => {
                let ending = rollout.finish(State::Error, Some(UNCONFIRMED.to_owned()));
                // Whoever ends with this error may end the runtime too.
                if let Ok(Err(undelivered)) = ending.told.await {
                    note_unheard(&undelivered);
                }
                Err(error)
            }
            Err(error) => {
                rollout.is_over = true;
                mem::take(&mut rollout.last_will).discard();
                Err(error)
            }
        }
    }

    /// Begins without waiting for the server, for work that is done whether or not it can be reported.
    ///
    /// The end is reported even if the beginning could not be, and kept in the outbox like any other.
    /// [`Rollout::confirmed`] tells what became of the beginning.
    ///
    /// # Errors
    ///
    /// When the first status is neither `queued` nor `in_progress`, or cannot be sent.
    pub fn begin_regardless(self) -> Result<Rollout, Error> {
        self.check()?;
        let (mut rollout, begun) = self.start(Unbegun::Ends);
        rollout.begun = Some(begun);
        Ok(rollout)
    }

    /// Begins, does the work, and reports how it ended, whatever happens.
    ///
    /// `Ok` is reported as `success`, and `Err` as `failure` with the first line of the error.
    /// A panic is reported as `error`, and goes on when that is delivered or the deadline is over. When this is dropped, or its task aborted,
    /// `error` is reported in the background, as [`Rollout`] tells.
    ///
    /// # Errors
    ///
    /// The work is not begun when the beginning cannot be reported.
    /// [`Error::WorkFailed`] has the error of the work as its source, and [`Error::into_undelivered`]
    /// has the report of the end when that could not be delivered.
    pub async fn run<F, W>(self, work: F) -> Result<Succeeded, Error>
    where
        F: FnOnce(Ongoing) -> W,
        W: Future<Output = Result<(), Box<dyn std::error::Error + Send + Sync>>>,
    {
        let rollout = self.begin().await?;
        let ongoing = rollout.ongoing();
        let working = AssertUnwindSafe(async move { work(ongoing).await });
        match working.catch_unwind().await {
            Ok(Ok(())) => Ok(rollout.succeed().await?),
            Ok(Err(cause)) => {
                let undelivered = rollout.fail(first_line(&cause.to_string())).await.err();
                Err(Error::WorkFailed(Box::new(WorkFailed {
                    cause,
                    undelivered,
                })))
            }
            Err(panic) => {
                if let Err(undelivered) = rollout.abandon(in_words(&*panic)).await {
                    note_unheard(&undelivered);
                }
                resume_unwind(panic)
            }
        }
    }

    fn check(&self) -> Result<(), Error> {
        if !matches!(self.first.state, State::Queued | State::InProgress) {
            let state = self.first.state.as_str();
            let why = format!("`{state}` does not begin a rollout; queued and in_progress do");
            return Err(Invalid::new("state", why).into());
        }
        Ok(self.first.check()?)
    }

    /// Starts the task that makes the reports.
    fn start(self, unbegun: Unbegun) -> (Rollout, oneshot::Receiver<Result<(), Error>>) {
        let shared = Arc::new(Shared {
            number: nonce(),
            deployment: self.deployment,
            #[cfg(feature = "outbox")]
            outbox: self.outbox,
            wording: Mutex::new(Wording {
                template: self.first.clone(),
                on_success: None,
                newest: None,
            }),
            is_ending: AtomicBool::new(false),
        });
        let last_will = shared.last_will();
        let (orders, inbox) = mpsc::unbounded_channel();
        let (begun, told) = oneshot::channel();
        let driver = Driver {
            shared: Arc::clone(&shared),
            orders: inbox,
            if_changed: self.if_changed,
            unbegun,
            interval: self.interval,
            deadline: self.deadline,
            posted: Posted {
                status: self.first,
                at: Instant::now(),
                may_turn_up_until: None,
            },
        };
        tokio::spawn(driver.drive(begun).in_current_span());
        let rollout = Rollout {
            last_will,
            ongoing: Ongoing { shared, orders },
            begun: None,
            is_over: false,
        };
        (rollout, told)
    }
}

const UNCONFIRMED: &str = "The server did not confirm that the rollout began";

/// The first line of a text that says something.
fn first_line(text: &str) -> &str {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    line.unwrap_or("The rollout failed")
}

/// What a panic said, if it said anything.
fn in_words(panic: &(dyn Any + Send)) -> String {
    let said = match panic.downcast_ref::<String>() {
        Some(said) => Some(said.as_str()),
        None => panic.downcast_ref::<&str>().copied(),
    };
    match said {
        Some(said) => format!("The rollout panicked: {}", first_line(said)),
        None => "The rollout panicked".to_owned(),
    }
}
