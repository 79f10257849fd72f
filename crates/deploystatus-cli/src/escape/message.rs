//! Messages of one or more lines.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::{is_line_or_tab, shorten};

/// A text whose line feeds were written by the command itself.
///
/// Every line may contain foreign text. Its line breaks become spaces, so that it cannot start another line,
/// and long lines are shortened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct Message(String);

/// Maximum number of characters of a line, which may contain response headers.
const MAX_LINE: usize = 4_000;

impl Message {
    /// Creates a message from a constant, which may contain several lines.
    pub(crate) fn constant(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// Adds a line.
    pub(crate) fn push_line(&mut self, line: &str) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        self.0.push_str(&one_line(line));
    }

    /// Adds the lines of another message.
    pub(crate) fn push_lines(&mut self, other: &Self) {
        other.lines().for_each(|line| self.push_line(line));
    }

    /// Continues the last line.
    pub(crate) fn append(&mut self, text: &str) {
        self.0.push_str(&one_line(text));
    }

    /// Continues the last line with the first one of another message, and adds its other lines.
    pub(crate) fn append_lines(&mut self, other: &Self) {
        self.0.push_str(&other.0);
    }

    pub(crate) fn lines(&self) -> impl Iterator<Item = &str> {
        self.0.split('\n')
    }
}

fn one_line(text: &str) -> String {
    let text = shorten(text, MAX_LINE);
    text.replace(is_line_or_tab, " ")
}

impl From<&str> for Message {
    fn from(line: &str) -> Self {
        Self(one_line(line))
    }
}

impl From<&String> for Message {
    fn from(line: &String) -> Self {
        line.as_str().into()
    }
}

impl From<String> for Message {
    fn from(line: String) -> Self {
        line.as_str().into()
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_line_breaks_become_spaces() {
        let mut message = Message::from("a\nb\r\nc\u{2028}d");
        message.append("e\nf");
        message.push_line("g\u{85}h");
        assert_eq!(message.to_string(), "a b  c de f\ng h");
    }

    #[test]
    fn long_lines_are_shortened() {
        let mut message = Message::from("x".repeat(100_000));
        message.push_line(&"y".repeat(100_000));
        let lengths: Vec<_> = message.lines().map(|line| line.chars().count()).collect();
        assert_eq!(lengths, [MAX_LINE, MAX_LINE]);
    }
}
