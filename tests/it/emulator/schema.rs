//! Comparison of bodies with GitHub's own description of its API.

use deploystatus_emulator::{Emulator, NewRepository, Seed, Webhook};
use serde_json::{Value, json};
use tests::Corpus;

use super::github::Github;

/// Schemas of one description.
struct Description(Value);

impl Description {
    fn of_github() -> Option<Description> {
        let corpus = Corpus::from_env("DEPLOYSTATUS_OFFICIAL")?;
        let mut documents = corpus.documents().into_iter();
        let (_, document) = documents.find(|(name, _)| name.contains("api.github.com"))?;
        Some(Description(document))
    }

    fn response(&self, path: &str) -> &Value {
        let response = self.resolve(&self.0["paths"][path]["get"]["responses"]["200"]);
        &response["content"]["application/json"]["schema"]
    }

    fn payload(&self, event: &str) -> &Value {
        let name = format!("{}-created", event.replace('_', "-"));
        let request = &self.0["x-webhooks"][name]["post"]["requestBody"];
        &request["content"]["application/json"]["schema"]
    }

    fn resolve<'a>(&'a self, mut schema: &'a Value) -> &'a Value {
        while let Some(reference) = schema["$ref"].as_str() {
            let pointer = reference.strip_prefix('#').unwrap();
            schema = self.0.pointer(pointer).unwrap();
        }
        assert!(!schema.is_null(), "the description has no such schema");
        schema
    }

    /// Returns the places at which a value violates a schema, or has a member that the schema does not know.
    fn violations(&self, value: &Value, schema: &Value, path: &str) -> Vec<String> {
        let schema = self.resolve(schema);
        if value.is_null() && schema["nullable"] == true {
            return Vec::new();
        }
        let mut found = Vec::new();
        for key in ["oneOf", "anyOf"] {
            let alternatives = schema[key].as_array().into_iter().flatten();
            let shortest = alternatives
                .map(|it| self.violations(value, it, path))
                .min_by_key(Vec::len);
            found.extend(shortest.unwrap_or_default());
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            found.extend(self.violations(value, part, path));
        }
        if !has_type(value, &schema["type"]) {
            found.push(format!("{path}: {value} is not {}", schema["type"]));
            return found;
        }
        if schema["enum"]
            .as_array()
            .is_some_and(|it| !it.contains(value))
        {
            found.push(format!("{path}: {value} is not in the list"));
        }
        found.extend(self.violations_inside(value, schema, path));
        found
    }

    fn violations_inside(&self, value: &Value, schema: &Value, path: &str) -> Vec<String> {
        let mut found = Vec::new();
        for (index, item) in value.as_array().into_iter().flatten().enumerate() {
            let path = format!("{path}[{index}]");
            found.extend(self.violations(item, &schema["items"], &path));
        }
        let Some(object) = value.as_object() else {
            return found;
        };
        for required in schema["required"].as_array().into_iter().flatten() {
            if !object.contains_key(required.as_str().unwrap()) {
                found.push(format!("{path}: {required} is missing"));
            }
        }
        let Some(properties) = schema["properties"].as_object() else {
            return found;
        };
        for (key, value) in object {
            match properties.get(key) {
                Some(schema) => {
                    found.extend(self.violations(value, schema, &format!("{path}.{key}")));
                }
                None if schema.get("additionalProperties").is_none() => {
                    found.push(format!("{path}: {key} is unknown"));
                }
                None => {}
            }
        }
        found
    }
}

fn has_type(value: &Value, expected: &Value) -> bool {
    match expected {
        Value::Null => true,
        Value::Array(types) => types.iter().any(|it| has_type(value, it)),
        expected => match expected.as_str().unwrap() {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            "null" => value.is_null(),
            other => panic!("unknown type {other}"),
        },
    }
}

/// Starts an emulator with a webhook, a person's repository and an organization's.
async fn with_repositories() -> (Github, Emulator) {
    let receiver = Emulator::start().await.unwrap();
    let seed = Seed::default().repository(NewRepository::new("acme/shop").organization());
    let hook = Webhook::new(receiver.url());
    let github = Github::from(Emulator::builder().seed(seed).webhook(hook)).await;
    (github, receiver)
}

#[tokio::test]
async fn bodies_match_the_description_of_github() {
    let Some(description) = Description::of_github() else {
        return;
    };
    let invalid = json!({"id": "x", "surprise": 1});
    let schema = description.response("/repos/{owner}/{repo}/deployments/{deployment_id}");
    let found = description.violations(&invalid, schema, "").join(", ");
    for expected in [
        ".id: \"x\" is not \"integer\"",
        "\"sha\" is missing",
        "surprise is unknown",
    ] {
        assert!(found.contains(expected), "{found}");
    }
    let (github, _receiver) = with_repositories().await;
    for repository in ["octocat/example", "acme/shop"] {
        let deployments = format!("/repos/{repository}/deployments");
        let new = json!({"ref": "main", "environment": "staging"});
        let deployment = github.post(&deployments, new).await.expect(201).json();
        let deployment = format!("{deployments}/{}", deployment["id"]);
        let statuses = format!("{deployment}/statuses");
        let new = json!({"state": "success"});
        let status = github.post(&statuses, new).await.expect(201).json();
        let one = "/repos/{owner}/{repo}";
        for (template, path) in [
            ("/".to_owned(), "/".to_owned()),
            ("/meta".to_owned(), "/meta".to_owned()),
            ("/rate_limit".to_owned(), "/rate_limit".to_owned()),
            ("/user".to_owned(), "/user".to_owned()),
            (one.to_owned(), format!("/repos/{repository}")),
            (format!("{one}/deployments"), deployments.clone()),
            (
                format!("{one}/deployments/{{deployment_id}}"),
                deployment.clone(),
            ),
            (
                format!("{one}/deployments/{{deployment_id}}/statuses"),
                statuses.clone(),
            ),
            (
                format!("{one}/deployments/{{deployment_id}}/statuses/{{status_id}}"),
                format!("{statuses}/{}", status["id"]),
            ),
            (
                format!("{one}/environments"),
                format!("/repos/{repository}/environments"),
            ),
            (
                format!("{one}/environments/{{environment_name}}"),
                format!("/repos/{repository}/environments/staging"),
            ),
        ] {
            let body = github.get(&path).await.expect(200).json();
            let found = description.violations(&body, description.response(&template), "");
            assert!(found.is_empty(), "{path}: {found:?}");
        }
    }
    let deliveries = github.emulator.wait_for_deliveries().await;
    assert_eq!(deliveries.len(), 4);
    for delivery in deliveries {
        let payload: Value = serde_json::from_str(&delivery.body).unwrap();
        let schema = description.payload(&delivery.event);
        let found = description.violations(&payload, schema, "");
        assert!(found.is_empty(), "{}: {found:?}", delivery.event);
    }
}
