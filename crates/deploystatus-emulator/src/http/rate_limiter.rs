//! Counting of requests against the rate limits.

use std::collections::{HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

use crate::model::limits::{Limits, SecondaryLimits};
use crate::model::operation::Operation;
use crate::model::profile::Profile;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// The state of an account's primary limit, as the `X-RateLimit-*` headers report it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RateLimit {
    pub(crate) limit: u64,
    pub(crate) used: u64,
    pub(crate) reset: Timestamp,
}

impl RateLimit {
    pub(crate) fn remaining(&self) -> u64 {
        self.limit.saturating_sub(self.used)
    }
}

/// The limit that a request exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exceeded {
    Primary,
    Secondary { retry_after: SignedDuration },
}

/// Cost of a finished request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cost {
    Counted,
    /// A conditional request without news does not count.
    Free,
}

/// The requests of every account, in windows on the emulator's clock.
#[derive(Debug, Default)]
pub(crate) struct RateLimiter {
    limits: Limits,
    /// Enterprise Servers send no rate-limit headers by default.
    is_silent: bool,
    accounts: HashMap<String, Account>,
    /// All clients without a token share one account.
    anonymous: Account,
}

#[derive(Debug, Default)]
struct Account {
    window: Option<Window>,
    concurrent: usize,
    points: HashMap<Operation, VecDeque<(Timestamp, u64)>>,
    creations: VecDeque<Timestamp>,
}

/// One hour of the primary limit.
#[derive(Clone, Copy, Debug)]
struct Window {
    end: Timestamp,
    used: u64,
}

impl RateLimiter {
    pub(crate) fn new(limits: Limits, profile: Profile) -> RateLimiter {
        RateLimiter {
            limits,
            is_silent: profile.is_enterprise(),
            accounts: HashMap::new(),
            anonymous: Account::default(),
        }
    }

    /// Forgets all counted requests.
    pub(crate) fn clear(&mut self) {
        self.accounts = HashMap::new();
        self.anonymous = Account::default();
    }

    /// Returns the primary limit of an account, or `None` on servers without rate limits.
    pub(crate) fn current(&mut self, login: Option<&str>, now: Timestamp) -> Option<RateLimit> {
        let enforced = self.limits.primary;
        if enforced.is_none() && self.is_silent {
            return None;
        }
        let limit = enforced.unwrap_or_default().hourly(login);
        // Clients wait when nothing remains, which makes sense only if the limit is enforced.
        let max_used = match enforced {
            Some(_) => limit,
            None => limit.saturating_sub(1),
        };
        let window = self.account(login).window(now);
        Some(RateLimit {
            limit,
            used: window.used.min(max_used),
            reset: window.end,
        })
    }

    /// Counts the start of a request, or refuses it. [`finish`](Self::finish) must follow each counted request.
    pub(crate) fn start(
        &mut self,
        login: Option<&str>,
        operation: Operation,
        now: Timestamp,
    ) -> Result<(), Exceeded> {
        let hourly = self.limits.primary.map(|it| it.hourly(login));
        let secondary = self.limits.secondary;
        let account = self.account(login);
        let used = account.window(now).used;
        if hourly.is_some_and(|limit| used >= limit) {
            return Err(Exceeded::Primary);
        }
        if let Some(secondary) = secondary {
            account.check(&secondary, operation, now)?;
        }
        account.window(now).used += 1;
        account.concurrent += 1;
        Ok(())
    }

    /// Counts the end of a request.
    pub(crate) fn finish(&mut self, login: Option<&str>, cost: Cost) {
        let account = self.account(login);
        account.concurrent = account.concurrent.saturating_sub(1);
        if let (Cost::Free, Some(window)) = (cost, &mut account.window) {
            window.used = window.used.saturating_sub(1);
        }
    }

    fn account(&mut self, login: Option<&str>) -> &mut Account {
        let Some(login) = login else {
            return &mut self.anonymous;
        };
        self.accounts.entry(login.to_owned()).or_default()
    }
}

impl Account {
    /// Returns the current window, and starts one if the previous has ended.
    ///
    /// After the clock was set back, the end of the previous window can be far in the future.
    fn window(&mut self, now: Timestamp) -> &mut Window {
        let longest = after(now, HOUR);
        self.window = self.window.filter(|it| it.end > now && it.end <= longest);
        self.window.get_or_insert(Window {
            end: after(now, HOUR),
            used: 0,
        })
    }

    fn check(
        &mut self,
        limits: &SecondaryLimits,
        operation: Operation,
        now: Timestamp,
    ) -> Result<(), Exceeded> {
        if self.concurrent >= limits.concurrent {
            return Err(Exceeded::Secondary {
                retry_after: MINUTE,
            });
        }
        let cost = if operation.need().is_write() { 5 } else { 1 };
        let points = self.points.entry(operation).or_default();
        points.retain(|(at, _)| is_recent(*at, MINUTE, now));
        let spent: u64 = points.iter().map(|(_, cost)| cost).sum();
        if spent + cost > limits.points_per_minute {
            let first = points.front().map_or(now, |(at, _)| *at);
            return Err(until(after(first, MINUTE), now));
        }
        if operation.is_creation() {
            self.check_creation(limits, now)?;
        }
        let points = self.points.entry(operation).or_default();
        points.push_back((now, cost));
        Ok(())
    }

    fn check_creation(&mut self, limits: &SecondaryLimits, now: Timestamp) -> Result<(), Exceeded> {
        let creations = &mut self.creations;
        creations.retain(|at| is_recent(*at, HOUR, now));
        for (window, max) in [
            (MINUTE, limits.creations_per_minute),
            (HOUR, limits.creations_per_hour),
        ] {
            let recent = creations.iter().filter(|at| after(**at, window) > now);
            if recent.clone().count() >= max {
                let first = recent.min().copied().unwrap_or(now);
                return Err(until(after(first, window), now));
            }
        }
        creations.push_back(now);
        Ok(())
    }
}

/// Returns `true` if a time is in the window before `now`. Times from before the clock was set back are not.
fn is_recent(time: Timestamp, window: SignedDuration, now: Timestamp) -> bool {
    time <= now && after(time, window) > now
}

fn after(time: Timestamp, duration: SignedDuration) -> Timestamp {
    time.saturating_add(duration).unwrap_or(Timestamp::MAX)
}

fn until(end: Timestamp, now: Timestamp) -> Exceeded {
    Exceeded::Secondary {
        retry_after: end.duration_since(now),
    }
}

/// Returns the URL of the documentation of the primary limit.
pub(crate) fn primary_limit_documentation(profile: Profile) -> String {
    format!("{}/{}", profile.documentation(), limits_page(profile))
}

/// Returns the URL of the documentation of the secondary limits.
///
/// Clients such as go-github recognize these limits by the fragment alone.
pub(crate) fn secondary_limit_documentation(profile: Profile) -> String {
    let fragment = if profile.is_before(3, 10) {
        "secondary-rate-limits"
    } else {
        "about-secondary-rate-limits"
    };
    format!("{}#{fragment}", primary_limit_documentation(profile))
}

fn limits_page(profile: Profile) -> &'static str {
    if profile.is_before(3, 10) {
        "overview/resources-in-the-rest-api"
    } else {
        "overview/rate-limits-for-the-rest-api"
    }
}
