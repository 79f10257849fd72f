//! The commands of `cargo xtask`, each run in a checkout of its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot continue fails")]

mod changes;
mod checkout;
mod compile;
mod differences;
mod generate;
mod readmes;
mod trim;
mod wording;
