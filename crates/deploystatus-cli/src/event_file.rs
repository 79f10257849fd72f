//! The event that started a workflow, as the runner leaves it in a file.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::error::Error;

/// The number of the deployment that the event is about; nothing when it is about none.
pub(crate) fn deployment_id(path: &Path) -> Result<Option<u64>, Error> {
    let text = fs::read_to_string(path).map_err(|source| Error::File {
        what: "read the event at GITHUB_EVENT_PATH,",
        path: path.to_owned(),
        source,
    })?;
    let event: Value =
        serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
            Error::Usage(format!(
                "the event at GITHUB_EVENT_PATH is not JSON: {}: {error}",
                path.display()
            ))
        })?;
    Ok(event["deployment"]["id"].as_u64())
}
