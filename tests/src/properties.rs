//! Properties that hold for any input. The tests and the fuzz targets share them.
//!
//! A property is a function that panics if the code that it is named after violates the property.

mod error_body;
mod harness;
mod link_header;
mod seed;
mod snapshot;
mod statuses;
mod webhook_body;
mod webhook_signature;

pub use error_body::error_body;
pub use link_header::link_header;
pub use seed::seed;
pub use snapshot::snapshot;
pub use statuses::statuses;
pub use webhook_body::webhook_body;
pub use webhook_signature::{sign, webhook_signature};

/// A check that panics if some bytes violate a property.
pub type Property = fn(&[u8]);

/// All properties, with the names of their fuzz targets and corpora.
pub const PROPERTIES: [(&str, Property); 7] = [
    ("error_body", error_body),
    ("link_header", link_header),
    ("seed", seed),
    ("snapshot", snapshot),
    ("statuses", statuses),
    ("webhook_body", webhook_body),
    ("webhook_signature", webhook_signature),
];

/// Maximum number of characters of an error.
const MAX_LENGTH: usize = 8_000;

/// Checks that a message is one line of bounded length without control characters.
#[track_caller]
fn is_one_clear_line(text: &str) {
    assert!(!text.is_empty(), "the message is empty");
    let length = text.chars().count();
    assert!(length <= MAX_LENGTH, "{length} characters: {text:.200}…");
    assert!(!text.contains(char::is_control), "{text:?}");
}
