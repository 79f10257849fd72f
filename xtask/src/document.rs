//! OpenAPI documents as files: read plain or compressed, checked, written whole.

use std::fs;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};

/// Reads an OpenAPI 3.0 description from a JSON file, compressed or not.
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
            "{}: `openapi` is {version:?}, but only OpenAPI 3.0 can be read here; \
             use the 3.0 edition of the description",
            file.display()
        ),
        None => bail!(
            "{}: not an OpenAPI 3.0 document, there is no `openapi` at its top",
            file.display()
        ),
    }
}

/// Looks up a reference like `#/components/schemas/state`.
pub(crate) fn resolve<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    document.pointer(reference.strip_prefix('#')?)
}

/// The section and the name that a reference to a component is made of.
pub(crate) fn component(reference: &str) -> Option<(&str, &str)> {
    reference.strip_prefix("#/components/")?.split_once('/')
}

/// A reference to the schema of this name.
pub(crate) fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// The reference in a part: a plain one, or the only entry of its `allOf`.
pub(crate) fn reference_in(part: &Value) -> Option<&str> {
    let direct = part["$ref"].as_str();
    direct.or_else(|| match part["allOf"].as_array()?.as_slice() {
        [only] => only["$ref"].as_str(),
        _ => None,
    })
}

/// The name of the schema that a reference means.
pub(crate) fn schema_name(reference: &str) -> Option<&str> {
    reference.strip_prefix("#/components/schemas/")
}

/// Shows every object of a document to a visitor, an outer one before those in it.
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

/// The document as this project writes JSON: two spaces, one line feed at the end.
pub(crate) fn to_text(document: &Value) -> Result<String> {
    Ok(serde_json::to_string_pretty(document)? + "\n")
}

/// Replaces a file in one step, so that no reader and no failure ever sees half of it.
pub(crate) fn write(file: &Path, text: &str) -> Result<()> {
    let draft = file.with_extension("draft");
    fs::write(&draft, text)
        .and_then(|()| fs::rename(&draft, file))
        .with_context(|| format!("cannot write {}", file.display()))
}
