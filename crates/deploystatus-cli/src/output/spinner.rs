//! Progress of a wait: a line that changes at a terminal, and plain lines elsewhere.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Output;

/// A line on standard error that disappears when this value is dropped.
pub(crate) struct Spinner<'a> {
    bar: Option<ProgressBar>,
    output: &'a Output,
}

impl Output {
    /// Starts to show the progress of a wait.
    pub(crate) fn spinner(&self, text: &str) -> Spinner<'_> {
        let bar = self.shows_spinner().then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("{spinner} ({elapsed}) {wide_msg}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        let spinner = Spinner { bar, output: self };
        spinner.update(text);
        spinner
    }
}

impl Spinner<'_> {
    /// Replaces the line at a terminal, and prints a new line elsewhere.
    pub(crate) fn update(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.set_message(self.output.escape(text).as_str().to_owned()),
            None => self.output.note(text),
        }
    }

    /// Prints a line where no changing line shows that the command still runs.
    pub(crate) fn heartbeat(&self, text: &str) {
        if self.bar.is_none() {
            self.output.note(text);
        }
    }

    /// Prints a line that stays.
    pub(crate) fn print(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| self.output.note(text)),
            None => self.output.note(text),
        }
    }
}

impl Drop for Spinner<'_> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
