//! Cuts our operations, and all they reach, out of a full description.
//!
//! What is kept is structure: paths, parameters, fields, types, formats, enumerations, status codes, headers.
//! What is dropped is words, examples, links and vendor extensions, but for two facts that only extensions tell.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};

use crate::checkout::{Checkout, Mode};
use crate::differences::differences;
use crate::operations::OPERATIONS;
use crate::{document, tell, wording};

/// `cargo xtask trim FULL.json [--check]`
pub(crate) fn run(checkout: &Checkout, full: &Path, mode: Mode) -> Result<ExitCode> {
    let given = structure_of(&document::read(full)?)
        .with_context(|| format!("cannot trim {}", full.display()))?;
    let file = checkout.description();
    let name = checkout.short(&file);

    if mode == Mode::Write {
        document::write(&file, &wording::text(&given, &checkout.wording())?)?;
        tell(&format!("wrote {name}"));
        return Ok(ExitCode::SUCCESS);
    }
    let differences = differences(&structure_of(&document::read(&file)?)?, &given);
    for difference in &differences {
        tell(difference);
    }
    if !differences.is_empty() {
        tell(&format!(
            "{name} is not what {} says, as told above; to follow it, run: cargo xtask trim {}",
            full.display(),
            full.display()
        ));
        return Ok(ExitCode::FAILURE);
    }
    if wording::text(&given, &checkout.wording())? != fs::read_to_string(&file)? {
        tell(&format!(
            "{name} does not have the words of openapi/wording.json; run: cargo xtask trim {name}"
        ));
        return Ok(ExitCode::FAILURE);
    }
    tell(&format!(
        "{name} has the structure of {}: no difference",
        full.display()
    ));
    Ok(ExitCode::SUCCESS)
}

/// The structure of our operations, without a single word of the original.
///
/// A trimmed document has the structure of its original, so this may be asked of either.
pub(crate) fn structure_of(full: &Value) -> Result<Value> {
    let mut paths = Map::new();
    for operation in &OPERATIONS {
        let item = full
            .get("paths")
            .and_then(|paths| paths.get(operation.path))
            .with_context(|| format!("there is no `{}` under `paths`", operation.path))?;
        let found = item.get(operation.method).with_context(|| {
            format!(
                "there is no `{}` at `paths` → `{}`",
                operation.method, operation.path
            )
        })?;
        let kept = paths.entry(operation.path).or_insert_with(|| json!({}));
        if let Some(parameters) = item.get("parameters") {
            kept["parameters"] = Shape::Each(Kind::Parameter).structure(parameters);
        }
        kept[operation.method] = structure(found, Kind::Operation);
    }
    let mut trimmed = json!({
        "openapi": full["openapi"],
        "info": {},
        "servers": full.get("servers").map_or(json!([]), |servers| {
            Shape::Each(Kind::Server).structure(servers)
        }),
        "paths": paths,
    });
    trimmed["components"] = reached(full, &trimmed["paths"])?;
    Ok(trimmed)
}

/// What part of a description an object is, which decides what its keys mean.
#[derive(Clone, Copy)]
enum Kind {
    Operation,
    Parameter,
    RequestBody,
    Response,
    Header,
    MediaType,
    Schema,
    Server,
}

impl Kind {
    /// The kind of the components of one section, or nothing where a section is not ours to keep.
    fn of_section(section: &str) -> Option<Self> {
        Some(match section {
            "schemas" => Self::Schema,
            "parameters" => Self::Parameter,
            "responses" => Self::Response,
            "headers" => Self::Header,
            "requestBodies" => Self::RequestBody,
            _ => return None,
        })
    }

    /// What stands under a keyword of this kind, where it is not a plain value.
    fn shape_under(self, keyword: &str) -> Option<Shape> {
        Some(match (self, keyword) {
            (Self::Operation, "parameters") => Shape::Each(Kind::Parameter),
            (Self::Operation, "requestBody") => Shape::One(Kind::RequestBody),
            (Self::Operation, "responses") => Shape::Named(Kind::Response),
            (Self::Response, "headers") => Shape::Named(Kind::Header),
            (Self::Parameter | Self::Header | Self::MediaType, "schema")
            | (Self::Schema, "items" | "not" | "additionalProperties") => Shape::One(Kind::Schema),
            (Self::Parameter | Self::RequestBody | Self::Response | Self::Header, "content") => {
                Shape::Named(Kind::MediaType)
            }
            (Self::Schema, "properties") => Shape::Named(Kind::Schema),
            (Self::Schema, "allOf" | "anyOf" | "oneOf") => Shape::Each(Kind::Schema),
            (Self::Server, "variables") => Shape::Named(Kind::Server),
            _ => return None,
        })
    }
}

