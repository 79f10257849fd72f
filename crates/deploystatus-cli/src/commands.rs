//! The subcommands, one file each.

pub(crate) mod completions;
pub(crate) mod create;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod emulator;
pub(crate) mod flush;
pub(crate) mod get;
pub(crate) mod latest;
pub(crate) mod list;
pub(crate) mod man;
pub(crate) mod run;
pub(crate) mod schema;
mod summary;
mod time_limit;
pub(crate) mod timeline;
pub(crate) mod wait;
