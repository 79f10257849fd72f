//! The structure of our operations in a full description.
//!
//! The structure consists of paths, parameters, fields, types, formats, enumerations, status codes and headers.
//! It has no prose, examples, links or vendor extensions, except for two facts that only extensions contain.

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

use crate::document::{drop_unused_components, is_map};
use crate::operations::OPERATIONS;

/// Returns the structure of our operations and of all components they use.
///
/// A trimmed description has the same structure as the full one.
pub(crate) fn of(full: &Value) -> Result<Value> {
    let mut paths = Map::new();
    for operation in &OPERATIONS {
        let item = &full["paths"][operation.path];
        if !item[operation.method].is_object() {
            bail!(
                "the description has no operation `{} {}`; if GitHub has moved it, \
                 change the list OPERATIONS in xtask/src/operations.rs",
                operation.method,
                operation.path
            );
        }
        let kept = paths.entry(operation.path).or_insert_with(|| json!({}));
        for key in ["parameters", operation.method] {
            if let Some(part) = item.get(key) {
                kept[key] = structure(part);
            }
        }
    }
    let mut components = Map::new();
    for section in [
        "schemas",
        "parameters",
        "responses",
        "headers",
        "requestBodies",
    ] {
        if let Some(Value::Object(parts)) = full["components"].get(section) {
            components.insert(section.to_owned(), structure_of_each(parts));
        }
    }
    let mut trimmed = json!({
        "openapi": full["openapi"],
        "info": {},
        "servers": structure(full.get("servers").unwrap_or(&json!([]))),
        "paths": paths,
        "components": components,
    });
    drop_unused_components(&mut trimmed)?;
    Ok(trimmed)
}

/// Returns the structure of an object whose keys are keywords.
fn structure(part: &Value) -> Value {
    match part {
        Value::Array(parts) => parts.iter().map(structure).collect(),
        Value::Object(keywords) => {
            let mut kept = Map::new();
            for (keyword, value) in keywords.iter().filter(|(keyword, _)| !is_prose(keyword)) {
                let value = match value {
                    Value::Object(parts) if is_map(keyword) => structure_of_each(parts),
                    _ => structure(value),
                };
                kept.insert(keyword.clone(), value);
            }
            keep_facts_of_extensions(part, &mut kept);
            Value::Object(kept)
        }
        data => data.clone(),
    }
}

/// Returns the structure of a map whose keys are data. A field can have the name `description`.
fn structure_of_each(parts: &Map<String, Value>) -> Value {
    let parts = parts
        .iter()
        .map(|(name, part)| (name.clone(), structure(part)));
    parts.collect::<Map<_, _>>().into()
}

fn is_prose(keyword: &str) -> bool {
    let prose = ["description", "summary", "title", "tags", "externalDocs"];
    prose.contains(&keyword) || keyword.starts_with("example") || keyword.starts_with("x-")
}

/// Keeps the previews of an operation and the API versions that changed it, under names of our own.
fn keep_facts_of_extensions(operation: &Value, kept: &mut Map<String, Value>) {
    let changes = &operation["x-github-breaking-changes"];
    let facts = [
        ("x-previews", &operation["x-github"]["previews"], "name"),
        ("x-changed-in", changes, "version"),
    ];
    for (ours, theirs, fact) in facts {
        let value = match theirs {
            Value::Array(entries) => entries.iter().map(|entry| entry[fact].clone()).collect(),
            _ => operation[ours].clone(),
        };
        if !value.is_null() {
            kept.insert(ours.to_owned(), value);
        }
    }
}
