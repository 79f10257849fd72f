//! Response bodies in the form in which GitHub writes them.

pub(crate) mod deployment;
pub(crate) mod environment;
pub(crate) mod repository;
pub(crate) mod status;
pub(crate) mod style;
pub(crate) mod user;
