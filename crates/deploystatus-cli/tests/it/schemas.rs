//! The JSON schemas of the documents that the command prints.

use std::collections::BTreeSet;
use std::process::{Command, Output};

use deploystatus_emulator::{Fault, NewStatus, Operation, Seed};
use jsonschema::Validator;
use serde_json::{Value, json};
use snapbox::str;

use crate::scene::{ID, PROGRAM, Scene};
use crate::serving::SEED;
use crate::{flushing, transcript};

/// Checks all JSON that a command printed. [`Scene::output`] calls this for every command line.
#[track_caller]
pub(crate) fn check(line: &str, output: &Output) {
    let line = line.split(" -- ").next().unwrap_or_default();
    let has = |word: &str| line.split(' ').any(|it| it == word);
    if has("schema") || !(has("--json") || has("--jsonl")) {
        return;
    }
    let document = if has("--dry-run") {
        Some("request")
    } else {
        DOCUMENTS.into_iter().find(|name| has(name))
    };
    let printed = serde_json::Deserializer::from_slice(&output.stdout).into_iter();
    let format = if has("--jsonl") { "--jsonl" } else { "--json" };
    for value in printed {
        match (document, value) {
            (Some(document), Ok(value)) => validate(document, format, &value),
            // `list` does not close its array if it fails.
            (Some("list"), Err(error)) if error.is_eof() && !output.status.success() => {}
            (document, value) => panic!("{document:?} printed {value:?}"),
        }
    }
    for line in String::from_utf8_lossy(&output.stderr).lines() {
        validate("message", "--json", &serde_json::from_str(line).unwrap());
    }
}

/// The documents of commands that have no other schema.
const DOCUMENTS: [&str; 10] = [
    "create", "list", "get", "latest", "wait", "timeline", "flush", "doctor", "emulator", "demo",
];

#[track_caller]
pub(crate) fn validate(document: &str, format: &str, value: &Value) {
    if let Err(error) = validator(document, format).validate(value) {
        let path = error.instance_path();
        panic!("{document} {format}: {error} (at {path:?})\n{value:#}");
    }
}

fn schema(document: &str, format: &str) -> Value {
    let mut command = Command::new(PROGRAM);
    let printed = command.args(["schema", document, format]).output();
    serde_json::from_slice(&printed.unwrap().stdout).unwrap()
}

/// Returns a validator that rejects unknown fields, which the printed schema allows.
fn validator(document: &str, format: &str) -> Validator {
    let mut schema = schema(document, format);
    close(&mut schema);
    let options = jsonschema::options().should_validate_formats(true);
    options.build(&schema).unwrap()
}

fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(close);
            if members.contains_key("properties") && !members.contains_key("additionalProperties") {
                members.insert("additionalProperties".to_owned(), json!(false));
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(close),
        _ => {}
    }
}

#[test]
fn outputs_match_their_schemas() {
    let scene = Scene::new();
    for line in [
        "latest",
        "list",
        "timeline",
        "create in_progress",
        "create in_progress --if-changed",
        "create success --environment-url https://example.com --description Live",
        "create error --unless-finished",
        "create error --dry-run --auto-inactive false",
        "latest",
        "list",
        "list --limit 1",
        "get 5000000001",
        "get 7",
        "timeline",
        "wait",
        "flush",
        "doctor",
        "demo",
        "create nonsense",
    ] {
        for format in ["--json", "--jsonl"] {
            let line = format!("--deployment 42 {line} {format}");
            let output = scene.output(&line);
            let is_printed = !output.stdout.is_empty();
            assert!(
                is_printed || format == "--jsonl" || !output.status.success(),
                "{line}"
            );
        }
    }
}

/// Returns the values of a field that the schema of a document lists.
fn listed(document: &str, field: &str) -> BTreeSet<String> {
    let schema = schema(document, "--json");
    let values = schema["$defs"][field]["oneOf"].as_array().unwrap();
    let texts = values.iter().map(|it| it["const"].as_str().unwrap());
    texts.map(str::to_owned).collect()
}

/// Returns the text of a field in the output of a command.
#[track_caller]
fn printed(scene: &Scene, line: &str, field: &str) -> String {
    let output = scene.output(&format!("--deployment 42 --json {line}"));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    document[field].as_str().unwrap().to_owned()
}

#[test]
fn schema_of_wait_lists_every_outcome() {
    let mut outcomes = BTreeSet::new();
    for (states, arguments) in [
        (&["queued"][..], "--timeout 0s"),
        (&["success"], ""),
        (&["failure"], ""),
        (&["error"], ""),
        (&["success", "inactive"], ""),
        (&["queued", "inactive"], ""),
        (&["queued"], "--for queued"),
    ] {
        let scene = Scene::new().statuses(states);
        outcomes.insert(printed(&scene, &format!("wait {arguments}"), "outcome"));
    }
    let scene = Scene::real_time().statuses(&["queued"]);
    let gone = Fault::status(404).skip(1).times(9);
    scene.github.fault(gone.on(Operation::ListStatuses));
    outcomes.insert(printed(&scene, "wait --interval 50ms", "outcome"));
    assert_eq!(outcomes, listed("wait", "Outcome"));
}

