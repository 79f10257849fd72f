//! Properties that hold for any input, shared by the tests and the fuzz targets.
//!
//! A property is a function that panics if the input violates it.

mod error_body;
mod event_file;
mod link_header;
mod seed;
mod snapshot;
mod stage;
mod statuses;
mod webhook_body;
mod webhook_signature;

pub use error_body::error_body;
pub use event_file::event_file;
pub use link_header::link_header;
pub use seed::seed;
pub use snapshot::snapshot;
pub use statuses::statuses;
pub use webhook_body::webhook_body;
pub use webhook_signature::{sign, webhook_signature};

/// A property of some bytes.
pub type Property = fn(&[u8]);

/// All properties, with the names of their fuzz targets and corpora.
pub const PROPERTIES: [(&str, Property); 8] = [
    ("error_body", error_body),
    ("event_file", event_file),
    ("link_header", link_header),
    ("seed", seed),
    ("snapshot", snapshot),
    ("statuses", statuses),
    ("webhook_body", webhook_body),
    ("webhook_signature", webhook_signature),
];

/// The maximum length of an error message in characters.
const LONGEST: usize = 8_000;

/// Checks that a message is one line of bounded length without control characters.
#[track_caller]
fn is_one_clear_line(text: &str) {
    assert!(!text.is_empty(), "the message is empty");
    let length = text.chars().count();
    assert!(length <= LONGEST, "{length} characters: {text:.200}…");
    assert!(!text.contains(char::is_control), "{text:?}");
}
