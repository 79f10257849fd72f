//! The policy of a wait.

use std::time::Duration;

/// The intervals and the timeout of a wait.
///
/// Defaults to a timeout of 30 minutes. The interval between the first two polls is at most 2 seconds.
/// It doubles with each poll, to at most 15 seconds, and starts again at 2 seconds after a poll with a new status.
/// Each interval is shortened at random by up to half, so that many waiting clients do not poll at the same time.
///
/// A wait makes at most 8 polls per minute, so that a hundred waits stay within the 900 requests per minute
/// that GitHub permits. Setting an interval removes this limit.
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
#[must_use]
pub struct WaitPolicy {
    initial_interval: Duration,
    max_interval: Duration,
    is_limited: bool,
    pub(super) timeout: Duration,
    pub(super) seed: Option<u64>,
}

impl WaitPolicy {
    /// Creates the default policy.
    pub const fn new() -> Self {
        Self {
            initial_interval: Duration::from_secs(2),
            max_interval: Duration::from_secs(15),
            is_limited: true,
            timeout: Duration::from_secs(1800),
            seed: None,
        }
    }

    /// Sets the interval after the first poll and after a new status (at least 100 ms). Defaults to 2 seconds.
    pub const fn initial_interval(mut self, interval: Duration) -> Self {
        self.is_limited = false;
        self.initial_interval = interval;
        self
    }

    /// Sets the maximum interval between two polls. Defaults to 15 seconds.
    ///
    /// The interval is longer if the server asks for a longer wait.
    pub const fn max_interval(mut self, interval: Duration) -> Self {
        self.is_limited = false;
        self.max_interval = interval;
        self
    }

    /// Sets the time after which the last poll starts. Defaults to 30 minutes.
    ///
    /// The last poll may take another 10 seconds. A timeout of zero polls once, and `Duration::MAX` waits without limit.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the seed of the random intervals, for reproducible tests.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Returns the interval after this number of polls without a new status.
    ///
    /// `draw` is the random part, between zero and one.
    pub(super) fn interval(self, unchanged: u32, draw: f64) -> Duration {
        let grown =
            self.initial_interval.as_secs_f64() * 2_f64.powi(unchanged.min(100).cast_signed());
        let longest = Duration::try_from_secs_f64(grown)
            .unwrap_or(self.max_interval)
            .min(self.max_interval);
        let interval = longest / 2 + (longest / 2).mul_f64(draw);
        interval.max(MIN_INTERVAL)
    }

    /// Returns the number of polls that a wait may make per minute, or `None` if there is no limit.
    pub(super) fn polls_per_minute(self) -> Option<usize> {
        self.is_limited.then_some(POLLS_PER_MINUTE)
    }
}

/// GitHub permits 900 requests per minute. The rest of them is for the requests that follow the last poll.
const POLLS_PER_MINUTE: usize = 8;

const MIN_INTERVAL: Duration = Duration::from_millis(100);

impl Default for WaitPolicy {
    fn default() -> Self {
        Self::new()
    }
}
