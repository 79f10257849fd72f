//! What is said while the command waits: a line that changes at a terminal, plain lines elsewhere.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::text::harmless;
use super::{Output, say};

/// A line on standard error that is gone when this is dropped.
pub(crate) struct Live {
    bar: Option<ProgressBar>,
    quiet: bool,
}

impl Output {
    /// Begins to tell how a wait is going.
    pub(crate) fn live(&self, text: &str) -> Live {
        let bar = self.is_live().then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        let live = Live {
            bar,
            quiet: self.quiet,
        };
        live.news(text);
        live
    }
}

impl Live {
    /// Replaces the line at a terminal, and is a line of its own elsewhere.
    pub(crate) fn news(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.set_message(harmless(text).into_owned()),
            None => self.line(text),
        }
    }

    /// Says something that stays.
    pub(crate) fn line(&self, text: &str) {
        let text = harmless(text);
        match &self.bar {
            Some(bar) => bar.suspend(|| say(&text)),
            None if self.quiet => {}
            None => say(&text),
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
