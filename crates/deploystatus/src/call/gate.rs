//! The gate that closes after the server has reported a rate limit.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::delay::Delay;
use super::retry::Run;
use crate::error::rejection::Rejection;

/// A gate for requests of one kind.
///
/// After a rate limit it is closed until the time that the server named, and a random delay longer.
/// Then requests pass one by one, until one of them succeeds a minute or more after the limit has ended.
/// A burst would only meet the limit again, and GitHub can ban clients that continue while they are limited.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    closed: Mutex<Option<Closed>>,
    turn: tokio::sync::Mutex<()>,
}

#[derive(Clone, Debug)]
struct Closed {
    until: Instant,
    rejection: Option<Box<Rejection>>,
}

/// The right to send one request. While it exists, no other request passes a closed gate.
pub(crate) struct Passage<'a> {
    _turn: Option<tokio::sync::MutexGuard<'a, ()>>,
}

/// A wait that is longer than the policy of a call permits.
pub(crate) struct TooLong {
    pub(crate) wait: Duration,
    pub(crate) rejection: Option<Box<Rejection>>,
}

impl Gate {
    /// Closes the gate for this time.
    pub(crate) fn close(&self, wait: Duration, rejection: Option<Rejection>) {
        let until = add(Instant::now(), wait);
        let mut closed = self.lock();
        if closed.as_ref().is_none_or(|closed| closed.until < until) {
            *closed = Some(Closed {
                until,
                rejection: rejection.map(Box::new),
            });
        }
    }

    /// Notes that a request has succeeded, which opens the gate if the limit ended long enough ago.
    pub(crate) fn succeeded(&self) {
        let mut closed = self.lock();
        let calm = |closed: &Closed| closed.until.elapsed() >= CALM;
        if closed.as_ref().is_some_and(calm) {
            *closed = None;
        }
    }

    /// Waits until a request may be sent.
    pub(crate) async fn pass(&self, run: &mut Run) -> Result<Passage<'_>, TooLong> {
        if !self.check(run)? {
            return Ok(Passage { _turn: None });
        }
        let waiting = timeout(run.time_left(), self.turn.lock());
        let Ok(turn) = waiting.await else {
            return Err(self.too_long());
        };
        if !self.check(run)? {
            return Ok(Passage { _turn: None });
        }
        let wait = self.wait();
        if !wait.is_zero() {
            run.notify(&Delay::RateLimit { wait });
            sleep(wait.saturating_add(jitter(wait, run.draw()))).await;
        }
        Ok(Passage { _turn: Some(turn) })
    }

    /// Returns `true` if the gate is closed, or an error if the policy does not permit to wait for it.
    fn check(&self, run: &Run) -> Result<bool, TooLong> {
        let is_closed = self.lock().is_some();
        if is_closed && !run.permits(self.wait()) {
            return Err(self.too_long());
        }
        Ok(is_closed)
    }

    fn wait(&self) -> Duration {
        let now = Instant::now();
        let closed = self.lock();
        closed.as_ref().map_or(Duration::ZERO, |closed| {
            closed.until.saturating_duration_since(now)
        })
    }

    fn too_long(&self) -> TooLong {
        let rejection = self
            .lock()
            .as_ref()
            .and_then(|closed| closed.rejection.clone());
        TooLong {
            wait: self.wait(),
            rejection,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Closed>> {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The period of GitHub's secondary limits.
const CALM: Duration = Duration::from_secs(60);

/// Returns a random delay, so that clients which were stopped together do not continue together.
fn jitter(wait: Duration, draw: f64) -> Duration {
    (wait / 10)
        .clamp(Duration::from_millis(500), Duration::from_secs(10))
        .mul_f64(draw)
}

const FAR: Duration = Duration::from_secs(30 * 365 * 24 * 3600);

/// Adds a duration that a server chose, without overflow.
pub(crate) fn add(instant: Instant, duration: Duration) -> Instant {
    instant.checked_add(duration).unwrap_or(instant + FAR)
}
