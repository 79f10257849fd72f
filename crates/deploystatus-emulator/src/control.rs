//! The control API at `/_emulator`, which offers the Rust interface to other languages.

mod events;
mod failures;
mod guard;
mod handlers;
mod message;
mod page;

pub(crate) mod routes;
