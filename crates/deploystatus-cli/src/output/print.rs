//! Printing to standard error, and colours.

use std::io::{self, Write};

use serde_json::Value;

use super::live_line;
use super::style::Span;
use super::workflow::{Level, annotation};
use crate::escape::message::Message;
use crate::escape::{Log, Safe, escape_json, escape_lines};

/// Prints a warning or an error: as an annotation in Actions, with a label elsewhere.
pub(super) fn print_labelled(level: Level, text: &Message, log: Log) {
    if log == Log::Actions {
        print_line(&annotation(level, text));
        return;
    }
    let label = match level {
        Level::Warning => Span::warning("warning:"),
        Level::Error => Span::bad("error:"),
    };
    let mut line = label.escaped(log).painted(label.style());
    line.push_static(" ");
    line.push(&escape_lines(text, log));
    print_line(&line);
}

pub(super) fn print_json(value: &Value) {
    print_line(&escape_json(&value.to_string()));
}

/// Prints to standard error. If that is closed, nothing can be reported.
pub(super) fn print_line(text: &Safe) {
    let text = coloured_for(&io::stderr(), text);
    let _ = live_line::suspend(|| writeln!(io::stderr().lock(), "{text}"));
}

/// Removes the colours of a text if the stream should have none.
pub(super) fn coloured_for(stream: &impl anstream::stream::RawStream, text: &Safe) -> Safe {
    match anstream::AutoStream::choice(stream) {
        anstream::ColorChoice::Never => text.without_colours(),
        _ => text.clone(),
    }
}
