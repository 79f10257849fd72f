//! The event that started a workflow, as the runner stores it in a file.
//!
//! This file uses no other file of the command, because a property test includes it as a module.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// Returns the ID of the event's deployment, or `None` if the event has no deployment.
///
/// # Errors
///
/// Returns a message of one line if the file cannot be read or is not JSON.
pub(crate) fn deployment_id(path: &Path) -> Result<Option<u64>, String> {
    let shown = path.display();
    let text = fs::read_to_string(path).map_err(|error| {
        format!("cannot read event file {shown} (from GITHUB_EVENT_PATH): {error}")
    })?;
    let event: Value =
        serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
            format!("invalid JSON in event file {shown} (from GITHUB_EVENT_PATH): {error}")
        })?;
    Ok(event["deployment"]["id"].as_u64())
}
