//! How text looks at a terminal, and what of it is shown there.

use std::borrow::Cow;
use std::env;

use deploystatus::State;
use jiff::{SignedDuration, Timestamp};

/// How what is printed looks.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Style {
    pub(crate) is_terminal: bool,
    pub(crate) colours: bool,
}

impl Style {
    /// Colours at a terminal that can show them, unless `NO_COLOR` is set.
    pub(crate) fn of(is_terminal: bool) -> Self {
        let refuses = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || env::var_os("TERM").is_some_and(|value| value == "dumb");
        Self {
            is_terminal,
            colours: is_terminal && !refuses,
        }
    }

    pub(crate) fn red(self, text: &str) -> String {
        self.paint("31", text)
    }

    pub(crate) fn green(self, text: &str) -> String {
        self.paint("32", text)
    }

    pub(crate) fn yellow(self, text: &str) -> String {
        self.paint("33", text)
    }

    pub(crate) fn faint(self, text: &str) -> String {
        self.paint("2", text)
    }

    /// A text in the colour of a state.
    pub(crate) fn state(self, state: &State, text: &str) -> String {
        let code = match state {
            State::Success => "32",
            State::Failure | State::Error => "31",
            State::InProgress => "33",
            State::Inactive => "2",
            _ => "36",
        };
        self.paint(code, text)
    }

    /// A moment: how long ago at a terminal, and the moment itself elsewhere.
    pub(crate) fn moment(self, moment: Timestamp) -> String {
        if self.is_terminal {
            ago(Timestamp::now().duration_since(moment))
        } else {
            moment.to_string()
        }
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.colours {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

/// How long ago something was; a moment that a server's clock puts into the future is now.
fn ago(time: SignedDuration) -> String {
    let seconds = u64::try_from(time.as_secs()).unwrap_or_default();
    if seconds < 2 {
        return "just now".to_owned();
    }
    format!("{} ago", length(seconds))
}

/// A length of time in its largest unit or two.
pub(crate) fn length(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{minutes}m {:02}s", seconds % 60),
        3600..172_800 => format!("{hours}h {:02}m", minutes % 60),
        _ => format!("{days}d"),
    }
}

/// Text of others, without what would move the cursor or change the colours of a terminal.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    if text.contains(char::is_control) {
        text.replace(char::is_control, " ").into()
    } else {
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_told_in_one_unit_or_two() {
        let told: Vec<_> = [0, 59, 60, 3599, 3600, 86_400, 172_800]
            .map(length)
            .into_iter()
            .collect();
        let expected = ["0s", "59s", "1m 00s", "59m 59s", "1h 00m", "24h 00m", "2d"];
        assert_eq!(told, expected);
    }

    #[test]
    fn times_are_relative_at_a_terminal_alone() {
        let past = SignedDuration::from_secs(61);
        assert_eq!(ago(past), "1m 01s ago");
        assert_eq!(ago(-past), "just now");
        let moment = "2026-01-01T00:00:00Z".parse().unwrap();
        assert_eq!(Style::default().moment(moment), "2026-01-01T00:00:00Z");
    }

    #[test]
    fn colours_are_for_terminals() {
        let coloured = Style {
            is_terminal: true,
            colours: true,
        };
        assert_eq!(
            coloured.state(&State::Success, "success"),
            "\u{1b}[32msuccess\u{1b}[0m"
        );
        assert_eq!(
            Style::default().state(&State::Success, "success"),
            "success"
        );
    }

    #[test]
    fn what_others_wrote_cannot_command_the_terminal() {
        assert_eq!(harmless("a\u{1b}[31m\nb"), "a [31m b");
    }
}