#[test]
fn schema_of_create_lists_every_delivery() {
    let scene = Scene::new();
    let lost = Fault::status(502).after_work();
    scene.github.fault(lost.on(Operation::CreateStatus));
    let lines = [
        "create queued",
        "create in_progress",
        "create in_progress --if-changed",
        "create success",
        "create error --unless-finished",
    ];
    let deliveries = lines.map(|line| printed(&scene, line, "delivery"));
    assert_eq!(BTreeSet::from(deliveries), listed("create", "Delivery"));
}

#[test]
fn lost_response_adds_the_bound_of_the_search() {
    let scene = Scene::new();
    let lost = Fault::status(502).after_work().on(Operation::CreateStatus);
    scene.github.fault(lost);
    let output = scene.output("--deployment 42 create queued --json");
    let status: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(status["delivery"], "adopted");
    assert!(status["search"]["time"].is_string(), "{status:#}");
    let output = scene.output("--deployment 42 create inactive --json");
    let status: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(status.get("search"), None);
}

#[test]
fn unknown_outcome_is_part_of_the_error() {
    let scene = Scene::new();
    let lost = Fault::status(502).on(Operation::CreateStatus);
    scene.github.fault(lost.times(9));
    let output = scene.output("--deployment 42 create success --timeout 1s --json");
    assert_eq!(output.status.code(), Some(8));
    let lines = String::from_utf8(output.stderr).unwrap();
    let error: Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    let unknown = &error["unknown_outcome"];
    assert_eq!(unknown["status"], json!({ "state": "success" }));
    assert_eq!(unknown["sendings"], 1);
    assert_eq!(unknown["search"], "interrupted");
}

#[test]
fn schema_of_flush_describes_reports() {
    let scene = flushing::scene();
    let refused = Fault::status(403).on(Operation::CreateStatus);
    scene.github.fault(refused);
    scene.file("outbox/1.json", "nonsense");
    for list in ["kept", "dropped"] {
        let output = scene.output("flush --json");
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report[list].as_array().unwrap().len(), 1, "{report:#}");
        scene
            .github
            .create_status(ID, NewStatus::new("failure"))
            .unwrap();
    }
}

#[test]
fn schemas_describe_every_field() {
    let scene = Scene::new().statuses(&["success"]);
    let printed = scene.output("latest --deployment 42 --json").stdout;
    let status: Value = serde_json::from_slice(&printed).unwrap();
    let validator = validator("latest", "--json");
    assert!(validator.is_valid(&status));
    let mut longer = status.clone();
    longer["colour"] = json!("green");
    assert!(!validator.is_valid(&longer));
    for required in ["id", "state", "creator", "description", "created_at"] {
        let mut shorter = status.clone();
        shorter.as_object_mut().unwrap().remove(required);
        assert!(!validator.is_valid(&shorter), "{required}");
        let mut other = status.clone();
        other[required] = json!([]);
        assert!(!validator.is_valid(&other), "{required}");
    }
}

#[test]
fn schema_of_a_seed_is_printed() {
    let scene = Scene::new();
    let printed = String::from_utf8(scene.output("schema seed").stdout).unwrap();
    assert_eq!(printed, Seed::JSON_SCHEMA);
    validate("seed", "--json", &serde_json::from_str(SEED).unwrap());
}

#[test]
fn schema_of_a_document_is_printed() {
    let scene = Scene::new();
    transcript::check(
        scene.run_bare("schema emulator"),
        str![[r#"
$ deploystatus schema emulator
{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "Addresses",
  "description": "The URLs of an emulator.",
  "type": "object",
  "properties": {
    "api_url": {
      "description": "Base URL of the API.",
      "type": "string"
    },
    "url": {
      "description": "URL of the server.",
      "type": "string"
    },
    "page_url": {
      "description": "URL of the page.",
      "type": "string"
    }
  },
  "required": [
    "api_url",
    "url",
    "page_url"
  ]
}
--- exit 0

"#]],
    );
    transcript::check(
        scene.run_bare("schema nonsense"),
        str![[r#"
$ deploystatus schema nonsense
--- stderr
error: invalid value 'nonsense' for '<DOCUMENT>'
  [possible values: create, list, get, latest, wait, timeline, flush, doctor, emulator, demo, request, message, seed]

For more information, try '--help'.
--- exit 2

"#]],
    );
}
