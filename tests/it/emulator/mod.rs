//! The emulator, through HTTP as its users meet it.

#![expect(
    clippy::unwrap_used,
    reason = "what helps a test may fail it like the test itself"
)]

mod github;
mod recording;

mod access;
mod captures;
mod connections;
mod control;
mod deployments;
mod faults;
mod headers;
mod inactive;
mod limits;
mod pagination;
mod previews;
mod readme;
mod renames;
mod snapshots;
mod statuses;
mod time;
mod validation;
mod versions;
mod webhooks;
