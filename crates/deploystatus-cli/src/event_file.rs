//! The event that started a workflow, as the runner leaves it in a file.
//!
//! This file knows no other of the command, because the tests read it as a module of theirs.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// The number of the deployment that the event is about; nothing when it is about none.
///
/// What goes wrong is told in a sentence of one line.
pub(crate) fn deployment_id(path: &Path) -> Result<Option<u64>, String> {
    let place = path.display();
    let text = fs::read_to_string(path).map_err(|error| {
        format!("failed to read the event at GITHUB_EVENT_PATH, {place}: {error}")
    })?;
    let event: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| format!("the event at GITHUB_EVENT_PATH is not JSON: {place}: {error}"))?;
    Ok(event["deployment"]["id"].as_u64())
}
