//! Retry policy, backoff, and the attempts of one call.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::time::Duration;

use tokio::time::{Instant, sleep};
use tracing::Span;

use super::delay::{Delay, Listener};
use super::trace;
use crate::error::Error;
use crate::http::response::Response;

/// Number and duration of the attempts of one call.
///
/// Defaults to 5 attempts within 5 minutes.
/// The backoff before the second attempt is at most 500 ms, doubles with each further attempt up to 30 seconds,
/// and is drawn at random between zero and that limit.
/// The client waits as long as the server asks, up to 2 minutes. A longer wait is an error that contains its end.
///
/// ```
/// use std::time::Duration;
/// use deploystatus::RetryPolicy;
///
/// let hour = Duration::from_secs(3600);
/// let patient = RetryPolicy::new().timeout(hour).max_retry_after(hour);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct RetryPolicy {
    max_attempts: u32,
    initial_backoff: Duration,
    max_retry_after: Duration,
    timeout: Duration,
    search_timeout: Duration,
    seed: Option<u64>,
}

const MAX_BACKOFF: Duration = Duration::from_secs(30);

impl RetryPolicy {
    /// Creates the default policy.
    pub const fn new() -> Self {
        Self {
            max_attempts: 5,
            initial_backoff: Duration::from_millis(500),
            max_retry_after: Duration::from_secs(120),
            timeout: Duration::from_secs(300),
            search_timeout: Duration::from_secs(10),
            seed: None,
        }
    }

    /// Creates a policy with one attempt.
    ///
    /// After a lost response, the client still searches for the status, because the search does not repeat the creation.
    pub const fn never() -> Self {
        Self::new().max_attempts(1)
    }

    /// Sets the maximum number of attempts. Zero is treated as one. Defaults to 5.
    pub const fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = if attempts == 0 { 1 } else { attempts };
        self
    }

    /// Sets the maximum backoff before the second attempt. Defaults to 500 ms.
    pub const fn initial_backoff(mut self, backoff: Duration) -> Self {
        self.initial_backoff = backoff;
        self
    }

    /// Sets the maximum wait that the server may ask for. Defaults to 2 minutes.
    pub const fn max_retry_after(mut self, wait: Duration) -> Self {
        self.max_retry_after = wait;
        self
    }

    /// Sets the time after which no attempt is started. Defaults to 5 minutes.
    ///
    /// It includes waits for other creations of the same deployment and for the pacing of the client.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the time for which a status is searched after a lost response. Defaults to 10 seconds.
    ///
    /// GitHub ends every request within 10 seconds. If its lists lag behind by more than the search time,
    /// a status can be stored twice. The result is an error then, if the list shows both.
    pub const fn search_timeout(mut self, timeout: Duration) -> Self {
        self.search_timeout = timeout;
        self
    }

    /// Sets the seed of the random backoff, for reproducible tests.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Returns a policy for reports that must be delivered: any number of attempts within this time.
    pub(crate) fn until(self, timeout: Duration) -> Self {
        self.max_attempts(u32::MAX)
            .timeout(timeout)
            .max_retry_after(timeout)
    }

    pub(crate) fn total_timeout(self) -> Duration {
        self.timeout
    }

    pub(crate) fn search_time(self) -> Duration {
        self.search_timeout
    }

    /// Returns the pause after this many attempts, or `None` if there is no further attempt.
    ///
    /// `draw` is the random part, between zero and one.
    pub(crate) fn pause(
        self,
        attempts: u32,
        elapsed: Duration,
        retry: Retry,
        draw: f64,
    ) -> Option<Duration> {
        if attempts >= self.max_attempts {
            return None;
        }
        let pause = match retry {
            Retry::Never => return None,
            Retry::Soon => self.backoff(attempts).mul_f64(draw),
            Retry::After(wait) if wait > self.max_retry_after => return None,
            Retry::After(wait) => wait,
        };
        (elapsed.saturating_add(pause) <= self.timeout).then_some(pause)
    }

    /// Returns the longest backoff after this many attempts.
    fn backoff(self, attempts: u32) -> Duration {
        let doublings = attempts.saturating_sub(1).min(16);
        self.initial_backoff
            .saturating_mul(2_u32.pow(doublings))
            .min(MAX_BACKOFF)
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new()
    }
}

