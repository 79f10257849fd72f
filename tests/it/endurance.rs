//! Many concurrent reporters, and one client for a long time.

mod fleet;
mod load;
mod soak;
