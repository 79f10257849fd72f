//! Schemas of a description, found by the operations that use them.
//!
//! Places are JSON pointers, because an amendment changes what it finds.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use serde_json::{Map, Value};

use crate::document::{each_object, reference_in, references_from};

/// Keyword of our own with the sentence for each state, and whether the state is final.
pub(crate) const VALUES: &str = "x-values";

const JSON: &str = "/content/application~1json/schema";

/// Returns the places of the objects in success responses: the schema itself, or the items of a list.
pub(crate) fn of_responses(document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for operation in operations(document) {
        for (code, _) in entries(document.pointer(&format!("{operation}/responses"))) {
            if code.starts_with('2') {
                let response = follow(document, format!("{operation}/responses/{code}"));
                let schema = follow(document, response + JSON);
                let items = format!("{schema}/items");
                found.push(match document.pointer(&items) {
                    Some(_) => follow(document, items),
                    None => schema,
                });
            }
        }
    }
    existing(document, found)
}

/// Returns the places of the schemas of request bodies.
pub(crate) fn of_bodies(document: &Value) -> Vec<String> {
    let schema = |operation| {
        let body = follow(document, format!("{operation}/requestBody"));
        follow(document, body + JSON)
    };
    let found = operations(document).into_iter().map(schema).collect();
    existing(document, found)
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
    let references = references_from(document, &places);
    places.extend(
        references
            .keys()
            .map(|it| it.trim_start_matches('#').to_owned()),
    );
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

fn existing(document: &Value, places: Vec<String>) -> Vec<String> {
    let mut found = Vec::new();
    for place in places {
        if document.pointer(&place).is_some() && !found.contains(&place) {
            found.push(place);
        }
    }
    found
}

fn entries(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}
