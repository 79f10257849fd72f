//! What an event tells.

use std::collections::BTreeMap;
use std::fmt::Write;

use deploystatus::webhook::{Event, Payload, Rejected};
use deploystatus::{Client, State};
use deploystatus_emulator::{Emulator, NewDeployment};
use serde_json::{Value, json};

use super::{deliveries, headers, verifier};

#[tokio::test]
async fn what_the_emulator_says_is_read_on_every_server() {
    for server in ["github", "ghes:3.20", "ghes:3.4", "ghes:3.2", "ghes:2.22"] {
        let builder = Emulator::builder().profile(server.parse().unwrap());
        let new = NewDeployment::new("v1.2").environment("staging");
        let (github, sent) = deliveries(builder, new).await;
        let read = |number: usize| {
            let (headers, body) = (headers(&sent[number]), sent[number].body.as_bytes());
            verifier().receive(&headers, body).unwrap().event
        };

        let Event::Deployment(event) = read(0) else {
            panic!("{server}")
        };
        let deployment = &github.deployments()[0];
        assert_eq!(event.deployment.id, deployment.id, "{server}");
        assert_eq!(event.deployment.sha, deployment.sha);
        assert_eq!(event.deployment.reference, "v1.2");
        assert_eq!(event.deployment.environment, "staging");
        assert_eq!(event.deployment.created_at, deployment.created_at);
        assert_eq!(event.repository.full_name, "octocat/example");
        assert_eq!(event.sender.as_ref().unwrap().login(), "octocat");
        assert!(event.workflow.is_none() && event.installation.is_none());

        let Event::DeploymentStatus(event) = read(1) else {
            panic!("{server}")
        };
        let status = &github.history(deployment.id)[0];
        assert_eq!(event.deployment_status.id, status.id, "{server}");
        assert_eq!(event.deployment_status.state, State::InProgress);
        let log_url = event.deployment_status.log_url.as_deref();
        assert_eq!(log_url, Some("https://ci.example.com/7"), "{server}");
    }
}

#[tokio::test]
async fn an_event_gives_the_handle_on_its_deployment() {
    let new = NewDeployment::new("main");
    let (github, sent) = deliveries(Emulator::builder(), new).await;
    let client = Client::builder()
        .base_url(github.api_url())
        .token("t")
        .build()
        .unwrap();
    for sent in sent {
        let event = Event::read(&sent.event, sent.body.as_bytes()).unwrap();
        let deployment = event.deployment(&client).unwrap();
        assert_eq!(deployment.repository(), "octocat/example");
        let newest = deployment.statuses().newest().await.unwrap().unwrap();
        assert_eq!(newest.state, State::InProgress);
    }
}

/// The least that an event may hold.
fn least() -> Value {
    json!({
        "deployment": {
            "id": 7, "sha": "c0ffee", "ref": "main", "task": "deploy",
            "environment": "production", "created_at": "2026-03-14T09:26:53Z",
        },
        "repository": {"id": 1, "full_name": "octocat/example"},
    })
}

fn read(name: &str, body: &Value) -> Result<Event, Rejected> {
    Event::read(name, &serde_json::to_vec(body).unwrap())
}

#[test]
fn what_is_odd_and_optional_never_fails_an_event() {
    let mut body = least();
    assert!(read("deployment", &body).is_ok());
    for odd in [
        json!(null),
        json!(17),
        json!("odd"),
        json!([1]),
        json!({"id": "x"}),
    ] {
        for field in [
            "action",
            "sender",
            "organization",
            "installation",
            "enterprise",
            "workflow",
            "workflow_run",
            "check_run",
            "new_in_2030",
        ] {
            body[field] = odd.clone();
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
            body["deployment"][field] = odd.clone();
        }
        for field in ["name", "owner", "private", "default_branch", "html_url"] {
            body["repository"][field] = odd.clone();
        }
        read("deployment", &body).unwrap_or_else(|error| panic!("{odd}: {error:?}"));
    }
}

#[test]
fn an_event_without_its_deployment_is_malformed() {
    for pointer in ["/deployment/id", "/deployment/sha", "/repository/full_name"] {
        let mut body = least();
        *body.pointer_mut(pointer).unwrap() = json!(null);
        let refused = read("deployment", &body).unwrap_err();
        assert!(matches!(refused, Rejected::Malformed { .. }), "{pointer}");
    }
    for body in [
        &b""[..],
        b"{",
        b"[]",
        b"payload=",
        b"payload=%7B",
        b"\"\xFF\"",
    ] {
        let refused = Event::read("deployment", body).unwrap_err();
        assert!(matches!(refused, Rejected::Malformed { .. }), "{body:?}");
    }
}

#[test]
fn unknown_states_are_kept() {
    let mut body = least();
    body["deployment_status"] =
        json!({"id": 9, "state": "waiting", "created_at": "2026-03-14T09:26:53Z"});
    for word in ["waiting", "paused"] {
        body["deployment_status"]["state"] = json!(word);
        let Event::DeploymentStatus(event) = read("deployment_status", &body).unwrap() else {
            panic!("{word}")
        };
        assert_eq!(event.deployment_status.state, State::from(word));
    }
}

#[test]
fn a_body_that_is_encoded_as_a_form_is_read() {
    let json = serde_json::to_string(&least()).unwrap();
    let mut body = "payload=".to_owned();
    for byte in json.bytes() {
        write!(body, "%{byte:02X}").unwrap();
    }
    let form = Event::read("deployment", body.as_bytes()).unwrap();
    assert_eq!(form, read("deployment", &least()).unwrap());
}

#[test]
fn a_payload_is_read_whether_it_is_an_object_or_a_string() {
    type Regions = BTreeMap<String, String>;
    let payload = |json: Value| -> Payload {
        let mut body = least();
        body["deployment"]["payload"] = json;
        let event = read("deployment", &body).unwrap();
        event.details().payload.clone()
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
        assert_eq!(error.to_string(), "the delivery has no readable `payload`");
    }
}
