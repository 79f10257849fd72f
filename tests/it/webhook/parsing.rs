//! Events parsed from deliveries and from made-up bodies.

use std::collections::BTreeMap;
use std::fmt::Write;

use deploystatus::webhook::{Event, EventContent, Payload, VerifyError};
use deploystatus::{Client, State};
use deploystatus_emulator::{Emulator, NewDeployment};
use serde_json::{Value, json};

use super::{deliveries, headers, verifier};

#[tokio::test]
async fn events_of_all_server_versions_are_parsed() {
    for server in ["github", "ghes:3.20", "ghes:3.4", "ghes:3.2", "ghes:2.22"] {
        let builder = Emulator::builder().profile(server.parse().unwrap());
        let new = NewDeployment::new("v1.2").environment("staging");
        let (github, sent) = deliveries(builder, new).await;
        let receive = |number: usize| {
            let (headers, body) = (headers(&sent[number]), sent[number].body.as_bytes());
            verifier().receive(&headers, body).unwrap()
        };

        let event = receive(0);
        let deployment = &github.deployments()[0];
        assert_eq!(event.content, EventContent::Deployment, "{server}");
        assert_eq!(event.deployment.id, deployment.id, "{server}");
        assert_eq!(event.deployment.sha, deployment.sha);
        assert_eq!(event.deployment.reference, "v1.2");
        assert_eq!(event.deployment.environment, "staging");
        assert_eq!(event.deployment.created_at, deployment.created_at);
        assert_eq!(event.repository.full_name, "octocat/example");
        assert_eq!(event.sender.as_ref().unwrap().login(), "octocat");
        assert!(event.organization.is_none() && event.installation.is_none());
        assert_eq!(event.json(), sent[0].body);

        let event = receive(1);
        let EventContent::DeploymentStatus(status) = event.content else {
            panic!("{server}")
        };
        let stored = &github.history(deployment.id)[0];
        assert_eq!(event.deployment.id, deployment.id, "{server}");
        assert_eq!(status.id, stored.id, "{server}");
        assert_eq!(status.state, State::InProgress);
        let log_url = status.log_url.as_deref();
        assert_eq!(log_url, Some("https://ci.example.com/7"), "{server}");
    }
}

#[tokio::test]
async fn event_returns_handle_of_its_deployment() {
    let new = NewDeployment::new("main");
    let (github, sent) = deliveries(Emulator::builder(), new).await;
    let client = Client::builder()
        .base_url(github.api_url())
        .token("t")
        .build()
        .unwrap();
    for sent in sent {
        let event = Event::parse(&sent.event, sent.body.as_bytes()).unwrap();
        let deployment = event.handle(&client).unwrap();
        assert_eq!(deployment.repository(), "octocat/example");
        let newest = deployment.latest_status().await.unwrap().unwrap();
        assert_eq!(newest.state, State::InProgress);
    }
}

/// Returns an event with only the required fields.
fn minimal() -> Value {
    json!({
        "deployment": {
            "id": 7, "sha": "c0ffee", "ref": "main", "task": "deploy",
            "environment": "production", "created_at": "2026-03-14T09:26:53Z",
        },
        "repository": {"id": 1, "full_name": "octocat/example"},
    })
}

fn parse(name: &str, body: &Value) -> Result<Event, VerifyError> {
    Event::parse(name, &serde_json::to_vec(body).unwrap())
}

/// Encodes every byte of a text, as a form may do.
fn form(bytes: &[u8]) -> Vec<u8> {
    let mut form = "payload=".to_owned();
    for byte in bytes {
        write!(form, "%{byte:02X}").unwrap();
    }
    form.into_bytes()
}

#[test]
fn malformed_optional_fields_are_ignored() {
    let mut body = minimal();
    assert!(parse("deployment", &body).is_ok());
    for malformed in [
        json!(null),
        json!(17),
        json!("text"),
        json!([1]),
        json!({"id": "x"}),
    ] {
        for field in [
            "action",
            "sender",
            "organization",
            "installation",
            "enterprise",
            "workflow_run",
            "deployment_status",
            "new_in_2030",
        ] {
            body[field] = malformed.clone();
        }
        for field in [
            "payload",
            "description",
            "creator",
            "original_environment",
            "transient_environment",
            "production_environment",
            "performed_via_github_app",
            "updated_at",
            "url",
            "node_id",
        ] {
            body["deployment"][field] = malformed.clone();
        }
        for field in ["name", "owner", "private", "default_branch", "html_url"] {
            body["repository"][field] = malformed.clone();
        }
        parse("deployment", &body).unwrap_or_else(|error| panic!("{malformed}: {error}"));
    }
}

#[test]
fn missing_required_field_is_malformed() {
    for pointer in ["/deployment/id", "/deployment/sha", "/repository/full_name"] {
        let mut body = minimal();
        *body.pointer_mut(pointer).unwrap() = json!(null);
        let error = parse("deployment", &body).unwrap_err();
        assert!(matches!(error, VerifyError::Malformed { .. }), "{pointer}");
    }
    for status in [None, Some(json!(null)), Some(json!({"id": 9}))] {
        let mut body = minimal();
        if let Some(status) = status {
            body["deployment_status"] = status;
        }
        let error = parse("deployment_status", &body).unwrap_err();
        assert!(matches!(error, VerifyError::Malformed { .. }), "{body}");
    }
}

