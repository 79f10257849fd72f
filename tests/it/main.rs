//! Behaviour across the crates, one file for each subject.

#![expect(clippy::unwrap_used, reason = "a test fails if a value is missing")]

mod captures;
mod emulator;
mod endurance;
mod facade;
mod incidents;
mod layers;
mod outbox;
mod paths;
mod properties;
mod prose;
mod responses;
mod rollout;
mod state;
mod tidy;
mod timeline;
mod wait;
mod webhook;
mod wire;
