//! Counting of requests against the rate limits.

use std::collections::{HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

use crate::limits::{Limits, SecondaryLimits};
use crate::operation::Operation;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// How much of the primary limit is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) limit: u64,
    pub(crate) used: u64,
    pub(crate) reset: Timestamp,
}

/// The request is one too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Excess {
    Primary,
    Secondary { retry_after: SignedDuration },
}

/// What every actor has used, in windows that follow the emulator's clock.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    limits: Limits,
    /// By login; the anonymous are one.
    accounts: HashMap<Option<String>, Account>,
}

#[derive(Debug, Default)]
struct Account {
    hour: Option<(Timestamp, u64)>,
    under_way: usize,
    points: HashMap<Operation, VecDeque<(Timestamp, u64)>>,
    creations: VecDeque<Timestamp>,
}

impl Meter {
    pub(crate) fn new(limits: Limits) -> Meter {
        Meter {
            limits,
            accounts: HashMap::new(),
        }
    }

    /// Begins all windows anew.
    pub(crate) fn forget(&mut self) {
        self.accounts.clear();
    }

    /// What the account has left; none on servers that do not limit.
    pub(crate) fn reading(&self, login: Option<&str>, now: Timestamp) -> Option<Reading> {
        let limit = self.limits.hourly(login.is_some());
        let Some(limit) = limit else {
            // Answers tell a limit even where the emulator does not enforce it.
            return self.limits.announced(login.is_some()).map(|limit| Reading {
                limit,
                used: 1,
                reset: later(now, HOUR),
            });
        };
        let account = self.accounts.get(&login.map(str::to_owned));
        let hour = account.and_then(|it| it.hour).filter(|(end, _)| *end > now);
        let (reset, used) = hour.unwrap_or((later(now, HOUR), 0));
        Some(Reading { limit, used, reset })
    }

    /// Counts a request, unless it is one too many.
    ///
    /// Each counted request must be followed by [`finish`](Self::finish).
    pub(crate) fn begin(
        &mut self,
        login: Option<&str>,
        operation: Option<Operation>,
        writes: bool,
        now: Timestamp,
    ) -> Result<(), Excess> {
        let hourly = self.limits.hourly(login.is_some());
        let account = self.accounts.entry(login.map(str::to_owned)).or_default();
        if let Some(limit) = hourly {
            let (_, used) = account.this_hour(now);
            if *used >= limit {
                return Err(Excess::Primary);
            }
        }
        if let (Some(secondary), Some(operation)) = (self.limits.secondary, operation) {
            account.check(&secondary, operation, writes, now)?;
        }
        if hourly.is_some() {
            account.this_hour(now).1 += 1;
        }
        account.under_way += 1;
        Ok(())
    }

    /// Ends a request that was counted; a free one is given back.
    pub(crate) fn finish(&mut self, login: Option<&str>, free: bool) {
        let Some(account) = self.accounts.get_mut(&login.map(str::to_owned)) else {
            return;
        };
        account.under_way = account.under_way.saturating_sub(1);
        if let (true, Some((_, used))) = (free, &mut account.hour) {
            *used = used.saturating_sub(1);
        }
    }
}

impl Account {
    fn this_hour(&mut self, now: Timestamp) -> &mut (Timestamp, u64) {
        if self.hour.is_some_and(|(end, _)| end <= now) {
            self.hour = None;
        }
        self.hour.get_or_insert((later(now, HOUR), 0))
    }

    fn check(
        &mut self,
        limits: &SecondaryLimits,
        operation: Operation,
        writes: bool,
        now: Timestamp,
    ) -> Result<(), Excess> {
        if self.under_way >= limits.concurrent {
            return Err(Excess::Secondary {
                retry_after: MINUTE,
            });
        }
        let cost = if writes { 5 } else { 1 };
        let points = self.points.entry(operation).or_default();
        while points
            .front()
            .is_some_and(|(at, _)| later(*at, MINUTE) <= now)
        {
            points.pop_front();
        }
        let spent: u64 = points.iter().map(|(_, cost)| cost).sum();
        if spent + cost > limits.points_per_minute {
            let first = points.front().map_or(now, |(at, _)| *at);
            return Err(until(later(first, MINUTE), now));
        }
        if operation.creates() {
            self.check_creation(limits, now)?;
        }
        let points = self.points.entry(operation).or_default();
        points.push_back((now, cost));
        Ok(())
    }

    fn check_creation(&mut self, limits: &SecondaryLimits, now: Timestamp) -> Result<(), Excess> {
        let creations = &mut self.creations;
        while creations.front().is_some_and(|at| later(*at, HOUR) <= now) {
            creations.pop_front();
        }
        for (window, most) in [
            (MINUTE, limits.creations_per_minute),
            (HOUR, limits.creations_per_hour),
        ] {
            let recent = creations.iter().filter(|at| later(**at, window) > now);
            if recent.clone().count() >= most {
                let first = recent.min().copied().unwrap_or(now);
                return Err(until(later(first, window), now));
            }
        }
        creations.push_back(now);
        Ok(())
    }
}

fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.saturating_add(by).unwrap_or(Timestamp::MAX)
}

fn until(end: Timestamp, now: Timestamp) -> Excess {
    Excess::Secondary {
        retry_after: end.duration_since(now),
    }
}