/// How parts of one kind stand under a keyword.
enum Shape {
    One(Kind),
    Each(Kind),
    /// Under names that are data: a field may well be called `description`.
    Named(Kind),
}

impl Shape {
    fn structure(&self, value: &Value) -> Value {
        match (self, value) {
            (Self::One(kind), value) => structure(value, *kind),
            (Self::Each(kind), Value::Array(parts)) => {
                parts.iter().map(|part| structure(part, *kind)).collect()
            }
            (Self::Named(kind), Value::Object(parts)) => parts
                .iter()
                .map(|(name, part)| (name.clone(), structure(part, *kind)))
                .collect::<Map<_, _>>()
                .into(),
            (_, other) => other.clone(),
        }
    }
}

fn structure(part: &Value, kind: Kind) -> Value {
    let Value::Object(keywords) = part else {
        return part.clone();
    };
    let mut kept = Map::new();
    for (keyword, value) in keywords {
        if is_words(keyword) {
            continue;
        }
        let value = match kind.shape_under(keyword) {
            Some(shape) => shape.structure(value),
            None => value.clone(),
        };
        kept.insert(keyword.clone(), value);
    }
    if matches!(kind, Kind::Operation) {
        keep_facts_of_extensions(part, &mut kept);
    }
    Value::Object(kept)
}

fn is_words(keyword: &str) -> bool {
    matches!(
        keyword,
        "description" | "summary" | "title" | "tags" | "example" | "examples" | "externalDocs"
    ) || keyword.starts_with("x-")
}

/// Two facts about an operation stand in extensions alone: which previews it has,
/// and which API versions changed it. They are kept under names of our own.
fn keep_facts_of_extensions(operation: &Value, kept: &mut Map<String, Value>) {
    let facts = [
        ("x-previews", &operation["x-github"]["previews"], "name"),
        (
            "x-changed-in",
            &operation["x-github-breaking-changes"],
            "version",
        ),
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

/// The components that the paths refer to, directly or by way of others, in the order of the source.
fn reached(full: &Value, paths: &Value) -> Result<Value> {
    let mut found: Vec<(String, Value)> = Vec::new();
    let mut waiting = Vec::new();
    references(paths, "paths", &mut waiting);
    while let Some((place, reference)) = waiting.pop() {
        if found.iter().any(|(known, _)| *known == reference) {
            continue;
        }
        let Some((kind, component)) = document::component(&reference)
            .and_then(|(section, _)| Kind::of_section(section))
            .zip(document::resolve(full, &reference))
        else {
            bail!("`{place}` refers to `{reference}`, which is not in the document");
        };
        let kept = structure(component, kind);
        references(&kept, &reference, &mut waiting);
        found.push((reference, kept));
    }

    let mut components = Map::new();
    for (section, all) in full["components"].as_object().into_iter().flatten() {
        let names = all.as_object().into_iter().flat_map(Map::keys);
        let kept: Map<_, _> = names
            .filter_map(|name| {
                let reference = format!("#/components/{section}/{name}");
                let (_, kept) = found.iter().find(|(known, _)| *known == reference)?;
                Some((name.clone(), kept.clone()))
            })
            .collect();
        if !kept.is_empty() {
            components.insert(section.clone(), kept.into());
        }
    }
    Ok(components.into())
}

fn references(value: &Value, place: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match value {
                    Value::String(reference) if key == "$ref" => {
                        found.push((place.to_owned(), reference.clone()));
                    }
                    _ => references(value, &format!("{place} → {key}"), found),
                }
            }
        }
        Value::Array(array) => {
            for (index, value) in array.iter().enumerate() {
                references(value, &format!("{place} → {index}"), found);
            }
        }
        _ => {}
    }
}
