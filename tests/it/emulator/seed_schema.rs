use std::collections::BTreeSet;

use deploystatus_emulator::Seed;
use jsonschema::Validator;
use serde_json::{Value, json};

use super::github::{Github, send};

const README: &str = include_str!("../../../crates/deploystatus-emulator/README.md");

fn schema() -> Value {
    serde_json::from_str(Seed::JSON_SCHEMA).unwrap()
}

fn validator() -> Validator {
    let options = jsonschema::options().should_validate_formats(true);
    options.build(&schema()).unwrap()
}

/// Returns a seed with every member.
fn full_seed() -> Value {
    json!({
        "$schema": "seed.schema.json",
        "next_status_id": 9,
        "repositories": [{
            "name": "octocat/example", "id": 3, "private": true, "archived": false,
            "organization": true, "former_names": ["octocat/sample"],
        }],
        "tokens": [{
            "token": "t", "login": "octocat", "kind": "fine-grained", "scopes": ["repo"],
            "permissions": {"deployments": "write"}, "repositories": ["octocat/example"],
            "suspended": false, "expires_at": "2030-01-01T00:00:00Z",
        }],
        "deployments": [{
            "repository": "octocat/example", "ref": "main", "id": 42, "sha": "abc", "task": "deploy",
            "payload": {"size": 3}, "environment": "staging", "description": "Release",
            "transient_environment": false, "production_environment": true, "creator": "octocat",
            "created_at": "2026-01-01T00:00:00Z",
            "statuses": [{
                "state": "queued", "id": 7, "description": "Waiting", "environment": "staging",
                "environment_url": "https://example.com", "log_url": "https://example.com/7",
                "target_url": "https://example.com/7", "auto_inactive": true, "creator": "octocat",
                "ghost": false, "created_at": "2026-01-01T00:00:00Z",
            }],
        }],
    })
}

/// Returns all copies of a value in which one part is replaced, removed or has another member.
fn variants(value: &Value) -> Vec<Value> {
    let mut variants: Vec<Value> = [
        json!(null),
        json!(true),
        json!(7),
        json!(-1),
        json!("octocat/other"),
        json!([]),
        json!({}),
    ]
    .into();
    match value {
        Value::Object(members) => {
            for (key, part) in members {
                let with = |changed: Value| {
                    let mut members = members.clone();
                    members.insert(key.clone(), changed);
                    Value::Object(members)
                };
                variants.extend(self::variants(part).into_iter().map(with));
                let mut members = members.clone();
                members.remove(key);
                variants.push(Value::Object(members));
            }
            let mut members = members.clone();
            members.insert("unknown".to_owned(), json!("text"));
            variants.push(Value::Object(members));
        }
        Value::Array(elements) => {
            let parts = elements.iter().flat_map(self::variants);
            variants.extend(parts.map(|part| json!([part])));
        }
        _ => {}
    }
    variants
}

#[test]
fn schema_accepts_the_same_seeds_as_the_emulator() {
    let validator = validator();
    let seed = full_seed();
    assert!(validator.is_valid(&seed));
    let (mut accepted, mut rejected) = (0, 0);
    for variant in variants(&seed) {
        let parsed = Seed::from_json(&variant.to_string());
        assert_eq!(
            validator.is_valid(&variant),
            parsed.is_ok(),
            "{variant}: {:?}",
            parsed.err()
        );
        *(if parsed.is_ok() {
            &mut accepted
        } else {
            &mut rejected
        }) += 1;
    }
    assert!(accepted > 100 && rejected > 100, "{accepted}, {rejected}");
}

#[test]
fn full_seed_has_every_member_of_the_schema() {
    fn keys(value: &Value) -> BTreeSet<&String> {
        value.as_object().unwrap().keys().collect()
    }
    let (schema, seed) = (schema(), full_seed());
    assert_eq!(keys(&schema["properties"]), keys(&seed));
    let deployment = &seed["deployments"][0];
    for (name, object) in [
        ("NewRepository", &seed["repositories"][0]),
        ("Token", &seed["tokens"][0]),
        ("SeededDeployment", deployment),
        ("NewStatus", &deployment["statuses"][0]),
    ] {
        let definition = &schema["$defs"][name];
        assert_eq!(keys(&definition["properties"]), keys(object), "{name}");
    }
}

#[test]
fn seed_of_the_readme_is_valid() {
    let line = README.lines().find(|line| line.contains("/seed -d '"));
    let json = line.unwrap().split('\'').nth(1).unwrap();
    let seed: Value = serde_json::from_str(json).unwrap();
    validator().validate(&seed).unwrap();
}

#[tokio::test]
async fn schema_is_served() {
    let github = Github::start().await;
    let url = format!("{}/_emulator/seed.schema.json", github.emulator.url());
    let response = send(reqwest::Client::new().get(url)).await.expect(200);
    assert_eq!(response.body, Seed::JSON_SCHEMA);
    assert_eq!(response.header("content-type"), "application/schema+json");
}
