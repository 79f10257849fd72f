//! How often to look, and for how long.

use std::time::Duration;

/// How often a wait looks, and for how long.
///
/// For half an hour; two seconds lie between the first looks, half as many again between each two further ones,
/// and half a minute at most. Of each such interval up to half is left out at random,
/// so that many waiters do not come all at once.
///
/// ```
/// use std::time::Duration;
/// use deploystatus::WaitPolicy;
///
/// let patient = WaitPolicy::new().timeout(Duration::from_secs(7200)).longest_interval(Duration::from_secs(60));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitPolicy {
    first_interval: Duration,
    longest_interval: Duration,
    pub(super) timeout: Duration,
    pub(super) seed: Option<u64>,
}

impl WaitPolicy {
    /// What is described above.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            first_interval: Duration::from_secs(2),
            longest_interval: Duration::from_secs(30),
            timeout: Duration::from_secs(1800),
            seed: None,
        }
    }

    /// Lets at most this long pass between the first look and the second.
    ///
    /// However short, a tenth of a second lies between any two.
    #[must_use]
    pub const fn first_interval(mut self, interval: Duration) -> Self {
        self.first_interval = interval;
        self
    }

    /// Lets at most this long pass between any two looks, unless the server asks for more.
    #[must_use]
    pub const fn longest_interval(mut self, interval: Duration) -> Self {
        self.longest_interval = interval;
        self
    }

    /// Looks for the last time when this much time has passed; `Duration::MAX` waits without end.
    ///
    /// That last look may take ten seconds, and the wait that much longer. Zero looks once.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Draws the intervals from this number on, so that a test can be replayed.
    #[must_use]
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// How long to pause after this many looks.
    ///
    /// `draw` is the random part, from zero to one.
    pub(super) fn interval(self, polls: u32, draw: f64) -> Duration {
        let steps = polls.saturating_sub(1).min(100);
        let grown = self.first_interval.as_secs_f64() * 1.5_f64.powf(f64::from(steps));
        let longest = Duration::try_from_secs_f64(grown)
            .unwrap_or(self.longest_interval)
            .min(self.longest_interval);
        let interval = longest / 2 + (longest / 2).mul_f64(draw);
        interval.max(SHORTEST)
    }
}

const SHORTEST: Duration = Duration::from_millis(100);

impl Default for WaitPolicy {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_that_are_written() {
        let policy = WaitPolicy::new();
        let longest = |polls| policy.interval(polls, 1.0).as_millis();
        assert_eq!([longest(1), longest(2), longest(3)], [2000, 3000, 4500]);
        assert_eq!(longest(1000), 30_000);
        assert_eq!(policy.interval(1, 0.0).as_millis(), 1000);
        assert_eq!(policy.timeout, Duration::from_secs(30 * 60));
        let hasty = policy.first_interval(Duration::ZERO);
        assert_eq!(hasty.interval(1, 0.0).as_millis(), 100);
        assert_eq!(hasty.interval(u32::MAX, 1.0).as_millis(), 100);
    }

    #[test]
    fn no_policy_is_too_large_to_count_with() {
        let endless = WaitPolicy::new()
            .first_interval(Duration::MAX)
            .longest_interval(Duration::MAX);
        assert!(endless.interval(u32::MAX, 1.0) > Duration::from_secs(1 << 60));
    }
}
