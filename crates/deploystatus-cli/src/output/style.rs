//! Appearance of the text that is printed: colours, times and width.

use anstyle::{AnsiColor, Style};
use deploystatus::State;
use jiff::Timestamp;

use crate::duration;
use crate::escape::{Log, Safe, escape};

/// Text with a role, by which it is coloured.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    text: String,
    role: Role,
}

/// The meaning of a text, which decides its colour.
#[derive(Clone, Debug)]
enum Role {
    Plain,
    Faint,
    Good,
    Warning,
    Bad,
    State(State),
}

impl Span {
    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self::new(text, Role::Plain)
    }

    pub(crate) fn faint(text: impl Into<String>) -> Self {
        Self::new(text, Role::Faint)
    }

    pub(crate) fn good(text: impl Into<String>) -> Self {
        Self::new(text, Role::Good)
    }

    pub(crate) fn warning(text: impl Into<String>) -> Self {
        Self::new(text, Role::Warning)
    }

    pub(crate) fn bad(text: impl Into<String>) -> Self {
        Self::new(text, Role::Bad)
    }

    /// Creates the name of a state in the state's colour.
    pub(crate) fn state(state: &State) -> Self {
        Self::new(state.as_str(), Role::State(state.clone()))
    }

    fn new(text: impl Into<String>, role: Role) -> Self {
        Self {
            text: text.into(),
            role,
        }
    }

    /// Returns the escaped text without colour.
    pub(super) fn escaped(&self, log: Log) -> Safe {
        escape(&self.text, log)
    }

    /// Returns the colour of the span.
    pub(super) fn style(&self) -> Style {
        let colour = |colour: AnsiColor| colour.on_default();
        match &self.role {
            Role::Plain => Style::new(),
            Role::Faint | Role::State(State::Inactive) => Style::new().dimmed(),
            Role::Good | Role::State(State::Success) => colour(AnsiColor::Green),
            Role::Warning | Role::State(State::InProgress) => colour(AnsiColor::Yellow),
            Role::Bad | Role::State(State::Failure | State::Error) => colour(AnsiColor::Red),
            Role::State(_) => colour(AnsiColor::Cyan),
        }
    }
}

/// The form in which times are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Times {
    /// Time since the event, for a terminal.
    Relative,
    /// Date and time.
    #[default]
    Absolute,
}

impl Times {
    pub(crate) fn format(self, time: Timestamp) -> String {
        match self {
            Self::Relative => duration::format_ago(Timestamp::now().duration_since(time)),
            Self::Absolute => time.to_string(),
        }
    }
}
