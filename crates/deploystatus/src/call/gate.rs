//! The gate that closes after the server has reported a rate limit.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{MutexGuard, Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep, timeout};

use super::delay::Delay;
use super::retry::{Effect, Failure, Retry, Run};
use crate::error::rejection::Rejection;
use crate::error::{Error, Limit};

/// A gate for requests of one kind.
///
/// After a rate limit, the gate stays closed until the time that the server named, plus a random delay.
/// Then requests pass one at a time, until one succeeds at least a minute after the end of the limit.
/// A burst would exceed the limit again, and GitHub can ban clients that keep sending while they are limited.
#[derive(Debug)]
pub(crate) struct Gate {
    closed: Mutex<Option<Closed>>,
    turn: tokio::sync::Mutex<()>,
    few: Semaphore,
}

/// Maximum number of concurrent requests that [`Gate::pass_among_few`] lets pass.
///
/// Requests that are sent before the first response cannot know of a rate limit that it reports.
/// With GitHub's 80 creations per minute, this many are enough unless the server needs several seconds for each.
const FEW: usize = 5;

#[derive(Clone, Debug)]
struct Closed {
    until: Instant,
    rejection: Option<Rejection>,
}

/// The right to send one request. While it exists, no other request passes a closed gate.
pub(crate) struct Passage<'a> {
    pub(super) gate: &'a Gate,
    _turn: Option<MutexGuard<'a, ()>>,
    _permit: Option<SemaphorePermit<'a>>,
}

impl Gate {
    pub(crate) fn new() -> Self {
        Self {
            closed: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
            few: Semaphore::new(FEW),
        }
    }

    /// Closes the gate for this time.
    pub(crate) fn close(&self, wait: Duration, rejection: Option<Rejection>) {
        let until = add(Instant::now(), wait);
        let mut closed = self.lock();
        if closed.as_ref().is_none_or(|closed| closed.until < until) {
            *closed = Some(Closed { until, rejection });
        }
    }

    /// Opens the gate after a successful request if the limit ended at least a minute ago.
    pub(crate) fn succeeded(&self) {
        let mut closed = self.lock();
        let is_past = |closed: &Closed| closed.until.elapsed() >= SECONDARY_LIMIT_PERIOD;
        if closed.as_ref().is_some_and(is_past) {
            *closed = None;
        }
    }

    /// Waits until a request may be sent, as one of a few at the same time.
    pub(crate) async fn pass_among_few(&self, run: &mut Run) -> Result<Passage<'_>, Failure> {
        if !self.check(run)? {
            // A request that cannot wait any longer is sent nevertheless, because no limit forbids it.
            let permit = timeout(run.time_left(), self.few.acquire()).await;
            if !self.check(run)? {
                return Ok(self.passage(None, permit.ok().and_then(Result::ok)));
            }
        }
        self.pass(run).await
    }

    /// Waits until a request may be sent.
    pub(crate) async fn pass(&self, run: &mut Run) -> Result<Passage<'_>, Failure> {
        if !self.check(run)? {
            return Ok(self.passage(None, None));
        }
        let waiting = timeout(run.time_left(), self.turn.lock());
        let Ok(turn) = waiting.await else {
            return Err(self.too_long());
        };
        if !self.check(run)? {
            return Ok(self.passage(None, None));
        }
        let wait = self.wait();
        if !wait.is_zero() {
            run.notify(&Delay::RateLimit { wait });
            sleep(wait.saturating_add(jitter(wait, run.draw()))).await;
        }
        Ok(self.passage(Some(turn), None))
    }

    /// Returns `true` if the gate is closed, or an error if it stays closed for longer than the policy permits.
    fn check(&self, run: &Run) -> Result<bool, Failure> {
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

    /// Creates the failure for a wait that is longer than the policy of a call permits.
    fn too_long(&self) -> Failure {
        let wait = self.wait();
        let closed = self.lock();
        let rejection = closed.as_ref().and_then(|closed| closed.rejection.clone());
        Failure {
            error: Error::rate_limited(Limit::after(wait, rejection)),
            retry: Retry::After(wait),
            effect: Effect::None,
        }
    }

    fn passage<'a>(
        &'a self,
        turn: Option<MutexGuard<'a, ()>>,
        permit: Option<SemaphorePermit<'a>>,
    ) -> Passage<'a> {
        Passage {
            gate: self,
            _turn: turn,
            _permit: permit,
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Closed>> {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The period of GitHub's secondary limits.
const SECONDARY_LIMIT_PERIOD: Duration = Duration::from_secs(60);

/// Returns a random delay, so that clients that were limited at the same time do not continue at the same time.
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
