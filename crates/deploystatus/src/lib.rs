#![doc = include_str!("../README.md")]

mod actor;
mod base_url;
#[cfg(feature = "blocking")]
pub mod blocking;
mod builder;
mod client;
mod delivery;
mod deployment;
mod endpoints;
mod error;
mod header;
mod kept;
mod link;
mod memory;
mod name;
mod new_status;
#[cfg(feature = "outbox")]
mod outbox;
mod pacing;
mod pages;
mod rate_limit;
mod redirect;
mod reply;
mod retry;
mod rollout;
mod roots;
mod server;
mod state;
mod status;
mod timeline;
mod token;
mod trace;
mod transport;
mod undelivered;
mod verdict;
mod wait;
#[cfg(feature = "webhook")]
pub mod webhook;

pub use actor::{Account, App};
pub use builder::ClientBuilder;
pub use client::Client;
pub use delivery::Delivered;
pub use deployment::Deployment;
pub use error::{
    Error, Failed, FieldError, Invalid, Moved, OutcomeUnknown, RateLimited, Rejection, Unreadable,
    WorkFailed,
};
pub use new_status::NewStatus;
#[cfg(feature = "outbox")]
pub use outbox::{Flushed, Outbox, Overtaken};
pub use pacing::Pacing;
pub use pages::StatusPages;
pub use rate_limit::RateLimit;
pub use retry::RetryPolicy;
pub use rollout::{MayRetire, NewRollout, Ongoing, Progress, Rollout, Succeeded};
pub use server::ServerProfile;
pub use state::State;
pub use status::DeploymentStatus;
pub use timeline::{Attempt, Stretch, Timeline};
pub use undelivered::Undelivered;
pub use wait::{Outcome, Poll, Wait, WaitPolicy};
