//! Behaviour of the hand-written half of the crate.

#![expect(clippy::unwrap_used, reason = "a test that cannot continue fails")]

mod lazy_json;
mod outcome;
mod state;
mod statuses;
#[cfg(not(any(feature = "rustls-no-provider", feature = "native-tls")))]
mod without_tls;
