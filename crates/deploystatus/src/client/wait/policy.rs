//! The policy of a wait.

use std::time::Duration;

/// The intervals and the timeout of a wait.
///
/// Defaults to a timeout of 30 minutes. The interval between the first two polls is at most 2 seconds.
/// It grows by half with each poll, to at most 30 seconds. Each interval is shortened at random by up to half,
/// so that many waiting clients do not poll at the same time.
///
/// ```
/// use std::time::Duration;
/// use deploystatus::WaitPolicy;
///
/// let policy = WaitPolicy::new()
///     .timeout(Duration::from_secs(7200))
///     .max_interval(Duration::from_secs(60));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitPolicy {
    initial_interval: Duration,
    max_interval: Duration,
    pub(super) timeout: Duration,
    pub(super) seed: Option<u64>,
}

impl WaitPolicy {
    /// Creates the default policy.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            initial_interval: Duration::from_secs(2),
            max_interval: Duration::from_secs(30),
            timeout: Duration::from_secs(1800),
            seed: None,
        }
    }

    /// Sets the interval between the first two polls (at least 100 ms). Defaults to 2 seconds.
    #[must_use]
    pub const fn initial_interval(mut self, interval: Duration) -> Self {
        self.initial_interval = interval;
        self
    }

    /// Sets the maximum interval between two polls. Defaults to 30 seconds.
    ///
    /// The interval is longer if the server asks for a longer wait.
    #[must_use]
    pub const fn max_interval(mut self, interval: Duration) -> Self {
        self.max_interval = interval;
        self
    }

    /// Sets the time after which the last poll starts. Defaults to 30 minutes.
    ///
    /// The last poll may take another 10 seconds. A timeout of zero polls once, and `Duration::MAX` waits without limit.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the seed of the random intervals, for reproducible tests.
    #[must_use]
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Returns the interval after this many polls.
    ///
    /// `draw` is the random part, between zero and one.
    pub(super) fn interval(self, polls: u32, draw: f64) -> Duration {
        let steps = polls.saturating_sub(1).min(100);
        let grown = self.initial_interval.as_secs_f64() * 1.5_f64.powf(f64::from(steps));
        let longest = Duration::try_from_secs_f64(grown)
            .unwrap_or(self.max_interval)
            .min(self.max_interval);
        let interval = longest / 2 + (longest / 2).mul_f64(draw);
        interval.max(MIN_INTERVAL)
    }
}

const MIN_INTERVAL: Duration = Duration::from_millis(100);

impl Default for WaitPolicy {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documented_numbers_are_true() {
        let policy = WaitPolicy::new();
        let longest = |polls| policy.interval(polls, 1.0).as_millis();
        assert_eq!([longest(1), longest(2), longest(3)], [2000, 3000, 4500]);
        assert_eq!(longest(1000), 30_000);
        assert_eq!(policy.interval(1, 0.0).as_millis(), 1000);
        assert_eq!(policy.timeout, Duration::from_secs(30 * 60));
        let short = policy.initial_interval(Duration::ZERO);
        assert_eq!(short.interval(1, 0.0).as_millis(), 100);
        assert_eq!(short.interval(u32::MAX, 1.0).as_millis(), 100);
    }

    #[test]
    fn huge_intervals_do_not_overflow() {
        let endless = WaitPolicy::new()
            .initial_interval(Duration::MAX)
            .max_interval(Duration::MAX);
        assert!(endless.interval(u32::MAX, 1.0) > Duration::from_secs(1 << 60));
    }
}
