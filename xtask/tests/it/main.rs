//! The tools as people use them: commands, in a checkout of their own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod checkout;
mod generate;
mod trim;
