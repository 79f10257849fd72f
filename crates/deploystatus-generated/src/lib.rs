#![doc = include_str!("../README.md")]

#[rustfmt::skip]
#[allow(
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "the generator's style is not ours"
)]
mod generated;

mod exchange;
mod lenient;
mod path_segment;
mod state;
mod undecoded;

pub use exchange::{Answer, Body, Exchange};
pub use generated::{Client, ClientInfo, Error, ResponseValue, State, types};
pub use path_segment::{InvalidPathSegment, PathSegment};
pub use undecoded::Undecoded;
