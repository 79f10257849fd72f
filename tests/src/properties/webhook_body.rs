//! Parsing of webhook events.

use std::cell::OnceCell;

use deploystatus::Client;
use deploystatus::webhook::{Event, EventContent, Verifier, VerifyError};
use http::{HeaderMap, HeaderValue};
use jiff::Timestamp;
use serde_json::Value;

use super::{is_one_clear_line, sign};

const SECRET: &str = "It's a Secret to Everybody";
const NAMES: [&str; 3] = ["deployment", "deployment_status", "ping"];

/// Checks that a signed event is parsed exactly if its required fields are valid.
///
/// The event has the values of its body, and a form gives the same event as JSON.
/// The first byte of the input selects the event, the rest is the body.
pub fn webhook_body(bytes: &[u8]) {
    let Some((choice, body)) = bytes.split_first() else {
        return;
    };
    let name = NAMES[usize::from(*choice) % NAMES.len()];
    let result = receive(name, body);
    match &result {
        Ok(_) => {}
        Err(VerifyError::UnsupportedEvent { name, .. }) => assert_eq!(name, "ping"),
        Err(error) => {
            assert!(matches!(error, VerifyError::Malformed { .. }), "{error:?}");
            assert_eq!(error.status_code(), 400);
            is_one_clear_line(&error.to_string());
            assert!(error.to_string().chars().count() < 350, "{error}");
        }
    }
    if !body.starts_with(b"payload=") {
        assert_eq!(receive(name, &as_form(body)), result);
    }
    // Parsing and printing removes properties of the text alone, such as duplicate fields.
    let Ok(document) = serde_json::from_slice::<Value>(body) else {
        return;
    };
    let result = receive(name, document.to_string().as_bytes());
    assert_eq!(result.is_ok(), is_complete(name, &document), "{result:?}");
    if let Ok(event) = result {
        has_values_of(&event, &document);
    }
}

fn receive(name: &'static str, body: &[u8]) -> Result<Event, VerifyError> {
    let verifier = Verifier::new(SECRET).unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("x-github-event", HeaderValue::from_static(name));
    headers.insert("x-github-delivery", HeaderValue::from_static("7"));
    let signature = sign(SECRET, body).parse().unwrap();
    headers.insert("x-hub-signature-256", signature);
    let event = verifier.receive(&headers, body)?;
    assert_eq!(event.delivery_id.as_deref(), Some("7"));
    Ok(event)
}

fn as_form(body: &[u8]) -> Vec<u8> {
    let digits = body.iter().map(|byte| format!("%{byte:02X}"));
    let encoded: String = digits.collect();
    format!("payload={encoded}").into_bytes()
}

/// Returns `true` if all required fields are valid.
fn is_complete(name: &str, document: &Value) -> bool {
    let is_timestamp = |value: &Value| {
        let text = value.as_str();
        text.is_some_and(|text| text.parse::<Timestamp>().is_ok())
    };
    let (deployment, repository) = (&document["deployment"], &document["repository"]);
    let status = &document["deployment_status"];
    let texts = ["sha", "ref", "task", "environment"];
    NAMES[..2].contains(&name)
        && deployment["id"].is_u64()
        && texts.iter().all(|name| deployment[name].is_string())
        && is_timestamp(&deployment["created_at"])
        && repository["id"].is_u64()
        && repository["full_name"].is_string()
        && (name == "deployment"
            || status["id"].is_u64()
                && status["state"].is_string()
                && is_timestamp(&status["created_at"]))
}

fn has_values_of(event: &Event, document: &Value) {
    let (details, deployment) = (&event.deployment, &document["deployment"]);
    assert_eq!(Some(details.id), deployment["id"].as_u64());
    assert_eq!(Some(details.sha.as_str()), deployment["sha"].as_str());
    assert_eq!(Some(details.reference.as_str()), deployment["ref"].as_str());
    assert_eq!(
        details.production_environment,
        deployment["production_environment"].as_bool()
    );
    let payload: Value = serde_json::from_str(details.payload.json()).unwrap();
    assert_eq!(payload, deployment["payload"]);
    let full_name = document["repository"]["full_name"].as_str();
    assert_eq!(Some(event.repository.full_name.as_str()), full_name);
    if let EventContent::DeploymentStatus(status) = &event.content {
        let expected = &document["deployment_status"];
        assert_eq!(Some(status.id), expected["id"].as_u64());
        assert_eq!(Some(status.state.as_str()), expected["state"].as_str());
    }
    assert_eq!(event.json(), document.to_string());
    match event.handle(&client()) {
        Ok(handle) => {
            assert_eq!(handle.id(), details.id);
            assert_eq!(Some(handle.repository().as_ref()), full_name);
        }
        Err(error) => is_one_clear_line(&error.to_string()),
    }
}

thread_local! {
    static CLIENT: OnceCell<Client> = const { OnceCell::new() };
}

/// Returns a client that is shared by all events of a thread, because creating one is slow.
fn client() -> Client {
    CLIENT.with(|client| {
        let new = || Client::builder().token("t").build().unwrap();
        client.get_or_init(new).clone()
    })
}
