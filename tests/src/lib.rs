//! What the tests of several subjects share.

#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on fails"
)]

mod corpus;
mod one_call;

pub use corpus::{Corpus, checkout};
pub use one_call::{OneCall, status_body};
