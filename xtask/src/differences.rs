//! What differs between two trimmed descriptions, said as a person would say it.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::document::{self, reference_in as reference};
use crate::operations::OPERATIONS;

/// One sentence for each difference in structure, in the order of the operations; none when there is none.
pub(crate) fn differences(old: &Value, new: &Value) -> Vec<String> {
    let mut comparison = Comparison {
        old,
        new,
        said: Vec::new(),
        compared: BTreeSet::new(),
    };
    comparison.keyword(
        "the description",
        "openapi",
        &old["openapi"],
        &new["openapi"],
    );
    comparison.keyword(
        "the description",
        "servers",
        &old["servers"],
        &new["servers"],
    );
    for operation in &OPERATIONS {
        let at = |document: &Value| document["paths"][operation.path][operation.method].clone();
        comparison.operation(operation.name, &at(old), &at(new));
    }
    let silent = comparison.said.is_empty() && old != new;
    if silent {
        comparison.say("the structure differs in a place this command has no words for".to_owned());
    }
    comparison.said
}

struct Comparison<'a> {
    old: &'a Value,
    new: &'a Value,
    said: Vec<String>,
    /// Pairs of components already compared, since several places share one.
    compared: BTreeSet<(String, String)>,
}

impl Comparison<'_> {
    fn say(&mut self, sentence: String) {
        if !self.said.contains(&sentence) {
            self.said.push(sentence);
        }
    }

    fn operation(&mut self, name: &str, old: &Value, new: &Value) {
        for keyword in keys(old, new) {
            let (old, new) = (&old[&keyword], &new[&keyword]);
            match keyword.as_str() {
                "parameters" => self.parameters(name, old, new),
                "requestBody" => self.part(&format!("the body of {name}"), old, new),
                "responses" => self.responses(name, old, new),
                "x-previews" => self.words(name, "preview", old, new),
                "x-changed-in" => self.words(name, "change in API version", old, new),
                _ => self.keyword(name, &keyword, old, new),
            }
        }
    }

    fn parameters(&mut self, operation: &str, old: &Value, new: &Value) {
        let by_name = |document: &Value, list: &Value| -> Map<String, Value> {
            let all = list.as_array().into_iter().flatten();
            all.map(|parameter| {
                let resolved = resolved(document, parameter);
                (text(&resolved["name"]), parameter.clone())
            })
            .collect()
        };
        let (old, new) = (by_name(self.old, old), by_name(self.new, new));
        self.names(operation, &old, &new, |parameter| {
            format!("`{parameter}` of {operation}")
        });
    }

    fn responses(&mut self, operation: &str, old: &Value, new: &Value) {
        for code in keys(old, new) {
            let place = format!("the {code} answer of {operation}");
            match (&old[&code], &new[&code]) {
                (Value::Null, _) => self.say(format!("{operation} may now answer {code}")),
                (_, Value::Null) => self.say(format!("{operation} no longer answers {code}")),
                (old, new) => self.part(&place, old, new),
            }
        }
    }

    /// Compares two parts that hold schemas somewhere: a parameter, a body, an answer, a header, a schema.
    fn part(&mut self, place: &str, old: &Value, new: &Value) {
        if let (Some(was), Some(is)) = (reference(old), reference(new)) {
            let (null_was, null_is) = (is_nullable(self.old, old), is_nullable(self.new, new));
            self.nullable(place, null_was, null_is);
            self.components(place, was, is);
            return;
        }
        if reference(old).is_some() != reference(new).is_some() {
            self.say(format!(
                "{place} is {}, no longer {}",
                summary(new),
                summary(old)
            ));
            return;
        }
        for keyword in keys(old, new) {
            let (old, new) = (&old[&keyword], &new[&keyword]);
            match (keyword.as_str(), old, new) {
                ("nullable", _, _) => self.nullable(place, *old == true, *new == true),
                ("enum", Value::Array(_), Value::Array(_)) => self.words(place, "", old, new),
                ("enum", Value::Null, _) => {
                    self.say(format!("{place} is now one of {}", listed(new)));
                }
                ("enum", _, _) => self.say(format!("{place} may now be any word")),
                ("required", Value::Array(_), _) | ("required", _, Value::Array(_)) => {
                    self.required(place, old, new);
                }
                ("properties", _, _) => {
                    let none = Map::new();
                    let (old, new) = (old.as_object(), new.as_object());
                    self.names(place, old.unwrap_or(&none), new.unwrap_or(&none), |field| {
                        format!("`{field}` of {place}")
                    });
                }
                ("headers", Value::Object(old), Value::Object(new)) => {
                    self.names(place, old, new, |header| {
                        format!("the header {header} of {place}")
                    });
                }
                ("content" | "application/json" | "schema", Value::Object(_), Value::Object(_)) => {
                    self.part(place, old, new);
                }
                ("items", Value::Object(_), Value::Object(_)) => {
                    self.part(&format!("each entry of {place}"), old, new);
                }
                _ => self.keyword(place, &keyword, old, new),
            }
        }
    }

    /// Compares parts that have names, such as fields: which came, which went, what became of the others.
    fn names(
        &mut self,
        place: &str,
        old: &Map<String, Value>,
        new: &Map<String, Value>,
        placed: impl Fn(&str) -> String,
    ) {
        for (name, was) in old {
            match new.get(name) {
                Some(is) => self.part(&placed(name), was, is),
                None => self.say(format!("`{name}` is gone from {place}")),
            }
        }
        for name in new.keys().filter(|name| !old.contains_key(*name)) {
            self.say(format!("`{name}` is new in {place}"));
        }
    }

    fn components(&mut self, place: &str, was: &str, is: &str) {
        let name = |reference: &str| -> String {
            document::component(reference)
                .map_or(reference, |(_, name)| name)
                .to_owned()
        };
        if was != is {
            self.say(format!(
                "{place} is described by `{}`, no longer by `{}`",
                name(is),
                name(was)
            ));
        }
        if self.compared.insert((was.to_owned(), is.to_owned())) {
            let at = |document: &Value, reference: &str| {
                let mut found = document::resolve(document, reference)
                    .cloned()
                    .unwrap_or_default();
                if let Some(schema) = found.as_object_mut() {
                    // Whether null is allowed has been said of the place that refers here.
                    schema.remove("nullable");
                }
                found
            };
            self.part(&name(is), &at(self.old, was), &at(self.new, is));
        }
    }

    fn nullable(&mut self, place: &str, was: bool, is: bool) {
        match (was, is) {
            (false, true) => self.say(format!("{place} may now be null")),
            (true, false) => self.say(format!("{place} is no longer ever null")),
            _ => {}
        }
    }

    fn required(&mut self, place: &str, old: &Value, new: &Value) {
        let (was, is) = (set(old), set(new));
        for field in is.difference(&was) {
            self.say(format!("`{field}` is now required in {place}"));
        }
        for field in was.difference(&is) {
            self.say(format!("`{field}` is no longer required in {place}"));
        }
        if was == is && old != new {
            self.say(format!(
                "the required fields of {place} stand in another order"
            ));
        }
    }

    fn words(&mut self, place: &str, what: &str, old: &Value, new: &Value) {
        let what = if what.is_empty() {
            String::new()
        } else {
            format!("the {what} ")
        };
        let (was, is) = (set(old), set(new));
        for word in is.difference(&was) {
            self.say(format!("{place} gained {what}`{word}`"));
        }
        for word in was.difference(&is) {
            self.say(format!("{place} lost {what}`{word}`"));
        }
        if was == is && old != new {
            self.say(format!("the words of {place} stand in another order"));
        }
    }

    fn keyword(&mut self, place: &str, keyword: &str, old: &Value, new: &Value) {
        match (old, new) {
            _ if old == new => {}
            (Value::Null, _) => self.say(format!("{place}: `{keyword}` is new, {new}")),
            (_, Value::Null) => self.say(format!("{place}: `{keyword}` is gone, it was {old}")),
            _ => self.say(format!("{place}: `{keyword}` was {old} and is {new}")),
        }
    }
}

