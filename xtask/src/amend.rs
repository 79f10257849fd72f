//! Changes to the description before the generator reads it, one function for each change.
//!
//! The committed description stays as GitHub publishes it, and generated code is never edited by hand.
//! What the generator cannot read, or would turn into poor code, is amended here.
//! An amendment that must apply fails if it finds nothing, so that none outlives its reason.

#![expect(
    clippy::unnecessary_wraps,
    reason = "all amendments have one type, and some can fail"
)]

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value, json};

use crate::document::{drop_unused_components, each_object, reference, reference_in, schema_name};
use crate::schemas::{components, each_response_object, of_responses, operations};
use crate::state::{self, REPORTABLE};

/// Component whose Rust type is [`PathSegment`](../../crates/deploystatus-generated/src/path_segment.rs).
pub(crate) const PATH_SEGMENT: &str = "path-segment";
/// Prefix of components that are decoded on first use.
pub(crate) const LAZY: &str = "lazy-";

/// Amends a description in place.
pub(crate) fn amend(document: &mut Value) -> Result<()> {
    for (name, amendment) in AMENDMENTS {
        let changes = amendment(document)
            .with_context(|| format!("the amendment `{name}` does not fit the description"))?;
        ensure!(
            changes > 0 || MAY_BE_IDLE.contains(&name),
            "the amendment `{name}` finds nothing to change; if GitHub's description no longer \
             needs it, remove it from xtask/src/amend.rs"
        );
    }
    Ok(())
}

/// Changes a description and returns the number of changes.
type Amendment = fn(&mut Value) -> Result<usize>;

const AMENDMENTS: [(&str, Amendment); 12] = [
    ("drop_error_responses", drop_error_responses),
    ("merge_nullable_components", merge_nullable_components),
    ("lift_state", state::lift),
    ("open_enumerations", open_enumerations),
    ("drop_rules", drop_rules),
    ("open_choices", open_choices),
    ("loosen_required", loosen_required),
    ("count_ids_without_sign", count_ids_without_sign),
    ("decode_accounts_on_use", decode_accounts_on_use),
    ("keep_unknown_fields", keep_unknown_fields),
    ("check_path_segments", check_path_segments),
    ("document_deprecation", document_deprecation),
];

/// Amendments for parts that GitHub's description has at some times only.
const MAY_BE_IDLE: [&str; 2] = ["open_enumerations", "document_deprecation"];

/// Applies a change to every object of a document, and returns the number of objects that it changed.
fn in_each_object(
    document: &mut Value,
    change: impl Fn(&mut Map<String, Value>) -> bool,
) -> Result<usize> {
    let mut changed = 0;
    each_object(document, &mut |object| {
        changed += usize::from(change(object));
    });
    Ok(changed)
}

/// Drops every response that is not a success, and the components that only those use.
///
/// Without it the generator stops at an operation with two kinds of errors,
/// and an error that differs from its description loses its status and headers.
fn drop_error_responses(document: &mut Value) -> Result<usize> {
    let mut dropped = 0;
    for operation in operations(document) {
        let responses = document.pointer_mut(&(operation + "/responses"));
        if let Some(responses) = responses.and_then(Value::as_object_mut) {
            let before = responses.len();
            responses.retain(|code, _| code.starts_with('2'));
            dropped += before - responses.len();
        }
    }
    drop_unused_components(document)?;
    Ok(dropped)
}

/// Merges each component `nullable-x` into `x`.
///
/// Without it the generator writes two types for one thing, and both have the same name.
/// Response fields that refer to such a component are optional, and null counts as absent.
fn merge_nullable_components(document: &mut Value) -> Result<usize> {
    let schemas = components(document)?;
    let names: Vec<String> = schemas.keys().cloned().collect();
    for (twin, name) in names
        .iter()
        .filter_map(|it| Some((it, it.strip_prefix("nullable-")?)))
    {
        let mut merged = schemas.remove(twin).unwrap_or_default();
        merged
            .as_object_mut()
            .and_then(|keywords| keywords.remove("nullable"));
        let other = schemas.insert(name.to_owned(), merged.clone());
        ensure!(
            other.is_none_or(|other| other == merged),
            "`{name}` and `{twin}` differ in more than `nullable`"
        );
    }
    in_each_object(document, |object| {
        let name = object
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(schema_name);
        let merged = name
            .and_then(|name| name.strip_prefix("nullable-"))
            .map(reference);
        let merged = merged.map(|mut merged| merged["$ref"].take());
        merged.is_some_and(|merged| object.insert("$ref".to_owned(), merged).is_some())
    })
}

/// Turns every enumeration except the state into plain text or a plain number.
///
/// Without it a new value fails the whole response,
/// and an enumeration that appears in the request stops callers that pass text from compiling.
fn open_enumerations(document: &mut Value) -> Result<usize> {
    in_each_object(document, |object| {
        let is_open = !object.get("enum").is_some_and(Value::is_array);
        !is_open && !object.contains_key(REPORTABLE) && object.remove("enum").is_some()
    })
}

