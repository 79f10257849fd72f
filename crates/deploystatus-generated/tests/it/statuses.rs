//! Statuses as the generated types read them.

use deploystatus_generated::types::DeploymentStatus;
use serde::Deserialize;
use serde_json::{Value, json};

/// A status with every field of the description.
fn full() -> Value {
    let api = "https://api.example.com/repos/octocat/example";
    json!({
        "url": format!("{api}/deployments/42/statuses/5000000001"),
        "id": 5_000_000_001_u64,
        "node_id": "DES_1",
        "state": "success",
        "creator": {"login": "octocat", "id": 1, "plan": "free"},
        "description": "Live",
        "environment": "production",
        "target_url": "https://ci.example.com/7",
        "created_at": "2026-01-06T10:00:00Z",
        "updated_at": "2026-01-06T10:00:01Z",
        "deployment_url": format!("{api}/deployments/42"),
        "repository_url": api,
        "environment_url": "",
        "log_url": "https://ci.example.com/7",
        "performed_via_github_app": {"id": 3, "slug": "deployer"},
    })
}

fn read(json: &Value) -> serde_json::Result<DeploymentStatus> {
    serde_json::from_str(&json.to_string())
}

#[test]
fn unknown_fields_are_kept() {
    let mut json = full();
    json["reactions"] = json!({"rocket": 2});
    let status = read(&json).unwrap();
    assert_eq!(status.extra.len(), 1);
    assert_eq!(status.extra["reactions"], json!({"rocket": 2}));
    assert_eq!(serde_json::to_value(status).unwrap(), json);
}

#[test]
fn empty_text_differs_from_absent_text() {
    let mut json = full();
    assert_eq!(read(&json).unwrap().environment_url.as_deref(), Some(""));
    json.as_object_mut().unwrap().remove("environment_url");
    assert_eq!(read(&json).unwrap().environment_url, None);
}

#[test]
fn three_fields_are_required() {
    let required = ["id", "state", "created_at"];
    let malformed = [
        None,
        Some(json!(null)),
        Some(json!(true)),
        Some(json!(-1)),
        Some(json!(1.5)),
        Some(json!([{"a": []}])),
        Some(json!({"b": {}})),
    ];
    for field in full().as_object().unwrap().keys() {
        for value in &malformed {
            let mut json = full();
            match value {
                Some(value) => json[field] = value.clone(),
                None => drop(json.as_object_mut().unwrap().remove(field)),
            }
            let status = read(&json);
            let is_required = required.contains(&field.as_str());
            assert_eq!(status.is_ok(), !is_required, "{field}: {value:?}");
            let Ok(status) = status else { continue };
            let written = serde_json::to_value(status).unwrap();
            let is_object = value.as_ref().is_some_and(Value::is_object);
            let is_account = ["creator", "performed_via_github_app"].contains(&field.as_str());
            assert_eq!(
                written.get(field).is_some(),
                is_object && is_account,
                "{field}: {value:?}"
            );
        }
    }
}

#[test]
fn accounts_are_read_leniently() {
    let mut json = full();
    json["creator"] = json!({"login": 17, "id": -1, "html_url": "https://github.com/octocat"});
    let creator = read(&json).unwrap().creator.unwrap();
    let user = creator.get().unwrap();
    assert_eq!((&user.login, user.id), (&None, None));
    assert_eq!(user.html_url.as_deref(), Some("https://github.com/octocat"));
}

#[derive(Deserialize)]
struct Event {
    #[serde(flatten)]
    parts: Parts,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Parts {
    Status { deployment_status: DeploymentStatus },
}

#[test]
fn statuses_are_read_inside_flattened_and_untagged_types() {
    let event = json!({"action": "created", "deployment_status": full()});
    let event: Event = serde_json::from_str(&event.to_string()).unwrap();
    let Parts::Status { deployment_status } = event.parts;
    assert_eq!(serde_json::to_value(deployment_status).unwrap(), full());
}
