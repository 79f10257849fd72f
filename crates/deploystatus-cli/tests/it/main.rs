//! The command as people use it: what they type, what it prints, how it ends.
//!
//! The transcripts have a Unix's words for what files and connections do.
#![cfg(unix)]
#![expect(
    clippy::needless_raw_string_hashes,
    reason = "snapbox writes transcripts like this"
)]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed, in its helpers too"
)]

mod creating;
mod doctor;
mod errors;
mod flushing;
mod pages;
mod pipes;
mod reading;
mod serving;
mod timeline;
mod usage;
mod waiting;
mod where_from;
mod world;
