//! Messages on standard error that are neither warnings nor errors.

use serde_json::json;

use super::format::{Format, Verbosity};
use super::print::{print_json, print_line};
use crate::escape::{Log, escape_lines};

/// The form in which messages are printed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Notes {
    pub(super) format: Format,
    pub(super) verbosity: Verbosity,
    pub(super) log: Log,
}

impl Notes {
    pub(super) fn print(self, text: &str) {
        match (self.verbosity, self.format) {
            (Verbosity::Quiet, _) => {}
            (Verbosity::Normal, Format::Text) => print_line(&escape_lines(text, self.log)),
            (Verbosity::Normal, _) => print_json(&json!({ "note": text })),
        }
    }
}
