//! Our own prose for a description that has none.
//!
//! `wording.json` has the shape of the description and contains only the parts that have a sentence.
//! In a list of parameters, the key is the name of the parameter.
//! The sentences of a component `x` also serve a component `nullable-x`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::document::{is_map, reference_in};
use crate::schemas::{VALUES, of_bodies, of_responses, state_in};

/// Inserts the sentences of a file into a trimmed description.
///
/// # Errors
///
/// Returns an error that names each sentence without a place in the description, and each place without a sentence.
pub(crate) fn apply(trimmed: &Value, wording: &Path) -> Result<Value> {
    let name = wording.display();
    let text = fs::read_to_string(wording).with_context(|| format!("cannot read {name}"))?;
    let sentences: Value =
        serde_json::from_str(&text).with_context(|| format!("{name} is not JSON"))?;
    let mut worded = trimmed.clone();
    let states = state_places(trimmed);
    let (mut stale, mut missing) = (Vec::new(), Vec::new());
    let values = states.first().map(|pointer| Place::of(pointer).key(VALUES));
    insert(
        &mut worded,
        &sentences,
        &Place::default(),
        &values.unwrap_or_default(),
        &mut stale,
    );
    expect(&worded["info"], &Place::default().key("info"), &mut missing);
    visit(&worded, &Place::default(), &mut missing);
    check_states(&worded, &states, &mut stale, &mut missing);
    ensure!(
        stale.is_empty(),
        "{name} has sentences for parts that the description does not have; remove:\n{}",
        stale.join("\n")
    );
    ensure!(
        missing.is_empty(),
        "{name} has no sentence, or one without a full stop, for parts of the description; add:\n{}",
        missing.join("\n")
    );
    Ok(worded)
}

/// Path of a part in `wording.json`, as `jq` writes it.
#[derive(Default, PartialEq)]
struct Place(String);

impl Place {
    fn of(pointer: &str) -> Self {
        let keys = pointer.split('/').skip(1);
        keys.fold(Self::default(), |place, key| {
            place.key(&key.replace("~1", "/"))
        })
    }

    fn key(&self, key: &str) -> Self {
        let is_plain = key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let starts_with_digit = key.starts_with(|c: char| c.is_ascii_digit());
        Self(if is_plain && !starts_with_digit {
            format!("{}.{key}", self.0)
        } else {
            format!("{}[{}]", self.0, json!(key))
        })
    }
}

const PROSE: [&str; 4] = ["title", "version", "summary", "description"];

/// Copies sentences to the parts of the same name, and the entries of the states to their place.
fn insert(
    part: &mut Value,
    sentences: &Value,
    place: &Place,
    values: &Place,
    stale: &mut Vec<String>,
) {
    for (key, sentence) in sentences.as_object().into_iter().flatten() {
        let place = place.key(key);
        let is_prose =
            sentence.is_string() && PROSE.contains(&key.as_str()) && !part[key].is_object();
        if is_prose || place == *values {
            part[key] = sentence.clone();
            continue;
        }
        let mut found = false;
        for name in [key.clone(), format!("nullable-{key}")] {
            if let Some(inner) = child(part, &name) {
                found = true;
                insert(inner, sentence, &place, values, stale);
            }
        }
        if !found || !sentence.is_object() {
            stale.push(place.0);
        }
    }
}

fn child<'a>(part: &'a mut Value, name: &str) -> Option<&'a mut Value> {
    match part {
        Value::Object(object) => object
            .get_mut(name)
            .filter(|it| it.is_object() || it.is_array()),
        Value::Array(parts) => parts.iter_mut().find(|part| part["name"] == name),
        _ => None,
    }
}

/// Finds parts without a sentence below an object whose keys are keywords.
fn visit(part: &Value, place: &Place, missing: &mut Vec<String>) {
    for (keyword, value) in part.as_object().into_iter().flatten() {
        let place = place.key(keyword);
        if keyword == "paths" {
            for (path, item) in value.as_object().into_iter().flatten() {
                visit_all(item, &place.key(path), missing);
            }
        } else if keyword != "content" && is_map(keyword) {
            visit_all(value, &place, missing);
        } else if keyword != VALUES {
            visit(value, &place, missing);
        }
    }
}

/// Finds parts without a sentence among the entries of a map, and below them.
fn visit_all(parts: &Value, place: &Place, missing: &mut Vec<String>) {
    for (name, part) in parts.as_object().into_iter().flatten() {
        let place = place.key(name);
        match part {
            Value::Array(_) => visit_all(part, &place, missing),
            _ => visit_part(part, &place, missing),
        }
    }
    for part in parts.as_array().into_iter().flatten() {
        let name = part["name"].as_str().unwrap_or_default();
        visit_part(part, &place.key(name), missing);
    }
}

fn visit_part(part: &Value, place: &Place, missing: &mut Vec<String>) {
    expect(part, place, missing);
    visit(part, place, missing);
}

/// A part that refers to another needs no sentence, because the other has one.
fn expect(part: &Value, place: &Place, missing: &mut Vec<String>) {
    let sentence = part["description"].as_str().unwrap_or_default();
    if reference_in(part).is_none() && !sentence.ends_with('.') {
        missing.push(place.key("description").0);
    }
}

/// Returns pointers to the enumerations called `state`. The first has the entries for all of them.
fn state_places(document: &Value) -> Vec<String> {
    let places = of_responses(document)
        .into_iter()
        .chain(of_bodies(document));
    places
        .filter_map(|place| state_in(document, &place))
        .collect()
}

/// Compares the states in the description with those that have an entry.
fn check_states(
    document: &Value,
    places: &[String],
    stale: &mut Vec<String>,
    missing: &mut Vec<String>,
) {
    let schema = |pointer: &String| document.pointer(pointer).unwrap_or(&Value::Null);
    let Some(first) = places.first() else {
        return;
    };
    let states = places
        .iter()
        .filter_map(|place| schema(place)["enum"].as_array());
    let states: Vec<&str> = states.flatten().filter_map(Value::as_str).collect();
    let place = Place::of(first).key(VALUES);
    let entries = &schema(first)[VALUES];
    for state in &states {
        let place = place.key(state);
        expect(&entries[state], &place, missing);
        if !entries[state]["final"].is_boolean() {
            missing.push(place.key("final").0);
        }
    }
    for (state, entry) in entries.as_object().into_iter().flatten() {
        let is_documented = states.contains(&state.as_str());
        if is_documented && entry["undocumented"] == true {
            stale.push(place.key(state).key("undocumented").0);
        } else if !is_documented && entry["undocumented"] != true {
            stale.push(place.key(state).0);
        }
    }
}
