#![doc = include_str!("../README.md")]

mod access;
mod admission;
mod answer;
mod builder;
mod call;
mod clock;
mod connection;
mod control;
mod error;
mod etag;
mod faults;
mod headers;
mod hex;
mod input;
mod limits;
mod media;
mod meter;
mod operation;
mod pagination;
mod pipeline;
mod profile;
mod record;
mod requests;
mod routes;
mod scripted;
mod seed;
mod server;
mod snapshot;
mod store;
mod switches;
mod validation;
mod webhooks;
mod wire;
mod world;

pub use access::Token;
pub use builder::EmulatorBuilder;
pub use clock::Clock;
pub use error::Error;
pub use faults::{Fault, FaultMix, Moment, RetryAfter};
pub use input::{NewDeployment, NewRepository, NewStatus};
pub use limits::{Limits, PrimaryLimits, SecondaryLimits};
pub use operation::Operation;
pub use profile::Profile;
pub use record::{Deployment, Repository, Status, User, UserKind};
pub use requests::ReceivedRequest;
pub use seed::Seed;
pub use server::Emulator;
pub use switches::{
    AutoInactive, FirstCheck, Ghost, HadSuccess, LimitStatus, MissingState, Switches,
    ValidationErrors, WriteWithoutPush,
};
pub use webhooks::{Delivery, Webhook};
