//! Time limits of whole commands.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use deploystatus::{Deployment, RetryPolicy};
use tokio::time::{Instant, sleep_until};

use crate::duration;
use crate::error::{Error, TimedOut};
use crate::output::Output;
use crate::settings::Settings;

/// A time limit that starts again with each sign of progress, such as a page that was read.
pub(super) struct TimeLimit<'a> {
    output: &'a Output,
    limit: Duration,
    started: Instant,
    /// Milliseconds from the start to the last progress.
    progress: AtomicU64,
}

impl<'a> TimeLimit<'a> {
    pub(super) fn new(limit: Duration, output: &'a Output) -> Self {
        Self {
            output,
            limit,
            started: Instant::now(),
            progress: AtomicU64::new(0),
        }
    }

    /// Starts the time again.
    pub(super) fn on_progress(&self) {
        let elapsed = self.started.elapsed().as_millis();
        let elapsed = u64::try_from(elapsed).unwrap_or(u64::MAX);
        self.progress.store(elapsed, Ordering::Relaxed);
    }

    /// Returns the time at which the limit is reached.
    fn deadline(&self) -> Instant {
        let progress = Duration::from_millis(self.progress.load(Ordering::Relaxed));
        // The policy ends at the limit; a second more lets its error arrive.
        duration::after(self.started + progress, self.limit) + Duration::from_secs(1)
    }

    /// Returns the deployment of the command. Its calls end within the limit, so that the cause of a failure is known.
    pub(super) fn deployment(&self, settings: &Settings) -> Result<Deployment, Error> {
        let policy = RetryPolicy::new().timeout(self.limit);
        Ok(settings.deployment(self.output)?.with_retry_policy(policy))
    }

    /// Completes the work of a command.
    ///
    /// # Errors
    ///
    /// Returns the error `timed_out` if the limit passes without progress.
    pub(super) async fn run<T>(
        &self,
        timed_out: TimedOut,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                biased;
                result = &mut work => return result,
                () = sleep_until(self.deadline()) => {}
                never = self.output.break_silence() => never,
            }
            if self.deadline() <= Instant::now() {
                return Err(Error::TimedOut(self.limit, timed_out));
            }
        }
    }
}