/// Decision whether a failed attempt may be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Retry {
    Never,
    Soon,
    After(Duration),
}

/// Effect of a failed request on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// The server has certainly stored nothing.
    None,
    /// The server may have stored the status.
    Unknown,
}

/// A failed attempt.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) error: Error,
    pub(crate) retry: Retry,
    pub(crate) effect: Effect,
}

impl Failure {
    /// Creates a failure that had no effect and that a repetition cannot fix.
    pub(crate) fn permanent(error: impl Into<Error>) -> Self {
        Self {
            error: error.into(),
            retry: Retry::Never,
            effect: Effect::None,
        }
    }
}

/// The attempts of one call.
pub(crate) struct Run {
    policy: RetryPolicy,
    span: Span,
    listener: Listener,
    attempts: u32,
    rate_limits: u32,
    started: Instant,
    random: Random,
}

impl Run {
    pub(crate) fn new(policy: RetryPolicy, span: Span, listener: Listener) -> Self {
        Self {
            policy,
            span,
            listener,
            attempts: 0,
            rate_limits: 0,
            started: Instant::now(),
            random: Random::new(policy.seed),
        }
    }

    /// Records a response that ends the call.
    pub(crate) fn succeeded(&self, response: &Response) {
        trace::record(&self.span, response, self.attempts);
    }

    /// Counts a failed attempt.
    ///
    /// Rate limits have a count of their own, because only they lengthen later waits.
    pub(crate) fn count(&mut self, failure: &Failure) {
        self.attempts += 1;
        if failure.error.is_rate_limited() {
            self.rate_limits += 1;
        }
        trace::record_failure(&self.span, &failure.error, self.attempts);
    }

    /// Waits until the next attempt, or returns the error if the policy permits none.
    pub(crate) async fn pause(&mut self, failure: Failure) -> Result<(), Error> {
        let draw = self.random.draw();
        let elapsed = self.started.elapsed();
        let Some(pause) = self
            .policy
            .pause(self.attempts, elapsed, failure.retry, draw)
        else {
            return Err(failure.error);
        };
        tracing::info!(
            attempt = self.attempts,
            milliseconds = pause.as_millis(),
            error = %failure.error,
            "waiting for the next attempt"
        );
        self.notify(&Delay::Retry {
            error: &failure.error,
            attempt: self.attempts.saturating_add(1),
            max_attempts: self.policy.max_attempts,
            wait: pause,
        });
        sleep(pause).await;
        Ok(())
    }

    pub(crate) fn notify(&self, delay: &Delay<'_>) {
        self.listener.notify(delay);
    }

    /// Returns the number of rate limits met so far.
    pub(crate) fn rate_limits(&self) -> u32 {
        self.rate_limits
    }

    pub(crate) fn policy(&self) -> RetryPolicy {
        self.policy
    }

    /// Returns the time left for further attempts.
    pub(crate) fn time_left(&self) -> Duration {
        self.policy.timeout.saturating_sub(self.started.elapsed())
    }

    /// Returns `true` if the policy permits a wait that the server asks for.
    pub(crate) fn permits(&self, wait: Duration) -> bool {
        wait <= self.policy.max_retry_after && wait <= self.time_left()
    }

    pub(crate) fn is_over(&self) -> bool {
        self.time_left().is_zero()
    }

    pub(crate) fn has_attempt_left(&self) -> bool {
        self.attempts < self.policy.max_attempts && !self.is_over()
    }

    pub(crate) fn draw(&mut self) -> f64 {
        self.random.draw()
    }
}

/// Random numbers, repeatable with a seed.
pub(crate) struct Random(Option<u64>);

impl Random {
    pub(crate) fn new(seed: Option<u64>) -> Self {
        Self(seed)
    }

    /// Returns the next random number between zero and one (`SplitMix64`).
    pub(crate) fn draw(&mut self) -> f64 {
        let state = self
            .0
            .unwrap_or_else(|| RandomState::new().hash_one(0_u8))
            .wrapping_add(0x9E37_79B9_7F4A_7C15);
        self.0 = Some(state);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        f64::from(u32::try_from(mixed >> 32).unwrap_or_default()) / f64::from(u32::MAX)
    }
}
