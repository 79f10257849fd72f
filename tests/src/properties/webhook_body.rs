//! Events of a webhook, as their receiver reads them.

use std::cell::OnceCell;

use deploystatus::Client;
use deploystatus::webhook::{Event, Rejected, Verifier};
use http::{HeaderMap, HeaderValue};
use jiff::Timestamp;
use serde_json::Value;

use super::{is_one_clear_line, sign};

const SECRET: &str = "It's a Secret to Everybody";
const NAMES: [&str; 3] = ["deployment", "deployment_status", "ping"];

/// A signed event is read if it has what it cannot be without, whatever else is odd in it,
/// says what its body says, and is the same when it comes as a form.
///
/// The first byte chooses the event, the rest is its body.
pub fn webhook_body(bytes: &[u8]) {
    let Some((choice, body)) = bytes.split_first() else {
        return;
    };
    let name = NAMES[usize::from(*choice) % NAMES.len()];
    let read = received(name, body);
    match &read {
        Ok(_) => {}
        Err(Rejected::AnotherEvent(another)) => assert_eq!(another, "ping"),
        Err(rejected) => {
            assert!(
                matches!(rejected, Rejected::Malformed { .. }),
                "{rejected:?}"
            );
            assert_eq!(rejected.answer(), 400);
            is_one_clear_line(&rejected.to_string());
        }
    }
    // What is no text comes out of a form as another one.
    if std::str::from_utf8(body).is_ok() && !body.starts_with(b"payload=") {
        assert_eq!(received(name, &as_form(body)).ok(), read.ok());
    }
    // The same document without what only its text has, such as a field that stands there twice.
    let Ok(document) = serde_json::from_slice::<Value>(body) else {
        return;
    };
    let read = received(name, document.to_string().as_bytes());
    assert_eq!(read.is_ok(), is_complete(name, &document), "{read:?}");
    if let Ok(event) = read {
        says_the_same(&event, &document);
    }
}

fn received(name: &'static str, body: &[u8]) -> Result<Event, Rejected> {
    let verifier = Verifier::new(SECRET).unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("x-github-event", HeaderValue::from_static(name));
    headers.insert("x-github-delivery", HeaderValue::from_static("7"));
    let signature = sign(SECRET, body).parse().unwrap();
    headers.insert("x-hub-signature-256", signature);
    let delivery = verifier.receive(&headers, body)?;
    assert_eq!(delivery.id.as_deref(), Some("7"));
    Ok(delivery.event)
}

fn as_form(body: &[u8]) -> Vec<u8> {
    let digits = body.iter().map(|byte| format!("%{byte:02X}"));
    let encoded: String = digits.collect();
    format!("payload={encoded}").into_bytes()
}

/// Whether it has all that an event cannot be without.
fn is_complete(name: &str, document: &Value) -> bool {
    let is_time = |value: &Value| {
        let text = value.as_str();
        text.is_some_and(|text| text.parse::<Timestamp>().is_ok())
    };
    let (deployment, repository) = (&document["deployment"], &document["repository"]);
    let status = &document["deployment_status"];
    let texts = ["sha", "ref", "task", "environment"];
    NAMES[..2].contains(&name)
        && deployment["id"].is_u64()
        && texts.iter().all(|name| deployment[name].is_string())
        && is_time(&deployment["created_at"])
        && repository["id"].is_u64()
        && repository["full_name"].is_string()
        && (name == "deployment"
            || status["id"].is_u64()
                && status["state"].is_string()
                && is_time(&status["created_at"]))
}

fn says_the_same(event: &Event, document: &Value) {
    let (details, deployment) = (event.details(), &document["deployment"]);
    assert_eq!(Some(details.id), deployment["id"].as_u64());
    assert_eq!(Some(details.sha.as_str()), deployment["sha"].as_str());
    assert_eq!(Some(details.reference.as_str()), deployment["ref"].as_str());
    assert_eq!(
        details.production_environment,
        deployment["production_environment"].as_bool()
    );
    let kept: Value = serde_json::from_str(details.payload.json()).unwrap();
    assert_eq!(kept, deployment["payload"]);
    let full_name = document["repository"]["full_name"].as_str();
    assert_eq!(Some(event.repository().full_name.as_str()), full_name);
    if let Event::DeploymentStatus(event) = event {
        let status = &document["deployment_status"];
        let reported = &event.deployment_status;
        assert_eq!(Some(reported.id), status["id"].as_u64());
        assert_eq!(Some(reported.state.as_str()), status["state"].as_str());
    }
    match event.deployment(&client()) {
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

/// A client that is never asked to send anything.
fn client() -> Client {
    CLIENT.with(|client| {
        let new = || Client::builder().token("t").build().unwrap();
        client.get_or_init(new).clone()
    })
}
