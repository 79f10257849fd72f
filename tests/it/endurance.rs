//! Many reporters at once, and one client for a very long time.

mod load;
mod soak;
