//! Messages about calls that take longer than one request.

use std::sync::Arc;
use std::time::Duration;

use deploystatus::Delay;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Output;
use crate::advice;
use crate::duration;
use crate::escape::shorten;

/// Shortest wait of the client's own limits that is worth a message.
const MIN_PACING: Duration = Duration::from_secs(5);
/// Maximum number of characters of the error in a message.
const MAX_ERROR: usize = 300;

impl Output {
    /// Returns a listener that shows the reason of each delay.
    pub(crate) fn delay_listener(&self) -> impl Fn(&Delay<'_>) + Send + Sync + use<> {
        let notes = Arc::clone(&self.notes);
        move |delay| {
            if let Some(reason) = reason(delay) {
                notes.set_last_delay(reason);
            }
            if let Some((text, wait)) = describe(delay) {
                notes.show_delay(&text, wait);
            }
        }
    }
}

/// Returns the reason of a delay, for an error.
fn reason(delay: &Delay<'_>) -> Option<String> {
    Some(match delay {
        Delay::Retry { error, .. }
        | Delay::Search { error, .. }
        | Delay::SearchRetry { error, .. } => {
            shorten(&advice::message(*error), MAX_ERROR).into_owned()
        }
        Delay::RateLimit { wait, .. } => match end_time(*wait) {
            Some(time) => format!("rate limited until {time}"),
            None => "rate limited".to_owned(),
        },
        Delay::Pacing { .. } => "this token's request limit is nearly used up".to_owned(),
        _ => return None,
    })
}

/// Returns the message, which begins with what fits into a narrow terminal, and the time to wait, or `None` if the wait is short.
fn describe(delay: &Delay<'_>) -> Option<(String, Duration)> {
    Some(match delay {
        Delay::Retry {
            error,
            attempt,
            max_attempts,
            wait,
            ..
        } => {
            let of = match max_attempts {
                &u32::MAX => String::new(),
                max => format!(" of {max}"),
            };
            let error = short(error);
            (
                format!("attempt {attempt}{of} {}: {error}", until(*wait)),
                *wait,
            )
        }
        Delay::Search { error, timeout, .. } => {
            let error = short(error);
            let limit = duration::format(timeout.as_secs());
            (
                format!("checking for up to {limit} whether the status was stored: {error}"),
                *timeout,
            )
        }
        Delay::SearchRetry { error, timeout, .. } => (
            format!(
                "the list cannot be read; giving up {}: {}",
                until(*timeout),
                short(error)
            ),
            *timeout,
        ),
        Delay::RateLimit { wait, .. } => {
            (format!("rate limited; continuing {}", until(*wait)), *wait)
        }
        Delay::Pacing { wait, .. } if *wait >= MIN_PACING => (
            format!(
                "this token's request limit is nearly used up; continuing {}",
                until(*wait)
            ),
            *wait,
        ),
        _ => return None,
    })
}

fn short(error: &deploystatus::Error) -> String {
    shorten(&error.to_string(), MAX_ERROR).into_owned()
}

/// Returns the time at which a wait ends, such as `in 100 s (at 12:05:55)`.
fn until(wait: Duration) -> String {
    let seconds = duration::format(wait.as_secs().max(1));
    match end_time(wait) {
        Some(time) if wait >= MIN_PACING => format!("in {seconds} (at {time})"),
        _ => format!("in {seconds}"),
    }
}

/// Returns the time of day at which a wait ends, or `None` if it has no end in the calendar.
fn end_time(wait: Duration) -> Option<String> {
    let wait = jiff::SignedDuration::try_from(wait).ok()?;
    let end = Timestamp::now().checked_add(wait).ok()?;
    Some(
        end.to_zoned(TimeZone::UTC)
            .strftime("%H:%M:%S UTC")
            .to_string(),
    )
}
