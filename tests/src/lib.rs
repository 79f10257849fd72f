//! Fixtures and properties shared by the tests.

#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a failing fixture fails its test"
)]

mod corpus;
mod fleet;
mod one_call;
pub mod properties;
mod scene;

pub use corpus::{Corpus, checkout};
pub use fleet::Fleet;
pub use one_call::{OneCall, status_body};
pub use scene::{Scene, TOKEN, another_process, client_builder, in_paused_time, on_tokio_time};

/// Compiles the programs in the README of the project.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
