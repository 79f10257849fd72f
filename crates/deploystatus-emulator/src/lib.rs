#![doc = include_str!("../README.md")]

mod access;
mod api;
mod app_state;
mod control;
mod error;
mod faults;
mod http;
mod json;
mod model;
mod seed;
mod server;
mod store;
mod webhooks;

pub use access::token::Token;
pub use app_state::request_log::ReceivedRequest;
pub use error::Error;
pub use faults::fault::{Fault, RetryAfter, Stage};
pub use faults::mix::FaultMix;
pub use model::clock::Clock;
pub use model::create::{NewDeployment, NewRepository, NewStatus};
pub use model::limits::{Limits, PrimaryLimits, SecondaryLimits};
pub use model::operation::Operation;
pub use model::profile::Profile;
pub use model::quirks::{
    AutoInactive, FirstCheck, Ghost, HadSuccess, LimitStatus, MissingState, Quirks, ReplicaLag,
    ValidationErrors, WriteWithoutPush,
};
pub use model::{Deployment, Repository, Status, User, UserKind};
pub use seed::Seed;
pub use server::Emulator;
pub use server::builder::EmulatorBuilder;
pub use webhooks::delivery::Delivery;
pub use webhooks::sender::Webhook;
