use std::collections::BTreeSet;

use deploystatus_emulator::{NewDeployment, NewRepository, NewStatus, Seed, Token};
use serde_json::{Map, Value, json};

use super::github::{Github, send};

fn schema() -> Value {
    serde_json::from_str(Seed::JSON_SCHEMA).unwrap()
}

fn properties(schema: &Value, name: &str) -> Map<String, Value> {
    let properties = &schema["$defs"][name]["properties"];
    properties.as_object().unwrap().clone()
}

/// Returns a value that a property accepts.
fn example(property: &Value) -> Value {
    if property.get("$ref").is_some() {
        return json!("octocat/example");
    }
    if let Some(values) = property["enum"].as_array() {
        return values[0].clone();
    }
    let kind = property["type"].as_str().or(property["type"][0].as_str());
    match (kind, property["format"].as_str()) {
        (_, Some("date-time")) => json!("2026-01-01T00:00:00Z"),
        (Some("string"), _) => json!("text"),
        (Some("integer"), _) => json!(7),
        (Some("boolean"), _) => json!(true),
        (Some("array"), _) => json!([]),
        _ => json!({}),
    }
}

#[test]
fn schema_has_the_members_of_a_seed() {
    let schema = schema();
    let keys =
        |value: Value| -> BTreeSet<String> { value.as_object().unwrap().keys().cloned().collect() };
    let of =
        |name: &str| -> BTreeSet<String> { properties(&schema, name).keys().cloned().collect() };
    let repository = serde_json::to_value(NewRepository::new("o/r")).unwrap();
    assert_eq!(of("repository"), keys(repository));
    let token = serde_json::to_value(Token::classic("t")).unwrap();
    assert_eq!(of("token"), keys(token));
    let status = serde_json::to_value(NewStatus::new("queued")).unwrap();
    assert_eq!(of("status"), keys(status));
    let mut deployment = keys(serde_json::to_value(NewDeployment::new("main")).unwrap());
    deployment.extend(["repository".to_owned(), "statuses".to_owned()]);
    assert_eq!(of("deployment"), deployment);
}

#[test]
fn values_of_the_schema_are_accepted() {
    let schema = schema();
    for (list, name) in [
        ("repositories", "repository"),
        ("tokens", "token"),
        ("deployments", "deployment"),
    ] {
        let mut object: Map<String, Value> = properties(&schema, name)
            .iter()
            .map(|(key, property)| (key.clone(), example(property)))
            .collect();
        if name == "deployment" {
            let status = properties(&schema, "status");
            let status: Map<_, _> = status
                .iter()
                .map(|(k, v)| (k.clone(), example(v)))
                .collect();
            object["statuses"] = json!([status]);
        }
        let seed = json!({ list: [object] });
        Seed::from_json(&seed.to_string()).unwrap();
        // Members that the schema does not require can be omitted.
        let required = schema["$defs"][name]["required"].as_array().unwrap();
        object.retain(|key, _| required.contains(&json!(key)));
        let seed = json!({ list: [object] });
        Seed::from_json(&seed.to_string()).unwrap();
    }
}

#[tokio::test]
async fn schema_is_served() {
    let github = Github::start().await;
    let url = format!("{}/_emulator/seed.schema.json", github.emulator.url());
    let response = send(reqwest::Client::new().get(url)).await.expect(200);
    assert_eq!(response.body, Seed::JSON_SCHEMA);
    assert_eq!(response.header("content-type"), "application/schema+json");
}
