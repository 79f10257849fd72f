//! Files that a workflow's runner leaves, as the command reads them.

use std::fs;

use serde_json::Value;

use super::is_one_clear_line;
use super::seed::Folder;

// The command has no library, and running it for each of a million files would find nothing.
#[path = "../../../crates/deploystatus-cli/src/event_file.rs"]
mod command;

/// A file tells of the deployment that stands in it, of none,
/// or is refused in one line that says what it was for, where it is, and where in it the trouble is.
///
/// The bytes are the file.
pub fn event_file(bytes: &[u8]) {
    let folder = Folder::new();
    let path = folder.file("event.json");
    fs::write(&path, bytes).unwrap();
    let found = command::deployment_id(&path);
    let text = std::str::from_utf8(bytes);
    if let Err(told) = &found {
        is_one_clear_line(told);
        assert!(told.contains("GITHUB_EVENT_PATH"), "{told}");
        assert!(told.contains(&path.display().to_string()), "{told}");
        let place = if text.is_ok() { " at line " } else { "UTF-8" };
        assert!(told.contains(place), "{told}");
    }
    let Ok(text) = text else {
        assert!(found.is_err(), "what is no text was read");
        return;
    };
    let event = serde_json::from_str::<Value>(text.trim_start_matches('\u{feff}'));
    assert_eq!(found.is_ok(), event.is_ok(), "{found:?}");
    let Ok(event) = event else { return };
    let id = event.pointer("/deployment/id").and_then(Value::as_u64);
    assert_eq!(found, Ok(id));

    // The mark and the line ends of another system change nothing.
    fs::write(&path, format!("\u{feff}{event:#}\r\n")).unwrap();
    assert_eq!(command::deployment_id(&path), found);
    let elsewhere = serde_json::json!({"event": event});
    fs::write(&path, elsewhere.to_string()).unwrap();
    assert_eq!(command::deployment_id(&path).unwrap_or_default(), None);
}