fn keys(old: &Value, new: &Value) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for object in [old, new] {
        for key in object.as_object().into_iter().flat_map(Map::keys) {
            if !keys.contains(key) {
                keys.push(key.clone());
            }
        }
    }
    keys
}

fn set(list: &Value) -> BTreeSet<String> {
    list.as_array().into_iter().flatten().map(text).collect()
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// What a part is, in a few words, for when it became something else altogether.
fn summary(part: &Value) -> String {
    if let Some(reference) = reference(part) {
        let name = document::component(reference).map_or(reference, |(_, name)| name);
        return format!("`{name}`");
    }
    match part["oneOf"]
        .as_array()
        .or_else(|| part["anyOf"].as_array())
    {
        Some(choices) => {
            let choices: Vec<String> = choices.iter().map(summary).collect();
            format!("either of {}", choices.join(", "))
        }
        None => format!("{part}"),
    }
}

fn listed(words: &Value) -> String {
    let words = words.as_array().into_iter().flatten();
    words
        .map(|word| format!("`{}`", text(word)))
        .collect::<Vec<_>>()
        .join(", ")
}

fn resolved<'a>(document: &'a Value, part: &'a Value) -> &'a Value {
    reference(part)
        .and_then(|reference| document::resolve(document, reference))
        .unwrap_or(part)
}

fn is_nullable(document: &Value, part: &Value) -> bool {
    part["nullable"] == true || resolved(document, part)["nullable"] == true
}
