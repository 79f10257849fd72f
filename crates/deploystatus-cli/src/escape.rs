//! Escaping of text from servers, files and arguments before it is printed.

pub(crate) mod message;
pub(crate) mod secrets;
pub(crate) mod shell;

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use message::Message;

/// A kind of log that receives the command's output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Log {
    /// A terminal, a pipe or a file.
    #[default]
    Plain,
    /// The log of a GitHub Actions job, whose runner executes workflow commands found in it.
    Actions,
}

impl Log {
    pub(crate) fn from_environment() -> Self {
        match std::env::var_os("GITHUB_ACTIONS") {
            Some(value) if value == "true" => Self::Actions,
            _ => Self::Plain,
        }
    }
}

/// Text that contains no terminal control sequences and no workflow commands but the command's own.
///
/// The output functions take no other text. The functions of this module create it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Safe(String);

impl Safe {
    /// Creates text that the command generated from its own constants, such as completions.
    pub(crate) fn generated(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn push(&mut self, text: &Self) {
        self.0.push_str(&text.0);
    }

    pub(crate) fn push_static(&mut self, text: &'static str) {
        self.0.push_str(text);
    }

    pub(crate) fn push_spaces(&mut self, count: usize) {
        self.0.extend(std::iter::repeat_n(' ', count));
    }

    /// Returns the number of columns that the text occupies at a terminal.
    pub(crate) fn width(&self) -> usize {
        self.0.width()
    }

    /// Returns at most `max` columns of the text; a cut is marked with `…`.
    pub(crate) fn cut(&self, max: usize) -> Self {
        if self.width() <= max {
            return self.clone();
        }
        let mut shown = String::new();
        for character in self.0.chars() {
            shown.push(character);
            if shown.width() >= max {
                shown.pop();
                break;
            }
        }
        shown.push('…');
        Self(shown)
    }

    /// Returns the text in a colour.
    pub(crate) fn painted(&self, style: Style) -> Self {
        Self(format!("{style}{}{style:#}", self.0))
    }

    /// Returns the text without colours.
    pub(crate) fn without_colours(&self) -> Self {
        Self(anstream::adapter::strip_str(&self.0).to_string())
    }
}

impl fmt::Display for Safe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Returns `text` as one line: white space becomes spaces, other invisible characters become `\u{…}`.
pub(crate) fn escape(text: &str, log: Log) -> Safe {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        if is_line_or_tab(character) {
            line.push(' ');
        } else if is_invisible(character) {
            line.extend(character.escape_unicode());
        } else {
            line.push(character);
        }
    }
    Safe(match log {
        Log::Plain => line,
        Log::Actions => without_workflow_commands(&line),
    })
}

/// Escapes each line of a message.
pub(crate) fn escape_lines(message: &Message, log: Log) -> Safe {
    let lines: Vec<_> = message.lines().map(|line| escape(line, log).0).collect();
    Safe(lines.join("\n"))
}

/// Escapes invisible characters and workflow commands in the strings of a JSON document.
///
/// The document's value stays the same, because JSON escapes are used.
pub(crate) fn escape_json(document: &str) -> Safe {
    let mut json = String::with_capacity(document.len());
    for character in document.chars() {
        // A JSON document contains control characters only between its values.
        if character > '\u{1f}' && is_invisible(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(json, "\\u{unit:04x}");
            }
        } else {
            json.push(character);
        }
    }
    Safe(json.replace("##", "#\\u0023"))
}

/// Escapes a message as the message of a workflow command.
pub(crate) fn escape_annotation(message: &Message) -> Safe {
    let text = escape_lines(message, Log::Actions).0;
    Safe(text.replace('%', "%25").replace('\n', "%0A"))
}

/// Shortens `text` to `max` characters and keeps its beginning and its end.
pub(crate) fn shorten(text: &str, max: usize) -> Cow<'_, str> {
    let length = text.chars().count();
    if length <= max {
        return text.into();
    }
    let end = max / 4;
    let start = text.chars().take(max.saturating_sub(end + 1));
    let rest = text.chars().skip(length - end);
    start.chain(['…']).chain(rest).collect::<String>().into()
}

/// Breaks `##[` and a leading `::`, by which the runner recognises workflow commands.
fn without_workflow_commands(line: &str) -> String {
    let line = line.replace("##", "#\\u{23}");
    let start = line.trim_start();
    match start.strip_prefix(':') {
        Some(rest) => {
            let indent = &line[..line.len() - start.len()];
            format!("{indent}\\u{{3a}}{rest}")
        }
        None => line,
    }
}

fn is_line_or_tab(character: char) -> bool {
    matches!(
        character,
        '\t' | '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// Returns `true` for control, format, bidirectional, zero-width and tag characters, and line separators.
pub(crate) fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}'
            | '\u{34f}'
            | '\u{600}'..='\u{605}'
            | '\u{61c}'
            | '\u{6dd}'
            | '\u{70f}'
            | '\u{890}'..='\u{891}'
            | '\u{8e2}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{110bd}'
            | '\u{110cd}'
            | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_characters_are_escaped() {
        let escaped = escape("a\u{1b}[31m\tb\r\n\u{202e}\u{200b}c\u{2028}d", Log::Plain);
        assert_eq!(escaped.as_str(), "a\\u{1b}[31m b  \\u{202e}\\u{200b}c d");
        let message = Message::constant("a\u{7}\nb");
        assert_eq!(escape_lines(&message, Log::Plain).as_str(), "a\\u{7}\nb");
        assert_eq!(
            escape("本番環境 ü 🚀", Log::Plain).as_str(),
            "本番環境 ü 🚀"
        );
    }

    #[test]
    fn workflow_commands_are_broken_in_actions_only() {
        for (text, actions) in [
            ("##[set-output name=a]b", "#\\u{23}[set-output name=a]b"),
            ("  ::error::x", "  \\u{3a}:error::x"),
            ("a ::error::x", "a ::error::x"),
        ] {
            assert_eq!(escape(text, Log::Actions).as_str(), actions);
            assert_eq!(escape(text, Log::Plain).as_str(), text);
        }
    }

    #[test]
    fn escaped_json_has_the_same_value() {
        let text = "##[add-path]/ \u{202e}\u{e0041}\u{7f}\n\\##[x]";
        let document = serde_json::to_string_pretty(&[text]).unwrap();
        let escaped = escape_json(&document);
        assert!(!escaped.as_str().contains("##"));
        assert!(!escaped.as_str().contains('\u{202e}'));
        let value: [String; 1] = serde_json::from_str(escaped.as_str()).unwrap();
        assert_eq!(value, [text]);
    }

    #[test]
    fn long_text_keeps_its_beginning_and_end() {
        assert_eq!(shorten("12345678", 8), "12345678");
        assert_eq!(shorten("123456789", 8), "12345…89");
        assert_eq!(shorten("äöüäöüäöü", 4), "äö…ü");
    }
}
