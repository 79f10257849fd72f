//! What must hold of any bytes: each written once, for the tests and the fuzz targets alike.
//!
//! A property is a function that panics when what it is named after breaks a promise.

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

/// A promise, asked of some bytes.
pub type Property = fn(&[u8]);

/// All properties, by the names of their fuzz targets and corpora.
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

/// The most characters of an error, so that it is read and not scrolled through.
const LONGEST: usize = 8_000;

/// Holds a text for people against what all of them promise: one line, not endless, nothing for the terminal.
#[track_caller]
fn is_one_clear_line(text: &str) {
    assert!(!text.is_empty(), "it says nothing");
    let length = text.chars().count();
    assert!(length <= LONGEST, "{length} characters: {text:.200}…");
    assert!(!text.contains(char::is_control), "{text:?}");
}
