//! Decoding of statuses.

use deploystatus::{DeploymentStatus, Error, ErrorKind};
use jiff::Timestamp;
use serde_json::Value;

use super::error_body::hides_the_token;
use super::harness::{Harness, response, with_harness};
use super::is_one_clear_line;

/// A page is decoded if each status has an ID, a state and a creation time, whatever its other fields contain.
/// The decoded fields equal those of the JSON, and statuses survive serialization.
///
/// The input is the body of a page.
pub fn statuses(bytes: &[u8]) {
    with_harness(|harness| {
        let read = page(harness, bytes);
        match &read {
            Ok(statuses) => statuses.iter().for_each(survives_serialization),
            Err(error) => is_explained(error),
        }
        // The same document without details that only its text has, such as duplicate fields.
        let Ok(document) = serde_json::from_slice::<Value>(bytes) else {
            return;
        };
        let read = page(harness, document.to_string().as_bytes());
        let Value::Array(elements) = &document else {
            assert!(read.is_err(), "a document that is not a list was decoded");
            return;
        };
        assert_eq!(read.is_ok(), elements.iter().all(is_complete), "{read:?}");
        if let Ok(statuses) = read {
            assert_eq!(statuses.len(), elements.len());
            for (status, element) in statuses.iter().zip(elements) {
                has_same_fields(status, element);
            }
        }
        if let Some(element) = elements.first() {
            let alone = single(harness, element.to_string().as_bytes());
            assert_eq!(alone.is_ok(), is_complete(element), "{alone:?}");
            let public = serde_json::from_str::<DeploymentStatus>(&element.to_string());
            assert_eq!(alone.ok(), public.ok());
        }
    });
}

fn page(harness: &Harness, body: &[u8]) -> Result<Vec<DeploymentStatus>, Error> {
    let response = response(200, b"content-type: application/json\r\n", body);
    let (outcome, requests) = harness.run(
        move |_| response.clone(),
        |client| async move {
            let mut pages = client.deployment("octocat/example", 42)?.statuses();
            Ok(pages.next_page().await?.unwrap_or_default())
        },
    );
    assert_eq!(requests.len(), 1);
    outcome
}

fn single(harness: &Harness, body: &[u8]) -> Result<DeploymentStatus, Error> {
    let response = response(200, b"", body);
    let (outcome, requests) = harness.run(
        move |_| response.clone(),
        |client| async move {
            let deployment = client.deployment("octocat/example", 42)?;
            deployment.get_status(1).await
        },
    );
    assert_eq!(requests.len(), 1);
    outcome
}

fn is_explained(error: &Error) {
    assert!(error.kind() == ErrorKind::InvalidResponse, "{error:?}");
    assert_eq!(error.status(), Some(200));
    is_one_clear_line(&error.to_string());
    hides_the_token(error);
}

fn survives_serialization(status: &DeploymentStatus) {
    let written = serde_json::to_string(status).unwrap();
    let read: DeploymentStatus = serde_json::from_str(&written).unwrap();
    assert_eq!(*status, read, "{written}");
    let written: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(written, serde_json::to_value(&read).unwrap());
}

/// Returns `true` if the status has all required fields.
fn is_complete(element: &Value) -> bool {
    element["id"].is_u64() && element["state"].is_string() && time(&element["created_at"]).is_some()
}

fn time(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

fn has_same_fields(status: &DeploymentStatus, element: &Value) {
    let text = |name: &str| element[name].as_str().filter(|text| !text.is_empty());
    assert_eq!(Some(status.id), element["id"].as_u64());
    assert_eq!(Some(status.state.as_str()), element["state"].as_str());
    assert_eq!(Some(status.created_at), time(&element["created_at"]));
    assert_eq!(status.updated_at, time(&element["updated_at"]));
    assert_eq!(status.description.as_deref(), text("description"));
    assert_eq!(status.environment.as_deref(), text("environment"));
    assert_eq!(status.environment_url.as_deref(), text("environment_url"));
    assert_eq!(status.target_url.as_deref(), text("target_url"));
    assert_eq!(
        status.log_url.as_deref(),
        text("log_url").or(text("target_url"))
    );
    assert_eq!(status.node_id.as_deref(), text("node_id"));
    assert_eq!(status.url.as_deref(), text("url"));
    assert_eq!(status.creator.is_some(), element["creator"].is_object());
    let app = &element["performed_via_github_app"];
    assert_eq!(status.performed_via_github_app.is_some(), app.is_object());
    for field in status.extra_fields() {
        assert_eq!(status.extra(field), Some(&element[field]));
    }
}
