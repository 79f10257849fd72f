//! Messages on standard error that are neither warnings nor errors.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::json;
use tokio::time::{Instant, sleep_until};

use super::format::{Format, Verbosity};
use super::live_line;
use super::print::{print_json, print_line};
use super::silence::Silence;
use crate::duration;
use crate::escape::message::Message;
use crate::escape::{Log, Safe, escape, escape_lines};

/// Longest time without a message while a command waits.
const MAX_SILENCE: Duration = Duration::from_secs(60);

/// Longest time without a message at a terminal, where a person may look at it.
const MAX_SILENCE_AT_TERMINALS: Duration = Duration::from_secs(2);

/// Messages on standard error, except with `--quiet`.
///
/// The reason for a wait is shown in the live line of a terminal, and in lines of their own elsewhere.
pub(super) struct Notes {
    format: Format,
    verbosity: Verbosity,
    log: Log,
    supports_live_line: bool,
    silence: Silence,
    wait: Mutex<Wait>,
}

/// State of the wait for a server or a deployment.
struct Wait {
    started: Instant,
    /// Flag that is cleared while another process uses the terminal.
    has_live_line: bool,
    /// The text of the live line while there is no delay.
    text: Safe,
    delay_ends: Option<Instant>,
    /// The reason of the last delay.
    last_delay: Option<String>,
}

impl Notes {
    pub(super) fn new(format: Format, verbosity: Verbosity, log: Log) -> Self {
        let supports_live_line =
            live_line::is_possible() && verbosity == Verbosity::Normal && format == Format::Text;
        Self {
            format,
            verbosity,
            log,
            supports_live_line,
            silence: Silence::new(),
            wait: Mutex::new(Wait {
                started: Instant::now(),
                has_live_line: supports_live_line,
                text: escape("waiting for the server", log),
                delay_ends: None,
                last_delay: None,
            }),
        }
    }

    /// Prints a line that stays.
    pub(super) fn print(&self, text: &Message) {
        self.silence.end();
        match (self.verbosity, self.format) {
            (Verbosity::Quiet, _) => {}
            (Verbosity::Normal, Format::Text) => print_line(&escape_lines(text, self.log)),
            (Verbosity::Normal, _) => print_json(&json!({ "note": text })),
        }
    }

    /// Shows what the command waits for.
    pub(super) fn show_wait(&self, text: &str) {
        let mut wait = self.wait();
        if !wait.has_live_line {
            drop(wait);
            return self.print(&text.into());
        }
        wait.text = escape(text, self.log);
        wait.show();
    }

    /// Shows why a call is delayed, until the delay ends.
    pub(super) fn show_delay(self: &Arc<Self>, text: &str, delay: Duration) {
        let ends = duration::after(Instant::now(), delay);
        let mut wait = self.wait();
        wait.delay_ends = Some(ends);
        if !wait.has_live_line {
            drop(wait);
            return self.print(&text.into());
        }
        live_line::show(&escape(text, self.log), wait.started);
        tokio::spawn(Arc::clone(self).end_delay(ends));
    }

    async fn end_delay(self: Arc<Self>, ends: Instant) {
        sleep_until(ends).await;
        let wait = self.wait();
        if wait.delay_ends == Some(ends) && wait.has_live_line {
            wait.show();
        }
    }

    /// Stores the reason of a delay, for heartbeats and for the error of a command that reaches its time limit.
    pub(super) fn set_last_delay(&self, reason: String) {
        self.wait().last_delay = Some(reason);
    }

    pub(super) fn last_delay(&self) -> Option<String> {
        self.wait().last_delay.clone()
    }

    pub(super) fn clear_last_delay(&self) {
        self.wait().last_delay = None;
    }

    /// Starts the wait again, with the live line.
    pub(super) fn start_waiting(&self) {
        self.silence.end();
        let mut wait = self.wait();
        wait.started = Instant::now();
        wait.has_live_line = self.supports_live_line;
    }

    /// Ends the wait and removes the live line.
    pub(super) fn stop_waiting(&self) {
        self.wait().has_live_line = false;
        live_line::clear();
    }

    /// Shows that the command still waits whenever there was no message for some time; never completes.
    ///
    /// This future is safe to cancel.
    pub(super) async fn break_silence(&self) -> ! {
        loop {
            let has_live_line = self.wait().has_live_line;
            let time = if has_live_line {
                MAX_SILENCE_AT_TERMINALS
            } else {
                MAX_SILENCE
            };
            self.silence.lasts(time).await;
            self.silence.end();
            if has_live_line {
                self.wait().show();
            } else {
                let text = self.wait().heartbeat();
                self.print(&text.into());
            }
        }
    }

    fn wait(&self) -> MutexGuard<'_, Wait> {
        self.wait.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wait {
    /// Shows the text in the live line, unless that shows a delay.
    fn show(&self) {
        if !self.is_delayed() {
            live_line::show(&self.text, self.started);
        }
    }

    /// Returns a message that repeats the reason of the last delay.
    fn heartbeat(&self) -> String {
        let elapsed = duration::format(self.started.elapsed().as_secs());
        let left = if self.is_delayed() {
            let left = duration::format(self.delay_left().as_secs());
            format!(", {left} left")
        } else {
            String::new()
        };
        let reason = self.last_delay.as_ref();
        let reason = reason.map_or_else(String::new, |reason| format!(": {reason}"));
        format!("still waiting after {elapsed}{left}{reason}")
    }

    fn is_delayed(&self) -> bool {
        self.delay_left() >= Duration::from_secs(1)
    }

    fn delay_left(&self) -> Duration {
        let now = Instant::now();
        self.delay_ends
            .map_or(Duration::ZERO, |ends| ends.saturating_duration_since(now))
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;

    // A test of the command would last longer than a minute.
    #[tokio::test(start_paused = true)]
    async fn heartbeat_repeats_the_reason() {
        let notes = Arc::new(Notes::new(Format::Json, Verbosity::Quiet, Log::Plain));
        let minute = Duration::from_secs(60);
        assert!(timeout(minute / 2, notes.break_silence()).await.is_err());
        assert_eq!(notes.wait().heartbeat(), "still waiting after 30s");
        notes.set_last_delay("rate limited until 12:05:55 UTC".to_owned());
        notes.show_delay("rate limited", Duration::from_secs(100));
        assert!(timeout(minute, notes.break_silence()).await.is_err());
        assert_eq!(
            notes.wait().heartbeat(),
            "still waiting after 1m 30s, 40s left: rate limited until 12:05:55 UTC"
        );
        assert!(timeout(minute, notes.break_silence()).await.is_err());
        assert_eq!(
            notes.wait().heartbeat(),
            "still waiting after 2m 30s: rate limited until 12:05:55 UTC"
        );
    }
}
