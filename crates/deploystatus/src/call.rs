//! One request and its repetitions: sending, classification, retry, pacing, and data shared between calls.

pub(crate) mod cache;
pub(crate) mod classify;
pub(crate) mod core;
pub(crate) mod delay;
pub(crate) mod exchange;
pub(crate) mod gate;
pub(crate) mod operation;
pub(crate) mod pacing;
pub(crate) mod read;
pub(crate) mod rejection;
pub(crate) mod retry;
pub(crate) mod send;
pub(crate) mod target;
pub(crate) mod trace;
