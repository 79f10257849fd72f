//! Puts our words, an OpenAPI Overlay document, over the bare structure.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use roas_overlay::apply::{Apply, ApplyOptions};
use roas_overlay::v1_0::Overlay;
use roas_overlay::validation::Validate;
use serde_json::Value;

use crate::document;
use crate::operations::name_of;
use crate::trim;

/// Words every part of a trimmed document.
///
/// Fails when the words speak of something the structure does not have,
/// or when an operation, a parameter, a field or an answer is left without any.
pub(crate) fn apply(trimmed: &Value, wording: &Path) -> Result<Value> {
    let name = wording.display();
    let text = fs::read_to_string(wording).with_context(|| format!("cannot read {name}"))?;
    let overlay: Overlay =
        serde_json::from_str(&text).with_context(|| format!("{name} is not an overlay"))?;
    overlay
        .validate(enumset::EnumSet::empty())
        .with_context(|| format!("{name} is not a valid overlay"))?;

    let mut worded = trimmed.clone();
    overlay
        .apply(&mut worded, ApplyOptions::ErrorOnZeroMatch.into())
        .with_context(|| format!("{name} does not fit the description"))?;

    let strangers = added(trimmed, &trim::structure_of(&worded)?, "$");
    ensure!(
        strangers.is_empty(),
        "{name} speaks of what the description does not have: {}",
        strangers.join(", ")
    );
    let silent = unworded(&worded);
    ensure!(
        silent.is_empty(),
        "{name} has no words for {}",
        silent.join(", ")
    );
    Ok(worded)
}

/// Places that stand in the second document and not in the first.
fn added(before: &Value, after: &Value, place: &str) -> Vec<String> {
    let (Value::Object(before), Value::Object(after)) = (before, after) else {
        return Vec::new();
    };
    let mut places = Vec::new();
    for (key, value) in after {
        let place = format!("{place}.{key}");
        match before.get(key) {
            Some(known) => places.extend(added(known, value, &place)),
            None => places.push(place),
        }
    }
    places
}

/// Operations, parameters, fields and answers that have no sentence.
fn unworded(document: &Value) -> Vec<String> {
    let mut silent = Vec::new();
    expect_words("the description itself", &document["info"], &mut silent);
    for (path, item) in object(&document["paths"]) {
        for (method, operation) in object(item) {
            let name = name_of(method, path).unwrap_or(method);
            expect_words(name, operation, &mut silent);
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                expect_words(
                    &format!("{} of {name}", parameter["name"]),
                    parameter,
                    &mut silent,
                );
            }
            let body = &operation["requestBody"]["content"]["application/json"]["schema"];
            expect_words_in_fields(&format!("the body of {name}"), body, &mut silent);
            for (code, answer) in object(&operation["responses"]) {
                let place = format!("the {code} answer of {name}");
                expect_words(&place, answer, &mut silent);
                for (header, part) in object(&answer["headers"]) {
                    expect_words(&format!("{header} in {place}"), part, &mut silent);
                }
            }
        }
    }
    for (section, components) in object(&document["components"]) {
        for (name, component) in object(components) {
            expect_words(
                &format!("`{name}` among the {section}"),
                component,
                &mut silent,
            );
            expect_words_in_fields(&format!("`{name}`"), component, &mut silent);
        }
    }
    silent
}

/// A reference needs no words, for what it refers to has its own.
fn expect_words(place: &str, part: &Value, silent: &mut Vec<String>) {
    let words = part["description"].as_str().unwrap_or_default();
    if part["$ref"].is_null() && !words.ends_with('.') {
        silent.push(place.to_owned());
    }
}

fn expect_words_in_fields(place: &str, schema: &Value, silent: &mut Vec<String>) {
    for (field, schema) in object(&schema["properties"]) {
        let place = format!("`{field}` of {place}");
        expect_words(&place, schema, silent);
        expect_words_in_fields(&place, schema, silent);
        expect_words_in_fields(&place, &schema["items"], silent);
    }
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// The committed text: the structure with our words over it.
pub(crate) fn text(trimmed: &Value, wording: &Path) -> Result<String> {
    document::to_text(&apply(trimmed, wording)?)
}