/// Drops defaults and limits, which the server applies and checks, and formats that have no type here.
///
/// Without it the client sends empty texts that the caller did not set,
/// and refuses responses that exceed a documented limit or have a new field.
fn drop_rules(document: &mut Value) -> Result<usize> {
    const RULES: &str =
        "default maxItems maxLength maximum minItems minLength minimum pattern uniqueItems";
    in_each_object(document, |object| {
        // A field can have the name of a rule. Only a rule is beside a type.
        if !object.get("type").is_some_and(Value::is_string) {
            return false;
        }
        let before = object.len();
        object.retain(|keyword, value| match keyword.as_str() {
            "format" => ["date-time", "int32", "int64"]
                .iter()
                .any(|known| value == known),
            "additionalProperties" => *value != json!(false),
            other => !RULES.split(' ').any(|rule| rule == other),
        });
        object.len() < before
    })
}

/// Accepts any value where GitHub describes a choice between types.
///
/// Without it the generator tries one type after the other, and a value that fits none fails its object.
fn open_choices(document: &mut Value) -> Result<usize> {
    let opened = in_each_object(document, |object| {
        let before = object.len();
        object.retain(|keyword, value| {
            !value.is_array() || !["oneOf", "anyOf"].contains(&keyword.as_str())
        });
        object.len() < before
    });
    drop_unused_components(document)?;
    opened
}

/// Requires of a response only the fields that every server has ever sent.
///
/// Without it a status of 2014, or one from an Enterprise Server without previews, cannot be read.
fn loosen_required(document: &mut Value) -> Result<usize> {
    const SENT_BY_ALL: [&str; 3] = ["id", "state", "created_at"];
    let mut loosened = 0;
    each_response_object(document, &mut |object| {
        let required = object.get("required").is_some_and(Value::is_array);
        loosened += usize::from(required && object.remove("required").is_some());
    });
    for place in of_responses(document) {
        let Some(schema) = document.pointer_mut(&place) else {
            continue;
        };
        let is_sent = |field: &&str| schema["properties"].get(field).is_some();
        let sent: Vec<&str> = SENT_BY_ALL.into_iter().filter(is_sent).collect();
        schema["required"] = json!(sent);
    }
    Ok(loosened)
}

/// Reads the identifiers in responses as unsigned 64-bit numbers.
///
/// Without it a negative number is read as an identifier.
fn count_ids_without_sign(document: &mut Value) -> Result<usize> {
    let mut changed = 0;
    each_response_object(document, &mut |object| {
        if let Some(Value::Object(fields)) = object.get_mut("properties")
            && let Some(id) = fields.get_mut("id")
            && id["type"] == "integer"
        {
            id["format"] = json!("uint64");
            changed += 1;
        }
    });
    Ok(changed)
}

/// Keeps the objects in a response that are components of their own, such as accounts, as JSON.
///
/// Without it each page decodes the same account once for each of its statuses.
fn decode_accounts_on_use(document: &mut Value) -> Result<usize> {
    let mut kept = BTreeSet::new();
    for place in of_responses(document) {
        let components = document["components"]["schemas"].clone();
        let Some(Value::Object(fields)) = document.pointer_mut(&(place + "/properties")) else {
            continue;
        };
        for field in fields.values_mut() {
            let Some(name) = reference_in(field).and_then(schema_name) else {
                continue;
            };
            if !components[name]["properties"].is_object() {
                continue;
            }
            kept.insert(name.to_owned());
            let own = field["description"].clone();
            let inherited = &components[name]["description"];
            *field = json!({
                "description": if own.is_null() { inherited } else { &own },
                "nullable": true,
                "allOf": [reference(&format!("{LAZY}{name}"))],
            });
        }
    }
    for name in &kept {
        components(document)?.insert(format!("{LAZY}{name}"), json!({"type": "object"}));
    }
    Ok(kept.len())
}

/// Keeps the fields of a response that the description does not have.
///
/// Without it a field is lost to callers until it is documented and this client is regenerated.
fn keep_unknown_fields(document: &mut Value) -> Result<usize> {
    let mut kept = 0;
    for place in of_responses(document) {
        let Some(schema) = document.pointer_mut(&place) else {
            continue;
        };
        ensure!(
            schema["properties"].get("extra").is_none(),
            "`{place}` has a field `extra`, which is the name of the map of unknown fields"
        );
        schema["additionalProperties"] = json!({});
        kept += 1;
    }
    Ok(kept)
}

/// Gives texts in a path a type that cannot change the path.
///
/// Without it an owner called `..` sends the request, and its token, to another path.
fn check_path_segments(document: &mut Value) -> Result<usize> {
    components(document)?.insert(PATH_SEGMENT.to_owned(), json!({"type": "string"}));
    in_each_object(document, |object| {
        let in_path = object.get("in").is_some_and(|location| location == "path");
        let schema = object
            .get_mut("schema")
            .filter(|schema| schema["type"] == "string");
        schema
            .filter(|_| in_path)
            .map(|schema| *schema = reference(PATH_SEGMENT))
            .is_some()
    })
}

/// Writes `deprecated: true` into the description, from where it reaches the documentation.
///
/// Without it the generator drops the information.
fn document_deprecation(document: &mut Value) -> Result<usize> {
    in_each_object(document, |object| {
        let is_deprecated = object.get("deprecated") == Some(&json!(true));
        if is_deprecated {
            let sentence = object
                .get("description")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let marked = format!("{sentence} **Deprecated** in GitHub's description.");
            object.insert("description".to_owned(), json!(marked.trim_start()));
        }
        is_deprecated
    })
}
