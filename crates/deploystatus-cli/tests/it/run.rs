//! The command `run` with real processes: their streams, signals and reports.

#[cfg(target_os = "linux")]
mod cancellation;
mod endings;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod killed;
mod other_systems;
mod random;
mod readme;
mod second_report;
mod signals;
#[cfg(target_os = "linux")]
mod step;
mod streams;
#[cfg(target_os = "linux")]
mod terminal;
mod troubles;
mod values;
mod workflows;
