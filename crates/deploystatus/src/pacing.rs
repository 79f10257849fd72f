//! How fast one client goes, so that a server need not slow it down.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use crate::RateLimit;
use crate::reply::Reply;

/// How much one client and all its clones send.
///
/// GitHub takes at most 100 requests at a time, 80 creations a minute and 500 an hour, and so does a client.
/// When less than a twentieth of the quota is left, the rest is spread over the time until the next period,
/// with pauses of at most half a minute.
/// All of it is off while nothing tells that the server has limits, which most Enterprise Servers do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pacing {
    on: bool,
    at_once: u16,
    creations_per_minute: u16,
    creations_per_hour: u16,
}

impl Pacing {
    /// GitHub's own limits, where there are limits.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            on: true,
            at_once: 100,
            creations_per_minute: 80,
            creations_per_hour: 500,
        }
    }

    /// As fast as it goes, for servers without limits and for those who pace themselves.
    #[must_use]
    pub const fn off() -> Self {
        let mut pacing = Self::new();
        pacing.on = false;
        pacing
    }

    /// Sends at most this many requests at a time; zero counts as one.
    #[must_use]
    pub const fn at_once(mut self, requests: u16) -> Self {
        self.at_once = if requests == 0 { 1 } else { requests };
        self
    }

    /// Sends at most this many creations in any minute; zero counts as one.
    #[must_use]
    pub const fn creations_per_minute(mut self, creations: u16) -> Self {
        self.creations_per_minute = if creations == 0 { 1 } else { creations };
        self
    }

    /// Sends at most this many creations in any hour; zero counts as one.
    #[must_use]
    pub const fn creations_per_hour(mut self, creations: u16) -> Self {
        self.creations_per_hour = if creations == 0 { 1 } else { creations };
        self
    }
}

impl Default for Pacing {
    fn default() -> Self {
        Self::new()
    }
}

/// The budget that all clones of a client share.
#[derive(Debug)]
pub(crate) struct Pacer {
    pacing: Pacing,
    places: Semaphore,
    seen: Mutex<Seen>,
}

/// A creation that may be sent at its moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Booked {
    moment: Instant,
    counted: bool,
}

impl Booked {
    pub(crate) fn pause(self, now: Instant) -> Duration {
        self.moment.saturating_duration_since(now)
    }
}

#[derive(Debug)]
struct Seen {
    has_limits: bool,
    /// When the newest creations were sent or are going to be, as many as fit into an hour.
    creations: VecDeque<Instant>,
    quota: Option<Quota>,
}

#[derive(Clone, Copy, Debug)]
struct Quota {
    told: RateLimit,
    resets: Instant,
}

impl Pacer {
    pub(crate) fn new(pacing: Pacing, has_limits: bool) -> Self {
        Self {
            pacing,
            places: Semaphore::new(usize::from(pacing.at_once)),
            seen: Mutex::new(Seen {
                has_limits,
                creations: VecDeque::new(),
                quota: None,
            }),
        }
    }

    /// A place among the requests that are under way, or nothing when they are not counted.
    pub(crate) async fn place(&self) -> Option<SemaphorePermit<'_>> {
        if !self.is_on() {
            return None;
        }
        self.places.acquire().await.ok()
    }

    /// How long to hold back, when little is left of the quota, so that it lasts until the next period.
    pub(crate) fn slowing(&self, now: Instant) -> Duration {
        if self.is_on() {
            self.seen().spread(now)
        } else {
            Duration::ZERO
        }
    }

    /// Books the next moment for a creation, or tells how far away it would be.
    pub(crate) fn before_creating(
        &self,
        now: Instant,
        has_time_for: impl FnOnce(Duration) -> bool,
    ) -> Result<Booked, Duration> {
        let mut seen = self.seen();
        if !self.pacing.on || !seen.has_limits {
            return Ok(Booked {
                moment: now,
                counted: false,
            });
        }
        let moment = seen.next_creation(self.pacing, now);
        let pause = moment - now;
        if !pause.is_zero() && !has_time_for(pause) {
            return Err(pause);
        }
        seen.count(self.pacing, moment);
        Ok(Booked {
            moment,
            counted: true,
        })
    }

    /// Counts a creation that was sent before there were known to be limits, unless a limit refused it.
    pub(crate) fn after_creating(&self, booked: Booked, was_refused: bool) {
        if self.pacing.on && !booked.counted && !was_refused {
            self.seen().count(self.pacing, booked.moment);
        }
    }

    /// Learns from what an answer tells.
    pub(crate) fn observe(&self, reply: &Reply) {
        let Some(told) = RateLimit::read(reply) else {
            return;
        };
        let left = told.reset.duration_since(reply.server_time());
        let mut seen = self.seen();
        seen.has_limits = true;
        seen.quota = Some(Quota {
            told,
            resets: reply.received + Duration::try_from(left).unwrap_or_default(),
        });
    }

    pub(crate) fn rate_limit(&self) -> Option<RateLimit> {
        self.seen().quota.map(|quota| quota.told)
    }

    fn is_on(&self) -> bool {
        self.pacing.on && self.seen().has_limits
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// A second more than the server counts, because requests take different times to get there.
const MINUTE: Duration = Duration::from_secs(61);
const HOUR: Duration = Duration::from_secs(3601);

/// Whoever has something to say about a deployment should not wait longer than this for quota that is still there.
const SLOWEST: Duration = Duration::from_secs(30);

impl Seen {
    fn count(&mut self, pacing: Pacing, moment: Instant) {
        let place = self.creations.partition_point(|other| *other <= moment);
        self.creations.insert(place, moment);
        if self.creations.len() > usize::from(pacing.creations_per_hour) {
            self.creations.pop_front();
        }
    }

    /// The first moment at which one more creation keeps within both limits.
    fn next_creation(&self, pacing: Pacing, now: Instant) -> Instant {
        let after = |count: u16, period| {
            let back = self.creations.len().checked_sub(usize::from(count))?;
            Some(*self.creations.get(back)? + period)
        };
        let minute = after(pacing.creations_per_minute, MINUTE);
        let hour = after(pacing.creations_per_hour, HOUR);
        now.max(minute.unwrap_or(now)).max(hour.unwrap_or(now))
    }

    /// The pause that spreads what is left of the quota, when that is little.
    fn spread(&mut self, now: Instant) -> Duration {
        let Some(quota) = &mut self.quota else {
            return Duration::ZERO;
        };
        let left = quota.resets.saturating_duration_since(now);
        let remaining = quota.told.remaining;
        if left.is_zero() || remaining.saturating_mul(20) >= quota.told.limit || remaining == 0 {
            return Duration::ZERO;
        }
        quota.told.remaining -= 1;
        (left / u32::try_from(remaining).unwrap_or(u32::MAX)).min(SLOWEST)
    }
}
