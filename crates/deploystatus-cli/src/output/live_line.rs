//! The last line of a terminal, which shows what the command waits for and disappears afterwards.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::time::Instant;

use crate::escape::Safe;

/// The line, if one is shown. A process has one terminal, so it has one line.
static LINE: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Returns `true` if standard error is a terminal that can show the line.
pub(super) fn is_possible() -> bool {
    !ProgressDrawTarget::stderr().is_hidden()
}

/// Shows a text in place of the earlier one, with the time since `started`.
pub(super) fn show(text: &Safe, started: Instant) {
    line()
        .get_or_insert_with(|| new_line(started.elapsed()))
        .set_message(text.as_str().to_owned());
}

/// Removes the line.
pub(super) fn clear() {
    if let Some(line) = line().take() {
        line.finish_and_clear();
    }
}

/// Prints something else while the line is not shown.
pub(super) fn suspend<T>(print: impl FnOnce() -> T) -> T {
    match &*line() {
        Some(line) => line.suspend(print),
        None => print(),
    }
}

fn new_line(elapsed: Duration) -> ProgressBar {
    let line = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let line = line.with_elapsed(elapsed);
    if let Ok(style) = ProgressStyle::with_template("{spinner} ({elapsed}) {wide_msg}") {
        line.set_style(style);
    }
    line.enable_steady_tick(Duration::from_millis(120));
    line
}

fn line() -> MutexGuard<'static, Option<ProgressBar>> {
    LINE.lock().unwrap_or_else(PoisonError::into_inner)
}
