//! Webhooks: events, signed deliveries and their log.

pub(crate) mod delivery;
pub(crate) mod event;
mod log;
mod post;
pub(crate) mod sender;
