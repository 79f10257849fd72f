//! The pace of a client within the limits of its server.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use super::gate::{Gate, add};
use crate::http::rate_limit::RateLimit;
use crate::http::response::Response;

/// The pace of a client and all its clones.
///
/// Defaults to GitHub's own limits: 100 concurrent requests, 80 creations per minute and 500 per hour.
/// At most five creations are under way at the same time, so that the others know of a rate limit that one meets.
/// Progress reports of rollouts use at most 80 % of the creations. These limits of creations never delay a final report.
/// If less than 5 % of the token's quota is left, the client spreads its requests over the time until the next period,
/// with pauses of at most 30 seconds.
/// With Enterprise Server, the limits of creations stay off until a response carries rate-limit headers.
/// Most Enterprise Servers send none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Pacing {
    is_on: bool,
    max_concurrent: u16,
    creations_per_minute: u16,
    creations_per_hour: u16,
}

impl Pacing {
    /// Creates a pacing with GitHub's limits.
    pub const fn new() -> Self {
        Self {
            is_on: true,
            max_concurrent: 100,
            creations_per_minute: 80,
            creations_per_hour: 500,
        }
    }

    /// Creates a pacing without limits, for servers without rate limits.
    pub const fn off() -> Self {
        let mut pacing = Self::new();
        pacing.is_on = false;
        pacing
    }

    /// Sets the maximum number of concurrent requests. Zero is treated as one. Defaults to 100.
    pub const fn max_concurrent(mut self, requests: u16) -> Self {
        self.max_concurrent = if requests == 0 { 1 } else { requests };
        self
    }

    /// Sets the maximum number of creations per minute. Zero is treated as one. Defaults to 80.
    pub const fn creations_per_minute(mut self, creations: u16) -> Self {
        self.creations_per_minute = if creations == 0 { 1 } else { creations };
        self
    }

    /// Sets the maximum number of creations per hour. Zero is treated as one. Defaults to 500.
    pub const fn creations_per_hour(mut self, creations: u16) -> Self {
        self.creations_per_hour = if creations == 0 { 1 } else { creations };
        self
    }

    /// Returns the limits that apply to creations of this priority.
    const fn share(mut self, priority: Priority) -> Self {
        if matches!(priority, Priority::Progress) {
            self = self
                .creations_per_minute(self.creations_per_minute / 5 * 4)
                .creations_per_hour(self.creations_per_hour / 5 * 4);
        }
        self
    }
}

impl Default for Pacing {
    fn default() -> Self {
        Self::new()
    }
}

/// Priority of a creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Priority {
    /// A progress report, which may use 80 % of the budget.
    Progress,
    /// Any other status.
    Normal,
    /// The final report of a rollout, which the budget never delays.
    Final,
}

/// The budget that all clones of a client share.
#[derive(Debug)]
pub(crate) struct Pacer {
    pacing: Pacing,
    permits: Semaphore,
    pub(crate) reads: Gate,
    pub(crate) creations: Gate,
    budget: Mutex<Budget>,
}

#[derive(Debug)]
struct Budget {
    has_limits: bool,
    /// Times of the newest past and reserved creations, at most as many as the limit of an hour.
    creations: VecDeque<Instant>,
    quota: Option<Quota>,
}

#[derive(Clone, Copy, Debug)]
struct Quota {
    limit: RateLimit,
    resets: Instant,
}

/// A reserved creation. Dropping it returns it to the budget, unless the request may have been sent.
#[derive(Debug)]
pub(crate) struct Slot<'a> {
    pacer: &'a Pacer,
    at: Instant,
    is_counted: bool,
    is_used: bool,
}

impl Slot<'_> {
    /// Returns the time to wait before the request may be sent.
    pub(crate) fn pause(&self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }

    /// Returns `true` if the server limits creations, so that only a few may be sent at the same time.
    pub(crate) fn is_limited(&self) -> bool {
        self.is_counted
    }

    /// Marks the slot as used. Called before the request is sent.
    pub(crate) fn set_used(&mut self) {
        self.is_used = true;
    }

    /// Counts a creation that was sent before the server was known to have limits.
    pub(crate) fn count(&mut self) {
        if self.pacer.pacing.is_on && !self.is_counted {
            self.is_counted = true;
            self.pacer.budget().count(self.pacer.pacing, self.at);
        }
    }

    /// Returns the slot to the budget, because nothing was sent.
    pub(crate) fn give_back(mut self) {
        self.is_used = false;
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        if self.is_counted && !self.is_used {
            let mut budget = self.pacer.budget();
            if let Some(index) = budget.creations.iter().rposition(|at| *at == self.at) {
                budget.creations.remove(index);
            }
        }
    }
}

