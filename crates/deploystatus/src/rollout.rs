//! A rollout: it begins, and its end is said whatever happens.

mod driver;
mod held;
mod new;
mod ongoing;
mod retired;

use std::fmt;
use std::mem;
use std::path::PathBuf;
use std::sync::atomic::Ordering;

use tokio::sync::oneshot;

use crate::error::Failed;
use crate::undelivered::Letter;
use crate::{Delivered, Deployment, Error, State, Undelivered};
use driver::{End, Order};

pub(crate) use held::Held;
pub use new::NewRollout;
pub use ongoing::{Ongoing, Progress};
pub use retired::{MayRetire, Succeeded};

/// A rollout that has begun, and that ends by exactly one of [`succeed`](Self::succeed), [`fail`](Self::fail)
/// and [`abandon`](Self::abandon).
///
/// When it is dropped instead, because its future was dropped, its task aborted or its thread panics,
/// `error` is reported by a task of its own, within the rollout's deadline once what was under way has ended.
/// All its reports are made by that task, one after the other, so ending a future early never leaves one half done.
///
/// That task lives as long as the runtime. When the process ends first, only an outbox saves the report:
/// with one, it is on disk before the drop is over, and even when the process is killed.
#[must_use = "a rollout that is dropped is reported as an error"]
pub struct Rollout {
    ongoing: Ongoing,
    /// What an outbox holds in case that the process is killed.
    last_will: Held,
    /// Tells what became of the beginning, when nobody has waited for it yet.
    begun: Option<oneshot::Receiver<Result<(), Error>>>,
    is_over: bool,
}

impl Rollout {
    /// Reports that it went well.
    ///
    /// What was said of it on the way, such as [`Ongoing::environment_url`], is part of the report.
    ///
    /// # Errors
    ///
    /// When the report could not be delivered within the deadline: it is handed back, to be sent later.
    pub async fn succeed(self) -> Result<Succeeded, Undelivered> {
        let deployment = self.ongoing.shared.deployment.clone();
        let retires = self.ongoing.shared.retires();
        let delivered = self.end(State::Success, None).await?;
        Ok(Succeeded::new(delivered, &deployment, retires))
    }

    /// Reports that it failed, and why. What is longer than 140 characters is cut.
    ///
    /// # Errors
    ///
    /// As [`Rollout::succeed`].
    pub async fn fail(self, why: impl Into<String>) -> Result<Delivered, Undelivered> {
        self.end(State::Failure, Some(why.into())).await
    }

    /// Reports that it was given up, and why, as `error`: it did not fail by itself, and it is not running.
    ///
    /// # Errors
    ///
    /// As [`Rollout::succeed`].
    pub async fn abandon(self, why: impl Into<String>) -> Result<Delivered, Undelivered> {
        self.end(State::Error, Some(why.into())).await
    }

    /// Reports that it is in progress, with a remark; see [`Ongoing::progress`].
    pub async fn progress(&self, remark: impl Into<String>) -> Progress {
        self.ongoing.progress(remark).await
    }

    /// Tells where the deployed environment can be visited; see [`Ongoing::environment_url`].
    ///
    /// # Errors
    ///
    /// When it is not an `http` or `https` address.
    pub fn environment_url(&self, url: impl Into<String>) -> Result<(), Error> {
        self.ongoing.environment_url(url)
    }

    /// A way for other tasks to say how it is going.
    #[must_use]
    pub fn ongoing(&self) -> Ongoing {
        self.ongoing.clone()
    }

    /// Waits until it is known what became of the beginning that [`NewRollout::begin_regardless`] did not wait for.
    ///
    /// The answer is told once; afterwards, and when the beginning was waited for, this returns at once.
    /// It may be dropped and called again.
    ///
    /// # Errors
    ///
    /// When the beginning could not be delivered. The rollout goes on all the same.
    pub async fn confirmed(&mut self) -> Result<(), Error> {
        let Some(begun) = &mut self.begun else {
            return Ok(());
        };
        let told = begun.await.unwrap_or_else(|_| Err(runtime_is_gone()));
        self.begun = None;
        if told.is_ok() {
            self.renew_last_will();
        }
        told
    }

    /// The deployment that it is about.
    #[must_use]
    pub fn deployment(&self) -> &Deployment {
        &self.ongoing.shared.deployment
    }

    async fn end(mut self, state: State, remark: Option<String>) -> Result<Delivered, Undelivered> {
        let ending = self.finish(state, remark);
        ending.told.await.unwrap_or_else(|_| {
            // The task is gone with its runtime, and nobody knows how far it came.
            let mut letter = ending.letter;
            letter.maybe_sent = true;
            Err(Undelivered::new(letter, ending.kept_in, runtime_is_gone()))
        })
    }

    /// Writes the last will anew, with what is known since the beginning was confirmed.
    fn renew_last_will(&mut self) {
        let renewed = self.ongoing.shared.last_will();
        // An older will is better than none, if the disk is full by now.
        if renewed.path().is_some() {
            mem::replace(&mut self.last_will, renewed).discard();
        }
    }

    /// Writes the end down, if there is an outbox, and has it delivered.
    fn finish(&mut self, state: State, remark: Option<String>) -> Ending {
        self.is_over = true;
        let letter = self.ongoing.shared.letter(state, remark);
        let mut held = self.ongoing.shared.keep(&letter);
        let last_will = mem::take(&mut self.last_will);
        let makes_room = held.path().is_none() && last_will.path().is_some();
        last_will.discard();
        if makes_room {
            held = self.ongoing.shared.keep(&letter);
        }
        let kept_in = held.path();
        let (answer, told) = oneshot::channel();
        let order = Order::End(Box::new(End {
            letter: letter.clone(),
            held,
            answer,
        }));
        self.ongoing.shared.is_ending.store(true, Ordering::Release);
        // When the task is gone, the answer goes with the order, and whoever waits for it is told so.
        let _ = self.ongoing.orders.send(order);
        Ending {
            letter,
            kept_in,
            told,
        }
    }
}

/// An end that is being reported.
struct Ending {
    letter: Letter,
    kept_in: Option<PathBuf>,
    told: oneshot::Receiver<Result<Delivered, Undelivered>>,
}

/// What a drop reports.
const DROPPED: &str = "The rollout was dropped before its end was reported";
const PANICKED: &str = "The code that carried out the rollout panicked";

impl Drop for Rollout {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        let why = if std::thread::panicking() {
            PANICKED
        } else {
            DROPPED
        };
        tracing::warn!(
            deployment = ?self.ongoing.shared.deployment,
            "a rollout was dropped before its end; reporting an error"
        );
        self.finish(State::Error, Some(why.to_owned()));
    }
}

fn runtime_is_gone() -> Error {
    Error::Lost(Failed {
        what: "the runtime in which the rollout began was shut down".to_owned(),
        cause: None,
    })
}

impl fmt::Debug for Rollout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rollout")
            .field("deployment", self.deployment())
            .finish_non_exhaustive()
    }
}
