#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod call;
mod client;
mod error;
mod http;
mod model;
mod rollout;
#[cfg(feature = "webhook")]
pub mod webhook;
#[doc = include_str!("guide.md")]
pub mod guide {}

pub use deploystatus_generated::State;
pub use futures_util::stream::Stream;
pub use jiff::Timestamp;

pub use call::delay::Delay;
pub use call::pacing::Pacing;
pub use call::retry::RetryPolicy;
pub use client::Client;
pub use client::builder::ClientBuilder;
pub use client::deployment::Deployment;
pub use client::pages::StatusPages;
pub use client::wait::Wait;
pub use client::wait::outcome::{Outcome, PollEvent};
pub use client::wait::policy::WaitPolicy;
pub use error::advice::Advice;
pub use error::rejection::{FieldError, Rejection, RejectionKind};
pub use error::unknown_outcome::{SearchResult, UnknownOutcome};
pub use error::{Error, ErrorKind};
pub use http::profile::ServerProfile;
pub use http::rate_limit::RateLimit;
pub use model::account::{Account, App};
pub use model::create_outcome::{Confirmation, CreateOutcome, SearchBound};
pub use model::deployment_status::DeploymentStatus;
pub use model::invalid_value::InvalidValue;
pub use model::new_status::NewStatus;
pub use model::preview::Preview;
pub use model::timeline::Timeline;
pub use model::timeline::attempt::Attempt;
pub use model::timeline::period::Period;
pub use rollout::Rollout;
pub use rollout::builder::RolloutBuilder;
pub use rollout::error::RolloutError;
pub use rollout::handle::RolloutHandle;
pub use rollout::outbox::Outbox;
pub use rollout::outbox::flush_report::{FlushEvent, FlushReport};
pub use rollout::outbox::superseded::OnSuperseded;
pub use rollout::run::Finished;
pub use rollout::undelivered::Undelivered;