impl Pacer {
    pub(crate) fn new(pacing: Pacing, has_limits: bool) -> Self {
        Self {
            pacing,
            permits: Semaphore::new(usize::from(pacing.max_concurrent)),
            reads: Gate::new(),
            creations: Gate::new(),
            budget: Mutex::new(Budget {
                has_limits,
                creations: VecDeque::new(),
                quota: None,
            }),
        }
    }

    /// Waits for a permit to send one request, or returns `None` if pacing is off.
    pub(crate) async fn permit(&self) -> Option<SemaphorePermit<'_>> {
        if !self.pacing.is_on {
            return None;
        }
        self.permits.acquire().await.ok()
    }

    /// Returns the pause before the next request, if little of the quota is left.
    pub(crate) fn quota_pause(&self) -> Duration {
        if !self.pacing.is_on {
            return Duration::ZERO;
        }
        self.budget().quota_pause(Instant::now())
    }

    /// Returns the time until the limits permit a progress report. Nothing is reserved.
    pub(crate) fn progress_pause(&self) -> Duration {
        let budget = self.budget();
        if !self.pacing.is_on || !budget.has_limits {
            return Duration::ZERO;
        }
        let now = Instant::now();
        let next = budget.next_creation(self.pacing.share(Priority::Progress), now);
        next.saturating_duration_since(now)
    }

    /// Reserves the next creation within the limits, or returns its wait if that exceeds `time_left`.
    pub(crate) fn reserve(
        &self,
        priority: Priority,
        time_left: Duration,
    ) -> Result<Slot<'_>, Duration> {
        let now = Instant::now();
        let mut budget = self.budget();
        let is_counted = self.pacing.is_on && budget.has_limits;
        let at = if is_counted && priority != Priority::Final {
            budget.next_creation(self.pacing.share(priority), now)
        } else {
            now
        };
        let wait = at.saturating_duration_since(now);
        if wait > time_left {
            return Err(wait);
        }
        if is_counted {
            budget.count(self.pacing, at);
        }
        Ok(Slot {
            pacer: self,
            at,
            is_counted,
            is_used: false,
        })
    }

    /// Reads the rate limit of a response. A used-up quota closes both gates until the next period.
    pub(crate) fn observe(&self, response: &Response) {
        let Some(limit) = RateLimit::read(response) else {
            return;
        };
        let left = limit.time_left(response);
        let mut budget = self.budget();
        budget.has_limits = true;
        budget.quota = Some(Quota {
            limit,
            resets: add(response.received, left),
        });
        drop(budget);
        if limit.remaining == 0 && self.pacing.is_on {
            self.reads.close(left, None);
            self.creations.close(left, None);
        }
    }

    pub(crate) fn rate_limit(&self) -> Option<RateLimit> {
        self.budget().quota.map(|quota| quota.limit)
    }

    fn budget(&self) -> MutexGuard<'_, Budget> {
        self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// One second longer than the server's periods, because the time that a request takes to reach the server varies.
pub(crate) const MINUTE: Duration = Duration::from_secs(61);
const HOUR: Duration = Duration::from_secs(3601);

/// The longest pause while some quota is left.
const MAX_QUOTA_PAUSE: Duration = Duration::from_secs(30);

impl Budget {
    fn count(&mut self, pacing: Pacing, at: Instant) {
        let index = self.creations.partition_point(|other| *other <= at);
        self.creations.insert(index, at);
        if self.creations.len() > usize::from(pacing.creations_per_hour) {
            self.creations.pop_front();
        }
    }

    /// Returns the earliest time at which one more creation stays within both limits.
    fn next_creation(&self, pacing: Pacing, now: Instant) -> Instant {
        let after = |count: u16, period| {
            let index = self.creations.len().checked_sub(usize::from(count))?;
            Some(*self.creations.get(index)? + period)
        };
        let minute = after(pacing.creations_per_minute, MINUTE);
        let hour = after(pacing.creations_per_hour, HOUR);
        now.max(minute.unwrap_or(now)).max(hour.unwrap_or(now))
    }

    /// Returns the pause that spreads the rest of the quota, if little is left.
    fn quota_pause(&mut self, now: Instant) -> Duration {
        let Some(quota) = &mut self.quota else {
            return Duration::ZERO;
        };
        let left = quota.resets.saturating_duration_since(now);
        let remaining = quota.limit.remaining;
        let is_plenty = remaining.saturating_mul(20) >= quota.limit.limit;
        if left.is_zero() || is_plenty || remaining == 0 {
            return Duration::ZERO;
        }
        quota.limit.remaining -= 1;
        (left / u32::try_from(remaining).unwrap_or(u32::MAX)).min(MAX_QUOTA_PAUSE)
    }
}
