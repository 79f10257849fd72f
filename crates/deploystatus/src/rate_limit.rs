//! What a server says of how much it takes, and for how long it wants to be left alone.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::HeaderName;

use crate::Rejection;
use crate::header::{RATE_LIMIT, RATE_REMAINING, RATE_RESET, RETRY_AFTER};
use crate::reply::{Reply, http_date};

/// How many requests a token has left, as an answer told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// How many requests fit into one period.
    pub limit: u64,
    /// How many of them are left.
    pub remaining: u64,
    /// When the next period starts, by the server's clock.
    pub reset: Timestamp,
}

impl RateLimit {
    pub(crate) fn read(reply: &Reply) -> Option<Self> {
        let number = |name: HeaderName| reply.header(&name)?.trim().parse::<u64>().ok();
        let reset = i64::try_from(number(RATE_RESET)?).ok()?;
        Some(Self {
            limit: number(RATE_LIMIT)?,
            remaining: number(RATE_REMAINING)?,
            reset: Timestamp::from_second(reset).ok()?,
        })
    }
}

/// How long a refused caller has to wait, or nothing when it was not refused for a rate limit.
///
/// `refusals` counts those before this one: without a word from the server,
/// a minute is the least, and it doubles.
pub(crate) fn wait(reply: &Reply, rejection: &Rejection, refusals: u32) -> Option<Duration> {
    if !is_limit(reply, rejection) {
        return None;
    }
    if let Some(wait) = retry_after(reply) {
        return Some(wait);
    }
    let limit = RateLimit::read(reply);
    if let Some(limit) = limit.filter(|limit| limit.remaining == 0) {
        // The second in which the period starts may not be over on the server.
        return Some(until(reply, limit.reset) + Duration::from_secs(1));
    }
    Some(Duration::from_secs(60) * 2_u32.pow(refusals.min(6)))
}

/// `Retry-After`, which is a number of seconds or a date.
pub(crate) fn retry_after(reply: &Reply) -> Option<Duration> {
    let text = reply.header(&RETRY_AFTER)?.trim();
    match text.parse::<u64>() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => Some(until(reply, http_date(text)?)),
    }
}

/// A 429 always is; a 403 only when it says so, because all others would be refused again.
fn is_limit(reply: &Reply, rejection: &Rejection) -> bool {
    match reply.status {
        429 => true,
        403 => {
            let message = rejection.message.as_deref().unwrap_or_default();
            let message = message.to_ascii_lowercase();
            let used_up = reply.header(&RATE_REMAINING) == Some("0");
            reply.headers.contains_key(RETRY_AFTER)
                || message.contains("rate limit")
                || message.contains("abuse detection")
                || (used_up && message.is_empty())
        }
        _ => false,
    }
}

fn until(reply: &Reply, moment: Timestamp) -> Duration {
    let wait = moment.duration_since(reply.server_time());
    Duration::try_from(wait).unwrap_or_default()
}
