//! The emulator, through HTTP as its users meet it.

mod github;

mod access;
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
mod versions;
mod webhooks;
