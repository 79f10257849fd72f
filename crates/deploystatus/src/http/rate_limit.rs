//! Rate-limit headers.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::HeaderName;
use serde::Serialize;

use super::headers::{RATE_LIMIT, RATE_REMAINING, RATE_RESET, RETRY_AFTER};
use super::response::{Response, parse_http_date};

/// The primary rate limit of a token, as sent with a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RateLimit {
    /// Number of requests that the token may send in one period.
    pub limit: u64,
    /// Number of requests left in this period.
    pub remaining: u64,
    /// Start of the next period, by the server's clock.
    pub reset: Timestamp,
}

impl RateLimit {
    pub(crate) fn read(response: &Response) -> Option<Self> {
        let number = |name: HeaderName| response.header(&name)?.trim().parse::<u64>().ok();
        let reset = i64::try_from(number(RATE_RESET)?).ok()?;
        Some(Self {
            limit: number(RATE_LIMIT)?,
            remaining: number(RATE_REMAINING)?,
            reset: Timestamp::from_second(reset).ok()?,
        })
    }

    /// Returns the time until the next period starts.
    pub(crate) fn time_left(&self, response: &Response) -> Duration {
        // The server may still be in the last second of the old period.
        until(response, self.reset).saturating_add(Duration::from_secs(1))
    }
}

/// Returns the wait after a response that reports an exceeded rate limit, or `None` if it reports none.
///
/// GitHub asks clients to wait for at least a minute if the response contains neither `Retry-After` nor a reset time.
/// The wait doubles with each further rate limit.
pub(crate) fn wait(
    response: &Response,
    message: Option<&str>,
    rate_limit_count: u32,
) -> Option<Duration> {
    if !is_rate_limit(response, message) {
        return None;
    }
    if let Some(wait) = retry_after(response) {
        return Some(wait);
    }
    if let Some(limit) = RateLimit::read(response).filter(|limit| limit.remaining == 0) {
        return Some(limit.time_left(response));
    }
    Some(Duration::from_secs(60) * 2_u32.pow(rate_limit_count.min(6)))
}

/// Returns the wait of a `Retry-After` header, which is a number of seconds or a date.
pub(crate) fn retry_after(response: &Response) -> Option<Duration> {
    let text = response.header(&RETRY_AFTER)?.trim();
    match text.parse::<u64>() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => Some(until(response, parse_http_date(text)?)),
    }
}

/// Returns `true` if the response reports a rate limit.
///
/// A 429 always does. A 403 has other causes unless a header or the message refers to a limit.
fn is_rate_limit(response: &Response, message: Option<&str>) -> bool {
    match response.status {
        429 => true,
        403 => {
            let message = message.unwrap_or_default().to_ascii_lowercase();
            let is_used_up = response.header(&RATE_REMAINING) == Some("0");
            response.headers.contains_key(RETRY_AFTER)
                || message.contains("rate limit")
                || message.contains("abuse detection")
                || (is_used_up && message.is_empty())
        }
        _ => false,
    }
}

fn until(response: &Response, time: Timestamp) -> Duration {
    let wait = time.duration_since(response.server_time());
    Duration::try_from(wait).unwrap_or_default()
}
