#![doc = include_str!("../README.md")]

#[rustfmt::skip]
#[expect(
    clippy::pedantic,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "generated code is not written by the project's lints"
)]
mod generated;

mod exchange;
mod lazy_json;
pub mod lenient;
mod path_segment;
mod state;

pub use exchange::{Body, Exchange, Outcome, RecordedResponse};
pub use generated::{Client, ClientInfo, Error, ResponseValue, State, types};
pub use lazy_json::LazyJson;
pub use path_segment::{InvalidPathSegment, PathSegment};
