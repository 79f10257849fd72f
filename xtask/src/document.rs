//! OpenAPI documents: files, references and names.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value, json};

/// Reads an OpenAPI 3.0 description from a JSON file, plain or compressed with gzip.
pub(crate) fn read(file: &Path) -> Result<Value> {
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let bytes = if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(bytes.as_slice())
            .read_to_end(&mut plain)
            .with_context(|| format!("cannot decompress {}", file.display()))?;
        plain
    } else {
        bytes
    };
    let document: Value = serde_json::from_slice(&bytes)
        .with_context(|| format!("{} is not JSON", file.display()))?;
    match document.get("openapi").and_then(Value::as_str) {
        Some(version) if version.starts_with("3.0.") => Ok(document),
        Some(version) => bail!(
            "unsupported OpenAPI version {version:?} in {}: expected 3.0",
            file.display()
        ),
        None => bail!(
            "{} is not an OpenAPI 3.0 document: it has no field `openapi`",
            file.display()
        ),
    }
}

/// Returns the value behind a reference such as `#/components/schemas/state`.
pub(crate) fn resolve<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    document.pointer(reference.strip_prefix('#')?)
}

/// Returns the section and the name in a reference to a component.
pub(crate) fn component(reference: &str) -> Option<(&str, &str)> {
    reference.strip_prefix("#/components/")?.split_once('/')
}

/// Returns a reference to a schema.
pub(crate) fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// Returns the reference in a part: a plain one, or the only entry of its `allOf`.
pub(crate) fn reference_in(part: &Value) -> Option<&str> {
    let direct = part["$ref"].as_str();
    direct.or_else(|| match part["allOf"].as_array()?.as_slice() {
        [only] => only["$ref"].as_str(),
        _ => None,
    })
}

/// Returns the name of the schema behind a reference.
pub(crate) fn schema_name(reference: &str) -> Option<&str> {
    reference.strip_prefix("#/components/schemas/")
}

/// Visits every object of a document, outer objects first.
pub(crate) fn each_object(value: &mut Value, visit: &mut dyn FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            visit(object);
            for inner in object.values_mut() {
                each_object(inner, visit);
            }
        }
        Value::Array(array) => {
            for inner in array {
                each_object(inner, visit);
            }
        }
        _ => {}
    }
}

/// Returns `true` if the value of a keyword is a map whose keys are names.
pub(crate) fn is_map(keyword: &str) -> bool {
    const MAPS: &str =
        "content headers parameters paths properties requestBodies responses schemas variables";
    MAPS.split(' ').any(|map| map == keyword)
}

/// Returns the references that can be reached from some places, each with the place that contains it.
pub(crate) fn references_from(document: &Value, places: &[String]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut remaining = places.to_vec();
    while let Some(place) = remaining.pop() {
        let mut part = document.pointer(&place).cloned().unwrap_or_default();
        each_object(&mut part, &mut |object| {
            if let Some(Value::String(reference)) = object.get("$ref")
                && !found.contains_key(reference)
            {
                found.insert(reference.clone(), place.clone());
                remaining.push(reference.trim_start_matches('#').to_owned());
            }
        });
    }
    found
}

/// Drops the components that the paths do not refer to, directly or through others.
pub(crate) fn drop_unused_components(document: &mut Value) -> Result<()> {
    let used = references_from(document, &["/paths".to_owned()]);
    for (reference, place) in &used {
        ensure!(
            component(reference).is_some() && resolve(document, reference).is_some(),
            "`{place}` refers to `{reference}`, which is not in the document"
        );
    }
    let sections = document["components"].as_object_mut();
    let sections = sections.context("the description has no `components`")?;
    for (section, parts) in &mut *sections {
        if let Value::Object(parts) = parts {
            parts.retain(|name, _| used.contains_key(&format!("#/components/{section}/{name}")));
        }
    }
    sections.retain(|_, parts| parts.as_object().is_some_and(|parts| !parts.is_empty()));
    Ok(())
}

/// Returns a document as text, indented by two spaces.
pub(crate) fn to_text(document: &Value) -> Result<String> {
    Ok(serde_json::to_string_pretty(document)? + "\n")
}

/// Replaces a file in one step, so that a failure leaves the old file.
pub(crate) fn write(file: &Path, text: &str) -> Result<()> {
    let draft = file.with_extension("draft");
    fs::write(&draft, text)
        .and_then(|()| fs::rename(&draft, file))
        .with_context(|| format!("cannot write {}", file.display()))
}

/// Returns a name of the description as the name of a type: `InProgress` for `in_progress`.
pub(crate) fn rust_name(name: &str) -> String {
    let words = name.split(['-', '_', '/']).map(|word| {
        let mut characters = word.chars();
        let first = characters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(characters).collect::<String>()
    });
    words.collect()
}
