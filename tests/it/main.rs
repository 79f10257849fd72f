//! Behaviour across the crates, one file a subject.

mod emulator;
mod facade;
