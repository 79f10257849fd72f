//! Failures on purpose, and the responses that they send.

mod form;

pub(crate) mod fault;
pub(crate) mod mix;
pub(crate) mod queue;
pub(crate) mod response;
