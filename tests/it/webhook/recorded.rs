//! Recorded deliveries of GitHub and its Enterprise Servers.

use deploystatus::webhook::{Event, EventContent, VerifyError};
use serde_json::Value;
use tests::Corpus;

#[test]
fn recorded_events_are_parsed_completely() {
    let Some(corpus) = Corpus::from_env("DEPLOYSTATUS_WEBHOOKS") else {
        return;
    };
    let (mut statuses, mut deployments, mut others) = (0, 0, 0);
    for (name, document) in corpus.documents() {
        let body = serde_json::to_vec(&document).unwrap();
        if document.get("deployment_status").is_some() {
            check_status(&name, &document, &body);
            statuses += 1;
        } else if document.get("workflow_job").is_some() {
            // This event contains a deployment too.
            let error = Event::parse("workflow_job", &body).unwrap_err();
            let is_unsupported = matches!(error, VerifyError::UnsupportedEvent { .. });
            assert!(is_unsupported, "{name}");
            others += 1;
        } else {
            deployments += 1;
        }
        check_envelope(&name, &document, &body);
    }
    assert!(statuses > 0 && deployments > 0 && others > 0);
}

#[track_caller]
fn check_status(name: &str, document: &Value, body: &[u8]) {
    let event = Event::parse("deployment_status", body).unwrap();
    let EventContent::DeploymentStatus(status) = event.content else {
        panic!("{name}: {event:?}")
    };
    let expected = &document["deployment_status"];
    assert_eq!(expected["id"], status.id, "{name}");
    assert_eq!(expected["state"], *status.state.as_str(), "{name}");
}

#[track_caller]
fn check_envelope(name: &str, document: &Value, body: &[u8]) {
    let event = Event::parse("deployment", body).unwrap();
    let (deployment, expected) = (&event.deployment, &document["deployment"]);
    let creator = deployment.creator.as_ref().unwrap();
    assert_eq!(expected["id"], deployment.id, "{name}");
    assert_eq!(expected["ref"], *deployment.reference, "{name}");
    assert_eq!(expected["creator"]["login"], *creator.login(), "{name}");
    let full_name = &document["repository"]["full_name"];
    assert_eq!(*full_name, *event.repository.full_name, "{name}");
    for (field, is_parsed) in [
        ("installation", event.installation.is_some()),
        ("organization", event.organization.is_some()),
        ("enterprise", event.enterprise.is_some()),
        ("sender", event.sender.is_some()),
    ] {
        let is_given = document.get(field).is_some_and(|value| !value.is_null());
        assert_eq!(is_parsed, is_given, "{name}: {field}");
    }
}
