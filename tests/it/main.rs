//! Behaviour across the crates, one file a subject.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod answers;
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
mod rollout;
mod state;
mod tidy;
mod timeline;
mod wait;
mod webhook;
mod wire;
