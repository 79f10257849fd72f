//! The command as users run it: arguments, output and exit codes.
//!
//! The transcripts contain Unix texts for errors of files and connections.
#![cfg(unix)]
#![expect(
    clippy::needless_raw_string_hashes,
    reason = "snapbox writes transcripts in this form"
)]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed, in its helpers too"
)]

mod creating;
mod delays;
mod deployment;
mod doctor;
mod emulating;
mod emulator_run;
mod errors;
mod flushing;
mod hostile;
mod pages;
mod pipelines;
mod pipes;
mod process;
mod reading;
mod readmes;
mod run;
mod scene;
mod schemas;
mod secrets;
mod serving;
#[cfg(target_os = "linux")]
mod session;
mod settings;
mod timeline;
mod transcript;
mod usage;
mod waiting;
