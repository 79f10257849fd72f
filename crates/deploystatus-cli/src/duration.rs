//! Durations on the command line and in the output.

use std::time::Duration;

use jiff::{SignedDuration, Span, SpanRelativeTo};
use tokio::time::Instant;

/// Parses `90s`, `15m`, `1h 30m`, `1d`, `1w`, or a number of seconds.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<u64>().map(Duration::from_secs).ok();
    let with_units = || {
        let span = text.parse::<Span>().ok()?;
        let days = SpanRelativeTo::days_are_24_hours();
        Duration::try_from(span.to_duration(days).ok()?).ok()
    };
    seconds
        .or_else(with_units)
        .ok_or_else(|| "expected a time such as 90s, 15m, 1h30m or 1d".to_owned())
}

/// Returns the instant after a duration, at most one year after the start.
pub(crate) fn after(start: Instant, time: Duration) -> Instant {
    // Adding a longer duration to an instant could panic.
    const YEAR: Duration = Duration::from_secs(365 * 86_400);
    start + time.min(YEAR)
}

/// Returns a duration in one or two units, such as `1m 30s`.
pub(crate) fn format(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{minutes}m {:02}s", seconds % 60),
        3600..172_800 => format!("{hours}h {:02}m", minutes % 60),
        _ => format!("{days}d"),
    }
}

/// Returns the time since an event, or `just now` if a server's clock puts the event into the future.
pub(crate) fn format_ago(time: SignedDuration) -> String {
    match u64::try_from(time.as_secs()).unwrap_or_default() {
        0 | 1 => "just now".to_owned(),
        seconds => format!("{} ago", format(seconds)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_parsed_with_and_without_units() {
        for (text, seconds) in [
            ("0", 0),
            ("90", 90),
            ("90s", 90),
            ("15m", 900),
            ("1h30m", 5400),
            ("1h 30m", 5400),
            ("1d", 86_400),
            ("1w", 604_800),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        assert_eq!(parse("100ms"), Ok(Duration::from_millis(100)));
        for text in ["", "soon", "-1s", "1y", "99999999999999999999", "10x"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn durations_are_formatted_in_one_or_two_units() {
        let texts = [0, 59, 60, 3599, 3600, 86_400, 172_800].map(format);
        let expected = ["0s", "59s", "1m 00s", "59m 59s", "1h 00m", "24h 00m", "2d"];
        assert_eq!(texts, expected);
    }

    #[test]
    fn future_times_are_just_now() {
        let minute = SignedDuration::from_secs(61);
        assert_eq!(format_ago(minute), "1m 01s ago");
        assert_eq!(format_ago(-minute), "just now");
    }
}
