//! Messages on standard error that are neither warnings nor errors.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;
use tokio::time::{Instant, sleep};

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

/// Time of the newest note, or `None` before the first.
static NEWEST: Mutex<Option<Instant>> = Mutex::new(None);

/// Longest time without a note while a command waits for a server.
const MAX_SILENCE: Duration = Duration::from_secs(60);

impl Notes {
    /// Prints a note whenever there was none for a minute; never completes. This future is safe to cancel.
    pub(super) async fn break_silence(self) {
        loop {
            let silent_since = *newest().get_or_insert_with(Instant::now);
            let left = MAX_SILENCE.saturating_sub(silent_since.elapsed());
            if left.is_zero() {
                self.print("still waiting for the server");
            }
            sleep(left).await;
        }
    }

    pub(super) fn print(self, text: &str) {
        start_waiting();
        match (self.verbosity, self.format) {
            (Verbosity::Quiet, _) => {}
            (Verbosity::Normal, Format::Text) => print_line(&escape_lines(text, self.log)),
            (Verbosity::Normal, _) => print_json(&json!({ "note": text })),
        }
    }
}

/// Starts the time without a note again.
pub(super) fn start_waiting() {
    *newest() = Some(Instant::now());
}

fn newest() -> std::sync::MutexGuard<'static, Option<Instant>> {
    // An instant cannot be inconsistent.
    NEWEST.lock().unwrap_or_else(PoisonError::into_inner)
}
