//! A rollout: it begins, and its end is said whatever happens.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::thread::Thread;
use crate::{Delivered, Error, Progress, Succeeded, Undelivered};

/// A rollout that is going to be reported: [`crate::NewRollout`] without `async`.
///
/// It is made by [`Deployment::rollout`](super::Deployment::rollout).
#[derive(Clone, Debug)]
#[must_use = "nothing is reported before it begins"]
pub struct NewRollout {
    new: crate::NewRollout,
    thread: Arc<Thread>,
}

impl NewRollout {
    /// Reports the beginning only if the newest status does not say the same already.
    pub fn if_changed(mut self) -> Self {
        self.new = self.new.if_changed();
        self
    }

    /// Leaves at least this much time between two reports of progress: 10 seconds unless told.
    pub fn progress_interval(mut self, interval: Duration) -> Self {
        self.new = self.new.progress_interval(interval);
        self
    }

    /// Tries to report the end for this long: 5 minutes unless told.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.new = self.new.deadline(deadline);
        self
    }

    /// Keeps the report of the end here from before it is sent until it is delivered.
    #[cfg(feature = "outbox")]
    pub fn outbox(mut self, outbox: &crate::Outbox) -> Self {
        self.new = self.new.outbox(outbox);
        self
    }

    /// Reports the beginning, and from then on makes sure that the end is reported.
    ///
    /// # Errors
    ///
    /// As [`crate::NewRollout::begin`].
    pub fn begin(self) -> Result<Rollout, Error> {
        let rollout = self.thread.run(self.new.begin())?;
        Ok(Rollout::new(rollout, self.thread))
    }

    /// Begins without waiting for the server, for work that is done whether or not it can be reported.
    ///
    /// # Errors
    ///
    /// As [`crate::NewRollout::begin_regardless`].
    pub fn begin_regardless(self) -> Result<Rollout, Error> {
        let thread = self.thread;
        let rollout = thread.run(async { self.new.begin_regardless() })?;
        Ok(Rollout::new(rollout, thread))
    }

    /// Begins, does the work, and reports how it ended, whatever happens:
    /// `Ok` as `success`, `Err` as `failure` with the first line of the error, a panic as `error`.
    ///
    /// # Errors
    ///
    /// As [`crate::NewRollout::run`].
    pub fn run<W>(self, work: W) -> Result<Succeeded, Error>
    where
        W: FnOnce(&Ongoing) -> Result<(), Box<dyn std::error::Error + Send + Sync>>,
    {
        let thread = Arc::clone(&self.thread);
        let running = self.new.run(|ongoing| {
            let ongoing = Ongoing { ongoing, thread };
            async move { work(&ongoing) }
        });
        self.thread.run(running)
    }

    pub(super) fn new(new: crate::NewRollout, thread: Arc<Thread>) -> Self {
        Self { new, thread }
    }
}

/// A rollout that has begun: [`crate::Rollout`] without `async`.
///
/// When it is dropped instead of ended, `error` is reported before the drop is over.
/// That takes as long as the rollout's deadline at most, and what was under way before.
#[must_use = "a rollout that is dropped is reported as an error"]
pub struct Rollout {
    // Dropped in this order: the first says that it is over, and the second waits until that was heard.
    rollout: crate::Rollout,
    linger: Linger,
}

impl Rollout {
    /// Reports that it went well.
    ///
    /// # Errors
    ///
    /// When the report could not be delivered within the deadline: it is handed back, to be sent later.
    pub fn succeed(self) -> Result<Succeeded, Undelivered> {
        self.linger.thread().run(self.rollout.succeed())
    }

    /// Reports that it failed, and why. What is longer than 140 characters is cut.
    ///
    /// # Errors
    ///
    /// As [`Rollout::succeed`].
    pub fn fail(self, why: impl Into<String>) -> Result<Delivered, Undelivered> {
        self.linger.thread().run(self.rollout.fail(why))
    }

    /// Reports that it was given up, and why, as `error`.
    ///
    /// # Errors
    ///
    /// As [`Rollout::succeed`].
    pub fn abandon(self, why: impl Into<String>) -> Result<Delivered, Undelivered> {
        self.linger.thread().run(self.rollout.abandon(why))
    }

    /// Waits until it is known what became of the beginning that [`NewRollout::begin_regardless`] did not wait for.
    ///
    /// # Errors
    ///
    /// As [`crate::Rollout::confirmed`].
    pub fn confirmed(&mut self) -> Result<(), Error> {
        self.linger.thread().run(self.rollout.confirmed())
    }

    /// What may be said of it on the way; it can be cloned and sent to other threads.
    #[must_use]
    pub fn ongoing(&self) -> &Ongoing {
        &self.linger.0
    }

    fn new(rollout: crate::Rollout, thread: Arc<Thread>) -> Self {
        let ongoing = Ongoing {
            ongoing: rollout.ongoing(),
            thread,
        };
        Self {
            rollout,
            linger: Linger(ongoing),
        }
    }
}

impl fmt::Debug for Rollout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rollout.fmt(f)
    }
}

/// A way to say how a rollout is going, which cannot end it: [`crate::Ongoing`] without `async`.
#[derive(Clone)]
pub struct Ongoing {
    ongoing: crate::Ongoing,
    thread: Arc<Thread>,
}

impl Ongoing {
    /// Reports that the rollout is in progress, with a remark such as `3 of 7 pods`; see [`crate::Ongoing::progress`].
    pub fn progress(&self, remark: impl Into<String>) -> Progress {
        self.thread.run(self.ongoing.progress(remark))
    }

    /// Tells where the deployed environment can be visited, in this and all later reports of the rollout.
    ///
    /// # Errors
    ///
    /// When it is not an `http` or `https` address; what was known before stays.
    pub fn environment_url(&self, url: impl Into<String>) -> Result<(), Error> {
        self.ongoing.environment_url(url)
    }

    /// Links the output of the deployment, from the next report on.
    ///
    /// # Errors
    ///
    /// When it is not an `http` or `https` address; what was known before stays.
    pub fn log_url(&self, url: impl Into<String>) -> Result<(), Error> {
        self.ongoing.log_url(url)
    }

    /// Says what the `success` is going to remark, if it comes to that. What is longer than 140 characters is cut.
    pub fn remark_on_success(&self, remark: impl Into<String>) {
        self.ongoing.remark_on_success(remark);
    }
}

impl fmt::Debug for Ongoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.ongoing.fmt(f)
    }
}

/// Waits, when it is dropped, until the last report of a rollout was made,
/// because the thread that makes it may end with the handle.
struct Linger(Ongoing);

impl Linger {
    fn thread(&self) -> &Thread {
        &self.0.thread
    }
}

impl Drop for Linger {
    fn drop(&mut self) {
        self.thread().run(self.0.ongoing.over());
    }
}
