//! The emulator's clock.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use crate::model::lock;

/// The clock of an emulator: the system's, a manual one, or Tokio's.
///
/// `Date`, `created_at` and the windows of the rate limits follow this clock.
/// Clones share one time.
#[derive(Clone, Debug)]
pub struct Clock {
    source: Source,
    offset: Arc<Mutex<SignedDuration>>,
}

#[derive(Clone, Copy, Debug)]
enum Source {
    System,
    Manual,
    Tokio(Instant),
}

impl Clock {
    /// Creates a clock that follows the system's.
    #[must_use]
    pub fn real() -> Clock {
        Clock::new(Source::System)
    }

    /// Creates a clock that stands still until it is set or advanced. It starts at 2026-01-01T00:00:00Z.
    #[must_use]
    pub fn manual() -> Clock {
        Clock::new(Source::Manual)
    }

    /// Creates a clock that follows Tokio's, also while that is paused. It starts at 2026-01-01T00:00:00Z.
    #[must_use]
    pub fn tokio() -> Clock {
        Clock::new(Source::Tokio(Instant::now()))
    }

    /// Sets the starting time.
    #[must_use]
    pub fn starting_at(self, time: Timestamp) -> Clock {
        self.set(time);
        self
    }

    /// Returns the current time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let offset = *lock(&self.offset);
        let now = self.source.now().saturating_add(offset);
        now.unwrap_or(Timestamp::MAX)
    }

    /// Sets the current time. A running clock continues from there.
    pub fn set(&self, time: Timestamp) {
        let offset = time.duration_since(self.source.now());
        *lock(&self.offset) = offset;
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
        let mut offset = lock(&self.offset);
        *offset = offset.saturating_add(by);
    }

    /// Returns the difference from the clock's source in milliseconds.
    pub(crate) fn offset_ms(&self) -> i64 {
        let offset = *lock(&self.offset);
        i64::try_from(offset.as_millis()).unwrap_or(i64::MAX)
    }

    /// Returns `true` if the clock moves by itself.
    pub(crate) fn is_running(&self) -> bool {
        !matches!(self.source, Source::Manual)
    }

    fn new(source: Source) -> Clock {
        Clock {
            source,
            offset: Arc::default(),
        }
    }
}

impl Source {
    fn now(self) -> Timestamp {
        match self {
            Source::System => Timestamp::now(),
            Source::Manual => START,
            Source::Tokio(origin) => START
                .saturating_add(SignedDuration::try_from(origin.elapsed()).unwrap_or_default())
                .unwrap_or(Timestamp::MAX),
        }
    }
}

/// 2026-01-01T00:00:00Z.
const START: Timestamp = Timestamp::constant(1_767_225_600, 0);

/// Returns the system time in microseconds, which orders events while the emulator's clock stands still.
pub(crate) fn order_now() -> i64 {
    Timestamp::now().as_microsecond()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manual_clock_moves_only_on_request() {
        let clock = Clock::manual();
        assert_eq!(clock.now().to_string(), "2026-01-01T00:00:00Z");
        clock.advance(Duration::from_secs(90));
        assert_eq!(clock.now().to_string(), "2026-01-01T00:01:30Z");
        let shared = clock.clone();
        shared.set("2024-02-29T12:00:00Z".parse().unwrap());
        assert_eq!(clock.now().to_string(), "2024-02-29T12:00:00Z");
    }

    #[test]
    fn real_clock_continues_after_being_set() {
        let start: Timestamp = "2028-03-10T00:00:00Z".parse().unwrap();
        let clock = Clock::real().starting_at(start);
        assert!(clock.now() >= start);
        assert!(clock.now().duration_since(start) < SignedDuration::from_hours(1));
    }
}
