//! Schemas of a description, found by the operations that use them.
//!
//! Places are JSON pointers, because an amendment changes what it finds.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use serde_json::{Map, Value};

use crate::document::{each_object, reference_in, references_from};

/// Keyword of our own with the sentence for each state, and whether the state is final.
pub(crate) const VALUES: &str = "x-values";

/// Returns the places of the objects in success responses: the schema itself, or the items of a list.
pub(crate) fn of_responses(document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for operation in operations(document) {
        let responses = document.pointer(&format!("{operation}/responses"));
        for (code, _) in entries(responses).filter(|(code, _)| code.starts_with('2')) {
            let schema = schema_of(document, format!("{operation}/responses/{code}"));
            let items = format!("{schema}/items");
            let is_list = document.pointer(&items).is_some();
            found.push(if is_list {
                follow(document, items)
            } else {
                schema
            });
        }
    }
    objects(document, found)
}

/// Returns the places of the objects in request bodies.
pub(crate) fn of_bodies(document: &Value) -> Vec<String> {
    let operations = operations(document).into_iter();
    let bodies = operations.map(|it| schema_of(document, it + "/requestBody"));
    objects(document, bodies.collect())
}

/// Returns the place of the schema of a request body or a response.
fn schema_of(document: &Value, place: String) -> String {
    follow(
        document,
        follow(document, place) + "/content/application~1json/schema",
    )
}

/// Returns the places that contain objects with fields, each once.
fn objects(document: &Value, places: Vec<String>) -> Vec<String> {
    let mut found = Vec::new();
    for place in places {
        let fields = document.pointer(&format!("{place}/properties"));
        if fields.is_some() && !found.contains(&place) {
            found.push(place);
        }
    }
    found
}

/// Returns the places of all operations.
pub(crate) fn operations(document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (path, item) in entries(document.get("paths")) {
        for (method, operation) in entries(Some(item)) {
            if operation.get("responses").is_some() {
                found.push(format!("/paths/{}/{method}", escaped(path)));
            }
        }
    }
    found
}

/// Returns the place of the enumeration behind the field `state` of an object, if it has one.
pub(crate) fn state_in(document: &Value, place: &str) -> Option<String> {
    let place = follow(document, format!("{place}/properties/state"));
    let schema = document.pointer(&place)?;
    schema["enum"].is_array().then_some(place)
}

/// Returns the schemas among the components.
pub(crate) fn components(document: &mut Value) -> Result<&mut Map<String, Value>> {
    let schemas = document["components"]["schemas"].as_object_mut();
    schemas.context("the description has no `components.schemas`")
}

/// Returns the place that a reference leads to, or the place itself if it holds no reference.
pub(crate) fn follow(document: &Value, place: String) -> String {
    match document.pointer(&place).and_then(reference_in) {
        Some(reference) => follow(document, reference.trim_start_matches('#').to_owned()),
        None => place,
    }
}

/// Visits every object in the success responses, including the components they refer to.
pub(crate) fn each_response_object(
    document: &mut Value,
    visit: &mut dyn FnMut(&mut Map<String, Value>),
) {
    let mut places = of_responses(document);
    let references = references_from(document, &places).into_keys();
    places.extend(references.map(|it| it.trim_start_matches('#').to_owned()));
    for place in BTreeSet::from_iter(places) {
        if let Some(schema) = document.pointer_mut(&place) {
            each_object(schema, visit);
        }
    }
}

/// Returns a key as a JSON pointer writes it.
pub(crate) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn entries(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}
