//! Event files of GitHub Actions, as the command reads them.

use std::fs;

use serde_json::Value;

use super::is_one_clear_line;
use super::seed::Folder;

// The command has no library, and starting it for each input would be too slow for a fuzzer.
#[path = "../../../crates/deploystatus-cli/src/event_file.rs"]
mod command;

/// Reading an event file returns its deployment, `None`,
/// or an error of one line with the purpose and path of the file and the position of the problem.
///
/// The input is the file.
pub fn event_file(bytes: &[u8]) {
    let folder = Folder::new();
    let path = folder.file("event.json");
    fs::write(&path, bytes).unwrap();
    let found = command::deployment_id(&path);
    let text = std::str::from_utf8(bytes);
    if let Err(message) = &found {
        is_one_clear_line(message);
        assert!(message.contains("GITHUB_EVENT_PATH"), "{message}");
        assert!(message.contains(&path.display().to_string()), "{message}");
        let position = if text.is_ok() { " at line " } else { "UTF-8" };
        assert!(message.contains(position), "{message}");
    }
    let Ok(text) = text else {
        assert!(found.is_err(), "a file that is not UTF-8 was accepted");
        return;
    };
    let event = serde_json::from_str::<Value>(text.trim_start_matches('\u{feff}'));
    assert_eq!(found.is_ok(), event.is_ok(), "{found:?}");
    let Ok(event) = event else { return };
    let id = event.pointer("/deployment/id").and_then(Value::as_u64);
    assert_eq!(found, Ok(id));

    // A byte order mark and other line ends make no difference.
    fs::write(&path, format!("\u{feff}{event:#}\r\n")).unwrap();
    assert_eq!(command::deployment_id(&path), found);
    let elsewhere = serde_json::json!({"event": event});
    fs::write(&path, elsewhere.to_string()).unwrap();
    assert_eq!(command::deployment_id(&path).unwrap_or_default(), None);
}
