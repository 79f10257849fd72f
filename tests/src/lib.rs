//! What the tests of several subjects share.

#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on fails"
)]

mod corpus;
mod one_call;
pub mod properties;

pub use corpus::{Corpus, checkout};
pub use one_call::{OneCall, status_body};

/// The program of the project's first page, which must at least compile.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
