//! The command `run` with real processes: what they read and print, what becomes of signals, and how it is reported.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed, in its helpers too"
)]

mod endings;
mod readme;
mod scene;
mod signals;
mod streams;
#[cfg(target_os = "linux")]
mod terminal;
mod troubles;
