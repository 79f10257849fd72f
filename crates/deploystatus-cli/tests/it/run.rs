//! The command `run` with real processes: their streams, signals and reports.

mod endings;
mod readme;
mod signals;
mod streams;
#[cfg(target_os = "linux")]
mod terminal;
mod troubles;
