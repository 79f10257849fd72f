//! Time limits of whole commands.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use deploystatus::{Deployment, RetryPolicy};
use tokio::time::{Instant, sleep_until};

use crate::duration;
use crate::error::{Activity, Error, TimedOut};
use crate::output::Output;
use crate::settings::Settings;

/// Longest and shortest time limit for a connection.
const MAX_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const MIN_CONNECT_TIMEOUT: Duration = Duration::from_millis(100);

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
        self.output.clear_last_delay();
        let elapsed = self.started.elapsed().as_millis();
        let elapsed = u64::try_from(elapsed).unwrap_or(u64::MAX);
        self.progress.store(elapsed, Ordering::Relaxed);
    }

    /// Returns the time at which the limit is reached.
    fn deadline(&self) -> Instant {
        let progress = Duration::from_millis(self.progress.load(Ordering::Relaxed));
        // The last connection can fail at the limit; a second more lets its error arrive.
        duration::after(self.started + progress, self.limit) + Duration::from_secs(1)
    }

    /// Returns the time that is left.
    pub(super) fn left(&self) -> Duration {
        self.deadline().saturating_duration_since(Instant::now())
    }

    /// Returns the deployment of the command.
    ///
    /// Every attempt to connect ends before the limit. If the limit is reached nevertheless,
    /// the last request was sent.
    pub(super) fn deployment(&self, settings: &Settings) -> Result<Deployment, Error> {
        let connect_timeout = (self.limit / 2).clamp(MIN_CONNECT_TIMEOUT, MAX_CONNECT_TIMEOUT);
        let settings = settings.with_connect_timeout(connect_timeout);
        let policy = RetryPolicy::new().timeout(self.limit.saturating_sub(connect_timeout));
        Ok(settings.deployment(self.output)?.with_retry_policy(policy))
    }

    /// Completes the work of a command.
    ///
    /// # Errors
    ///
    /// Returns an error that names the last delay if the limit passes without progress.
    pub(super) async fn run<T>(
        &self,
        activity: Activity,
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
                return Err(Error::TimedOut(TimedOut {
                    limit: self.limit,
                    activity,
                    last_delay: self.output.last_delay(),
                }));
            }
        }
    }
}
