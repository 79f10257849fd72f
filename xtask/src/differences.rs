//! Differences between the structures of two descriptions, as sentences.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::document::{is_map, reference_in, resolve, schema_name};
use crate::operations::OPERATIONS;

/// Returns one sentence for each difference, operations first.
pub(crate) fn differences(old: &Value, new: &Value) -> Vec<String> {
    let (mut was, mut is) = (old.clone(), new.clone());
    let mut sentences = Sentences(Vec::new());
    for operation in &OPERATIONS {
        let take = |document: &mut Value| {
            let mut taken = document["paths"][operation.path][operation.method].take();
            taken["parameters"] = parameters_by_name(document, &taken["parameters"]);
            taken
        };
        sentences.compare(operation.name, &take(&mut was), &take(&mut is));
    }
    for document in [&mut was, &mut is] {
        document["components"]["parameters"].take();
    }
    sentences.compare("the description", &was, &is);
    if sentences.0.is_empty() && old != new {
        sentences.add("parts of the description have other names or another order".to_owned());
    }
    sentences.0
}

/// Returns the parameters of a list by name, without references.
fn parameters_by_name(document: &Value, list: &Value) -> Value {
    let parameters = list.as_array().into_iter().flatten();
    let named = parameters.map(|parameter| {
        let reference = reference_in(parameter).and_then(|it| resolve(document, it));
        let parameter = reference.unwrap_or(parameter);
        let name = parameter["name"].as_str().unwrap_or_default();
        (name.to_owned(), parameter.clone())
    });
    named.collect::<Map<_, _>>().into()
}

struct Sentences(Vec<String>);

impl Sentences {
    fn add(&mut self, sentence: String) {
        if !self.0.contains(&sentence) {
            self.0.push(sentence);
        }
    }

    /// Compares two objects whose keys are keywords.
    fn compare(&mut self, place: &str, old: &Value, new: &Value) {
        let references = reference_in(old).zip(reference_in(new));
        if references.is_some_and(|(old, new)| old != new) {
            self.add(format!("{place} was {} and is {}", short(old), short(new)));
        }
        for keyword in keys(old, new) {
            match (&old[&keyword], &new[&keyword]) {
                _ if references.is_some() && ["$ref", "allOf"].contains(&keyword.as_str()) => {}
                (Value::Null, Value::Null) => {}
                (Value::Null, values @ Value::Array(_)) if keyword == "enum" => {
                    let values = Vec::from_iter(entries(values)).join(", ");
                    self.add(format!("{place} is limited to {values}"));
                }
                (Value::Array(_), Value::Null) if keyword == "enum" => {
                    self.add(format!("{place} is no longer limited to certain values"));
                }
                (Value::Object(old), Value::Object(new)) if is_map(&keyword) => {
                    self.parts(place, &keyword, old, new);
                }
                (old @ Value::Object(_), new @ Value::Object(_)) => {
                    let inner = match keyword.as_str() {
                        "items" => format!("an entry of {place}"),
                        "requestBody" => format!("the body of {place}"),
                        _ => place.to_owned(),
                    };
                    self.compare(&inner, old, new);
                }
                (old, new) if old.is_array() || new.is_array() => {
                    self.lists(place, &keyword, old, new);
                }
                (old, new) => self.values(place, &keyword, old, new),
            }
        }
    }

    /// Compares two maps whose keys are names.
    fn parts(
        &mut self,
        place: &str,
        keyword: &str,
        old: &Map<String, Value>,
        new: &Map<String, Value>,
    ) {
        let kind = match keyword {
            "properties" => "field",
            other => other.trim_end_matches('s'),
        };
        for (name, was) in old {
            let inner = match keyword {
                "content" => place.to_owned(),
                "schemas" | "paths" => name.clone(),
                "responses" => format!("response {name} of {place}"),
                _ => format!("`{name}` of {place}"),
            };
            match new.get(name) {
                Some(is) => self.compare(&inner, was, is),
                None => self.add(format!("{place} lost the {}", described(kind, name, was))),
            }
        }
        for (name, is) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
            self.add(format!("{place} gained the {}", described(kind, name, is)));
        }
    }

    fn lists(&mut self, place: &str, keyword: &str, old: &Value, new: &Value) {
        let kind = match keyword {
            "required" => "required field",
            "enum" => "value",
            "x-previews" => "preview",
            "x-changed-in" => "change in API version",
            other => other.trim_end_matches('s'),
        };
        let (was, is) = (entries(old), entries(new));
        for entry in is.difference(&was) {
            self.add(format!("{place} gained the {kind} {entry}"));
        }
        for entry in was.difference(&is) {
            self.add(format!("{place} lost the {kind} {entry}"));
        }
        if was == is && old != new {
            self.add(format!("the list `{keyword}` of {place} has another order"));
        }
    }

    fn values(&mut self, place: &str, keyword: &str, old: &Value, new: &Value) {
        if old == new {
            return;
        }
        let (was, is) = (short(old), short(new));
        self.add(match (old, new) {
            (Value::Null, Value::Bool(true)) => format!("{place} became `{keyword}`"),
            (Value::Bool(true), Value::Null) => format!("{place} is no longer `{keyword}`"),
            (Value::Null, _) => format!("{place} gained `{keyword}`: {is}"),
            (_, Value::Null) => format!("{place} lost `{keyword}`: {was}"),
            _ => format!("`{keyword}` of {place} was {was} and is {is}"),
        });
    }
}

/// Names a part and its kind, and for a parameter where it is sent and if it is required.
fn described(kind: &str, name: &str, part: &Value) -> String {
    let required = if part["required"] == true {
        "required"
    } else {
        "optional"
    };
    match part["in"].as_str() {
        Some(location) => format!("{required} {location} {kind} `{name}`"),
        None => format!("{kind} `{name}`"),
    }
}

/// Returns the keys of both objects, those of the first one first.
fn keys(old: &Value, new: &Value) -> Vec<String> {
    let of = |value: &Value| {
        value
            .as_object()
            .into_iter()
            .flat_map(Map::keys)
            .cloned()
            .collect()
    };
    let (mut keys, added): (Vec<_>, Vec<_>) = (of(old), of(new));
    keys.extend(added.into_iter().filter(|key| old.get(key).is_none()));
    keys
}

fn entries(list: &Value) -> BTreeSet<String> {
    let entries = list.as_array().into_iter().flatten();
    entries.map(short).collect()
}

/// Returns a value as JSON, and a reference as the name it refers to.
fn short(value: &Value) -> String {
    match reference_in(value)
        .and_then(schema_name)
        .or_else(|| value.as_str())
    {
        Some(text) => format!("`{text}`"),
        None => value.to_string(),
    }
}
