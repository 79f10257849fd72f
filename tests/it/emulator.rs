//! Tests of the emulator over HTTP.

#![expect(clippy::unwrap_used, reason = "a failed helper fails its test")]

mod github;
mod recording;

mod access;
mod bounds;
mod browser;
mod captures;
mod connections;
mod control;
mod control_access;
mod cors;
mod deliveries;
mod deployments;
mod environments;
mod failures;
mod faults;
mod headers;
mod inactive;
mod limits;
mod page;
mod pagination;
mod previews;
mod readme;
mod renames;
mod replication;
mod resets;
mod schema;
mod seed_schema;
mod snapshots;
mod statuses;
mod time;
mod validation;
mod versions;
mod webhooks;
