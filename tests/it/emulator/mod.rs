//! The emulator, through HTTP as its users meet it.

mod github;

mod faults;
mod pagination;
mod statuses;
mod time;
