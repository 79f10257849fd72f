//! When to try again: a pure decision, and the loop that sleeps.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::Error;

/// How often and for how long a call is tried.
///
/// Five attempts within five minutes; the first pause is at most half a second, each further one at most
/// twice as long as the one before and never more than half a minute, all of them drawn at random from zero up.
/// When the server says how long to wait, that is waited if it is at most two minutes; a longer wait is an error
/// that tells until when.
///
/// ```
/// use std::time::Duration;
/// use deploystatus::RetryPolicy;
///
/// let patient = RetryPolicy::new().total_time(Duration::from_secs(3600)).longest_wait(Duration::from_secs(3600));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    attempts: u32,
    first_pause: Duration,
    longest_wait: Duration,
    total_time: Duration,
    seed: Option<u64>,
}

impl RetryPolicy {
    /// What is described above.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            attempts: 5,
            first_pause: Duration::from_millis(500),
            longest_wait: Duration::from_secs(120),
            total_time: Duration::from_secs(300),
            seed: None,
        }
    }

    /// One attempt and no more.
    ///
    /// A creation whose answer is lost is still looked for, because that repeats nothing.
    #[must_use]
    pub const fn never() -> Self {
        Self::new().attempts(1)
    }

    /// Tries this many times at most; zero counts as one.
    #[must_use]
    pub const fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = if attempts == 0 { 1 } else { attempts };
        self
    }

    /// Pauses at most this long before the second attempt.
    #[must_use]
    pub const fn first_pause(mut self, pause: Duration) -> Self {
        self.first_pause = pause;
        self
    }

    /// Sits out waits that the server asks for, up to this long.
    #[must_use]
    pub const fn longest_wait(mut self, wait: Duration) -> Self {
        self.longest_wait = wait;
        self
    }

    /// Starts nothing new when this much time has passed since the call began.
    #[must_use]
    pub const fn total_time(mut self, time: Duration) -> Self {
        self.total_time = time;
        self
    }

    /// Draws the pauses from this number on, so that a test can be replayed.
    #[must_use]
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// The same, for a report that has to be made: as often as it takes within this time.
    pub(crate) fn until(self, deadline: Duration) -> Self {
        self.attempts(u32::MAX)
            .total_time(deadline)
            .longest_wait(deadline)
    }

    pub(crate) fn most_time(self) -> Duration {
        self.total_time
    }

    /// How long to pause after this many attempts, or nothing when it is enough.
    ///
    /// `draw` is the random part, from zero to one.
    pub(crate) fn pause(
        self,
        attempts: u32,
        elapsed: Duration,
        again: Again,
        draw: f64,
    ) -> Option<Duration> {
        if attempts >= self.attempts {
            return None;
        }
        let pause = match again {
            Again::Never => return None,
            Again::Soon => self.backoff(attempts).mul_f64(draw),
            Again::After(wait) if wait > self.longest_wait => return None,
            Again::After(wait) => wait,
        };
        (elapsed + pause <= self.total_time).then_some(pause)
    }

    /// The longest pause after this many attempts.
    fn backoff(self, attempts: u32) -> Duration {
        let doublings = attempts.saturating_sub(1).min(16);
        self.first_pause
            .saturating_mul(2_u32.pow(doublings))
            .min(Duration::from_secs(30))
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether a failed attempt may be made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    Never,
    Soon,
    After(Duration),
}

/// An attempt that failed, and what that means for the next.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) error: Error,
    pub(crate) again: Again,
    /// Whether the server may have done the work all the same.
    pub(crate) maybe_done: bool,
}

impl Failure {
    /// What will fail again, and has done nothing.
    pub(crate) fn for_good(error: Error) -> Self {
        Self {
            error,
            again: Again::Never,
            maybe_done: false,
        }
    }
}

/// The attempts of one call.
pub(crate) struct Run {
    policy: RetryPolicy,
    pub(crate) attempts: u32,
    started: Instant,
    draws: Draws,
}

impl Run {
    pub(crate) fn new(policy: RetryPolicy) -> Self {
        Self {
            policy,
            attempts: 0,
            started: Instant::now(),
            draws: Draws::new(policy.seed),
        }
    }

    /// Pauses until the next attempt, or gives the error back when there is none.
    pub(crate) async fn pause_or_fail(&mut self, failure: Failure) -> Result<(), Error> {
        let elapsed = self.started.elapsed();
        let draw = self.draws.draw();
        match self
            .policy
            .pause(self.attempts, elapsed, failure.again, draw)
        {
            Some(pause) => {
                let milliseconds = pause.as_millis();
                tracing::info!(attempt = self.attempts, milliseconds, error = %failure.error, "trying again");
                sleep(pause).await;
                Ok(())
            }
            None => Err(failure.error),
        }
    }

    /// Pauses to make the quota last, if there is time for it.
    pub(crate) async fn slow_down(&self, pause: Duration) {
        if !pause.is_zero() && self.has_time_for(pause) {
            tracing::debug!(milliseconds = pause.as_millis(), "making the quota last");
            sleep(pause).await;
        }
    }

    /// Pauses for the pacing's sake, or says that it would take too long.
    pub(crate) async fn keep_pace(&self, pause: Duration) {
        if !pause.is_zero() {
            tracing::debug!(milliseconds = pause.as_millis(), "keeping pace");
            sleep(pause).await;
        }
    }

    /// Whether the policy sits out a wait as long as this.
    pub(crate) fn has_time_for(&self, wait: Duration) -> bool {
        wait <= self.policy.longest_wait && self.started.elapsed() + wait <= self.policy.total_time
    }

    /// Whether the time is up.
    pub(crate) fn is_over(&self) -> bool {
        self.started.elapsed() >= self.policy.total_time
    }

    pub(crate) fn may_send_again(&self) -> bool {
        self.attempts < self.policy.attempts && !self.is_over()
    }
}

/// Random numbers that a seed makes come again.
pub(crate) struct Draws(Option<u64>);

impl Draws {
    pub(crate) fn new(seed: Option<u64>) -> Self {
        Self(seed)
    }

    /// The next random number, from zero to one (`SplitMix64`).
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
