//! The control API at `/_emulator`, which offers the Rust interface to other languages.

mod guard;
mod handlers;
mod message;

pub(crate) mod routes;
