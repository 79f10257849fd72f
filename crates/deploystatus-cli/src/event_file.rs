//! The event that started a workflow, as the runner stores it in a file.

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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(bytes: &[u8]) -> Result<Option<u64>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("event.json");
        fs::write(&path, bytes).unwrap();
        let id = deployment_id(&path);
        if let Err(message) = &id {
            assert!(message.contains(&path.display().to_string()), "{message}");
            assert!(!message.contains(char::is_control), "{message}");
        }
        id
    }

    #[test]
    fn deployment_is_found_behind_a_byte_order_mark() {
        let event = json!({"action": "created", "deployment": {"id": 42}});
        assert_eq!(read(event.to_string().as_bytes()), Ok(Some(42)));
        assert_eq!(
            read(format!("\u{feff}{event:#}\r\n").as_bytes()),
            Ok(Some(42))
        );
    }

    #[test]
    fn event_without_a_deployment_has_no_id() {
        for event in [
            json!({}),
            json!([]),
            json!({"deployment": {"id": "42"}}),
            json!({"event": {"deployment": {"id": 42}}}),
        ] {
            assert_eq!(read(event.to_string().as_bytes()), Ok(None), "{event}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_rejected(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let is_json = serde_json::from_slice::<Value>(&bytes).is_ok();
            prop_assert!(!is_json || read(&bytes).is_ok());
            prop_assert!(is_json || bytes.starts_with(b"\xef\xbb\xbf") || read(&bytes).is_err());
        }
    }
}