#[test]
fn body_without_json_is_malformed() {
    for body in [&b""[..], b"{", b"[]", b"payload=", b"payload=%7B", b"pay"] {
        let error = Event::parse("deployment", body).unwrap_err();
        assert!(matches!(error, VerifyError::Malformed { .. }), "{body:?}");
    }
}

#[test]
fn invalid_utf8_is_malformed() {
    let mut body = minimal();
    body["deployment"]["description"] = json!("DESCRIPTION");
    let mut body = serde_json::to_vec(&body).unwrap();
    let at = body.windows(11).position(|text| text == b"DESCRIPTION");
    for encode in [<[u8]>::to_vec, form] {
        assert!(Event::parse("deployment", &encode(&body)).is_ok());
    }
    body[at.unwrap()] = 0xFF;
    for encode in [<[u8]>::to_vec, form] {
        let error = Event::parse("deployment", &encode(&body)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "malformed deployment: the body is not UTF-8"
        );
    }
}

#[test]
fn reason_is_bounded_and_escaped() {
    let long = "x\n\u{1b}[2J\u{202e}".repeat(10_000);
    let mut body = minimal();
    body["deployment"]["id"] = json!(long);
    let payload: Payload = serde_json::from_value(json!(long)).unwrap();
    for error in [
        parse("deployment", &body).unwrap_err(),
        payload.decode::<u32>().unwrap_err(),
    ] {
        let VerifyError::Malformed { reason, .. } = &error else {
            panic!("{error:?}")
        };
        for text in [reason, &error.to_string()] {
            assert!(text.chars().count() < 350, "{text}");
            assert!(!text.contains(['\n', '\u{1b}', '\u{202e}']), "{text}");
            assert!(
                text.contains("invalid type: string \"x\\n\\u{1b}[2J"),
                "{text}"
            );
        }
    }
}

#[test]
fn unknown_states_are_preserved() {
    let mut body = minimal();
    body["deployment_status"] =
        json!({"id": 9, "state": "waiting", "created_at": "2026-03-14T09:26:53Z"});
    for state in ["waiting", "paused"] {
        body["deployment_status"]["state"] = json!(state);
        let event = parse("deployment_status", &body).unwrap();
        let EventContent::DeploymentStatus(status) = event.content else {
            panic!("{state}")
        };
        assert_eq!(status.state, State::from(state));
    }
}

#[test]
fn form_is_parsed_like_json() {
    let mut body = minimal();
    body["deployment"]["description"] = json!("1 + 1 = 100 % grün & co.");
    let json = serde_json::to_vec(&body).unwrap();
    let expected = Event::parse("deployment", &json).unwrap();
    assert_eq!(
        Event::parse("deployment", &form(&json)).unwrap(),
        expected,
        "every byte encoded"
    );
    let json = String::from_utf8(json).unwrap();
    let usual = json
        .replace('%', "%25")
        .replace('+', "%2B")
        .replace('&', "%26")
        .replace(' ', "+");
    let usual = format!("payload={usual}&another=field");
    assert_eq!(
        Event::parse("deployment", usual.as_bytes()).unwrap(),
        expected,
        "spaces as plus signs"
    );
}

#[test]
fn fields_without_model_are_in_the_json() {
    let mut body = minimal();
    body["workflow_run"] = json!({"html_url": "https://ci.example.com/9"});
    let event = Event::parse("deployment", &form(body.to_string().as_bytes())).unwrap();
    assert_eq!(serde_json::from_str::<Value>(event.json()).unwrap(), body);
}

#[test]
fn payload_decodes_from_value_and_from_string() {
    type Regions = BTreeMap<String, String>;
    let payload = |json: Value| -> Payload {
        let mut body = minimal();
        body["deployment"]["payload"] = json;
        parse("deployment", &body).unwrap().deployment.payload
    };
    let object = payload(json!({"region": "eu"}));
    let string = payload(json!("{\"region\": \"eu\"}"));
    assert_eq!(object.decode::<Regions>().unwrap()["region"], "eu");
    assert_eq!(string.decode::<Regions>().unwrap()["region"], "eu");
    assert_eq!(string.decode::<String>().unwrap(), "{\"region\": \"eu\"}");
    assert_eq!(payload(json!("eu")).decode::<String>().unwrap(), "eu");
    assert_eq!(payload(json!("42")).decode::<u32>().unwrap(), 42);
    assert_eq!(payload(json!("42")).decode::<String>().unwrap(), "42");
    assert_eq!(payload(json!(null)).decode::<Option<u32>>().unwrap(), None);
    assert_eq!(payload(json!("eu")).text().as_deref(), Some("eu"));
    assert_eq!(object.text(), None);
    for wrong in [
        json!({"region": 1}),
        json!("eu"),
        json!("{\"region\": 1}"),
        json!(null),
    ] {
        let error = payload(wrong).decode::<Regions>().unwrap_err();
        let text = error.to_string();
        assert!(
            text.starts_with("malformed payload: invalid type"),
            "{text}"
        );
    }
}
