//! The emulator's own time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// The time an emulator lives in: the machine's, one that stands still, or tokio's.
///
/// Everything follows it: `Date`, `created_at`, rate limit windows and resets.
/// Clones show the same time.
#[derive(Clone, Debug)]
pub struct Clock {
    face: Face,
    shift: Arc<Mutex<SignedDuration>>,
}

#[derive(Clone, Copy, Debug)]
enum Face {
    Real,
    Manual,
    Tokio(Instant),
}

impl Clock {
    /// A clock that runs with the machine's.
    #[must_use]
    pub fn real() -> Clock {
        Clock::new(Face::Real)
    }

    /// A clock that stands still until it is set or advanced; it begins at 2026-01-01T00:00:00Z.
    #[must_use]
    pub fn manual() -> Clock {
        Clock::new(Face::Manual)
    }

    /// A clock that runs with tokio's, so that paused time is paused here too; it begins at 2026-01-01T00:00:00Z.
    #[must_use]
    pub fn tokio() -> Clock {
        Clock::new(Face::Tokio(Instant::now()))
    }

    /// Begins at this time instead.
    #[must_use]
    pub fn starting_at(self, time: Timestamp) -> Clock {
        self.set(time);
        self
    }

    /// What the clock shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let shift = *self.shift.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock pushed past the end of the calendar stops there.
        self.face
            .time()
            .saturating_add(shift)
            .unwrap_or(Timestamp::MAX)
    }

    /// Sets what the clock shows; a running clock runs on from there.
    pub fn set(&self, time: Timestamp) {
        let shift = time.duration_since(self.face.time());
        *self.shift.lock().unwrap_or_else(PoisonError::into_inner) = shift;
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
        let mut shift = self.shift.lock().unwrap_or_else(PoisonError::into_inner);
        *shift = shift.saturating_add(by);
    }

    fn new(face: Face) -> Clock {
        Clock {
            face,
            shift: Arc::default(),
        }
    }
}

impl Face {
    fn time(self) -> Timestamp {
        match self {
            Face::Real => Timestamp::now(),
            Face::Manual => beginning(),
            Face::Tokio(origin) => beginning()
                .saturating_add(SignedDuration::try_from(origin.elapsed()).unwrap_or_default())
                .unwrap_or(Timestamp::MAX),
        }
    }
}

/// 2026-01-01T00:00:00Z.
fn beginning() -> Timestamp {
    Timestamp::constant(1_767_225_600, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_begins_in_2026_and_moves_only_when_told() {
        let clock = Clock::manual();
        assert_eq!(clock.now().to_string(), "2026-01-01T00:00:00Z");
        clock.advance(Duration::from_secs(90));
        assert_eq!(clock.now().to_string(), "2026-01-01T00:01:30Z");
        let shared = clock.clone();
        shared.set("2024-02-29T12:00:00Z".parse().unwrap());
        assert_eq!(clock.now().to_string(), "2024-02-29T12:00:00Z");
    }

    #[test]
    fn a_real_clock_can_be_set_and_runs_on() {
        let start: Timestamp = "2028-03-10T00:00:00Z".parse().unwrap();
        let clock = Clock::real().starting_at(start);
        assert!(clock.now() >= start);
        assert!(clock.now().duration_since(start) < SignedDuration::from_hours(1));
    }
}
