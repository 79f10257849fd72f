//! Many concurrent reporters, and one client for a long time.

mod load;
mod soak;
