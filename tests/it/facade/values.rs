//! Decoding and encoding of statuses.

use std::collections::BTreeSet;
use std::fs;

use deploystatus::{DeploymentStatus, State};
use serde::Deserialize;
use serde_json::{Value, json};
use tests::checkout;

/// Returns a status with all described fields and an unknown one.
fn full() -> Value {
    let api = "https://api.example.com/repos/octocat/example";
    json!({
        "url": format!("{api}/deployments/42/statuses/5000000001"),
        "id": 5_000_000_001_u64,
        "node_id": "DES_1",
        "state": "success",
        "creator": {"login": "deployer[bot]", "id": 17, "type": "Bot", "html_url": "https://github.com/apps/deployer",
            "avatar_url": "https://avatars.example.com/17", "plan": "free"},
        "description": "Live",
        "environment": "production",
        "target_url": "https://ci.example.com/7",
        "created_at": "2026-01-06T10:00:00Z",
        "updated_at": "2026-01-06T10:00:01Z",
        "deployment_url": format!("{api}/deployments/42"),
        "repository_url": api,
        "environment_url": "https://example.com",
        "log_url": "https://ci.example.com/7",
        "performed_via_github_app": {"id": 3, "slug": "deployer", "name": "Deployer"},
        "reactions": {"rocket": 2}
    })
}

fn read(json: &Value) -> DeploymentStatus {
    serde_json::from_str(&json.to_string()).unwrap()
}

#[test]
fn status_round_trips_as_json() {
    let status = read(&full());
    assert_eq!(serde_json::to_value(&status).unwrap(), full());
    assert_eq!(
        serde_json::from_value::<DeploymentStatus>(full()).unwrap(),
        status
    );
}

#[test]
fn unknown_fields_are_preserved() {
    let status = read(&full());
    assert_eq!(status.extra("reactions"), Some(&json!({"rocket": 2})));
    assert_eq!(status.extra_fields().collect::<Vec<_>>(), ["reactions"]);
    let creator = status.creator.unwrap();
    assert_eq!(
        (creator.login(), creator.id(), creator.is_bot()),
        ("deployer[bot]", Some(17), true)
    );
    assert_eq!(creator.html_url(), Some("https://github.com/apps/deployer"));
    assert!(creator.json().contains(r#""plan":"free""#));
    let app = status.performed_via_github_app.unwrap();
    assert_eq!(
        (app.id(), app.slug(), app.name()),
        (Some(3), Some("deployer"), Some("Deployer"))
    );
}

#[test]
fn empty_texts_round_trip_as_none() {
    let mut json = full();
    for field in ["description", "target_url", "log_url", "environment_url"] {
        json[field] = json!("");
    }
    let status = read(&json);
    assert_eq!(status.description, None);
    assert_eq!(status.log_url, None);
    assert_eq!(status.environment_url, None);
    assert_eq!(serde_json::to_value(&status).unwrap(), json);
}

#[test]
fn malformed_optional_fields_are_ignored() {
    let needed = ["id", "state", "created_at"];
    let fields: Vec<_> = full().as_object().unwrap().keys().cloned().collect();
    for field in fields {
        for malformed in [
            None,
            Some(json!(null)),
            Some(json!(17)),
            Some(json!([{"a": []}])),
            Some(json!({"b": {}})),
        ] {
            let mut json = full();
            match malformed {
                Some(malformed) => json[&field] = malformed,
                None => drop(json.as_object_mut().unwrap().remove(&field)),
            }
            let outcome = serde_json::from_str::<DeploymentStatus>(&json.to_string());
            let is_needed = needed.contains(&field.as_str());
            let is_id = field == "id" && json["id"] == json!(17);
            assert_eq!(
                outcome.is_ok(),
                !is_needed || is_id,
                "{field}: {json} {outcome:?}"
            );
        }
    }
}

#[test]
fn every_described_field_is_modelled() {
    let (root, _) = checkout();
    let text = fs::read_to_string(root.join("openapi/deployment-statuses.json")).unwrap();
    let description: Value = serde_json::from_str(&text).unwrap();
    let described = &description["components"]["schemas"]["deployment-status"]["properties"];
    let described: BTreeSet<&String> = described.as_object().unwrap().keys().collect();
    let mut full = full();
    full.as_object_mut().unwrap().remove("reactions");
    assert_eq!(
        full.as_object().unwrap().keys().collect::<BTreeSet<_>>(),
        described
    );
    assert_eq!(read(&full).extra_fields().count(), 0);
}

#[derive(Debug, Deserialize)]
struct Report {
    #[serde(flatten)]
    status: DeploymentStatus,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Either {
    Status(Box<DeploymentStatus>),
    Number(u64),
}

#[test]
fn status_deserializes_when_flattened_or_untagged() {
    let text = full().to_string();
    let flattened: Report = serde_json::from_str(&text).unwrap();
    assert_eq!(flattened.status, read(&full()));
    let untagged: Either = serde_json::from_str(&text).unwrap();
    assert!(matches!(untagged, Either::Status(status) if *status == read(&full())));
    let number: Either = serde_json::from_str("17").unwrap();
    assert!(matches!(number, Either::Number(17)), "{number:?}");
}

#[test]
fn states_are_classified_and_round_trip() {
    let names = [
        "queued",
        "pending",
        "waiting",
        "in_progress",
        "success",
        "inactive",
        "failure",
        "error",
        "paused",
    ];
    let states: Vec<State> = names.iter().map(|name| name.parse().unwrap()).collect();
    for (state, name) in states.iter().zip(names) {
        assert_eq!(state.to_string(), name);
        assert_eq!(serde_json::to_value(state).unwrap(), json!(name));
        assert_eq!(
            &serde_json::from_value::<State>(json!(name)).unwrap(),
            state
        );
        let finished = ["success", "inactive", "failure", "error"].contains(&name);
        assert_eq!(state.is_finished(), finished, "{name}");
        assert_eq!(state.is_successful(), name == "success");
        assert_eq!(
            state.can_be_reported(),
            !["waiting", "paused"].contains(&name)
        );
    }
    assert_eq!(states[8], State::Unknown("paused".to_owned()));
}
