//! Waiting for a deployment that somebody else runs.

use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;

use super::thread::Thread;
use crate::{Error, Outcome, Poll};

/// A wait that begins when it is run: [`crate::Wait`] without `async`.
#[must_use = "nothing happens until it is run"]
pub struct Wait<'a> {
    wait: crate::Wait<'a>,
    thread: Arc<Thread>,
}

impl<'a> Wait<'a> {
    /// Tells of every poll, of the last one too.
    pub fn on_poll(self, tell: impl FnMut(&Poll<'_>) + Send + 'a) -> Self {
        Self {
            wait: self.wait.on_poll(tell),
            thread: self.thread,
        }
    }

    /// Waits.
    ///
    /// # Errors
    ///
    /// As [`crate::Deployment::wait`].
    pub fn run(self) -> Result<Outcome, Error> {
        self.thread.run(self.wait.into_future())
    }

    pub(super) fn new(wait: crate::Wait<'a>, thread: Arc<Thread>) -> Self {
        Self { wait, thread }
    }
}

impl fmt::Debug for Wait<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.wait.fmt(f)
    }
}
