//! What is changed in the description before the generator sees it, one function for each change.
//!
//! The committed description stays as GitHub publishes it, and the generated code is never edited by hand:
//! whatever the generator cannot take, or would make poor code of, is amended here, in between.
//! An amendment that finds nothing to amend fails, so that none outlives its reason.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value, json};

use crate::document::{each_object, reference, schema_name};

/// Components whose Rust types are written by hand, by the name they have in the amended document.
pub(crate) const STATE: &str = "state";
pub(crate) const PATH_SEGMENT: &str = "path-segment";
/// Before the name of a component that is kept as JSON until somebody asks for it.
pub(crate) const UNDECODED: &str = "undecoded-";

/// Amends a description in place.
pub(crate) fn amend(document: &mut Value) -> Result<()> {
    for (name, amendment) in AMENDMENTS {
        amendment(document)
            .with_context(|| format!("the amendment `{name}` no longer fits the description"))?;
    }
    Ok(())
}

type Amendment = fn(&mut Value) -> Result<()>;

const AMENDMENTS: [(&str, Amendment); 9] = [
    ("merge_nullable_twins", merge_nullable_twins),
    ("lift_state", lift_state),
    ("add_waiting", add_waiting),
    ("drop_rules", drop_rules),
    ("loosen_required", loosen_required),
    ("decode_accounts_when_asked", decode_accounts_when_asked),
    ("open_owner", open_owner),
    ("check_path_segments", check_path_segments),
    ("drop_error_answers", drop_error_answers),
];

/// Makes `x` of every `nullable-x`, and says "may be null" where it is used.
///
/// Without it the generator makes two types of one thing, of which only one can carry its name.
fn merge_nullable_twins(document: &mut Value) -> Result<()> {
    let schemas = schemas(document)?;
    let twins: Vec<String> = schemas
        .keys()
        .filter(|name| name.starts_with("nullable-"))
        .cloned()
        .collect();
    ensure!(
        !twins.is_empty(),
        "there is no component called `nullable-…`"
    );
    for twin in &twins {
        let name = twin.trim_start_matches("nullable-").to_owned();
        let mut merged = schemas.remove(twin).unwrap_or_default();
        let keywords = merged
            .as_object_mut()
            .context("a schema that is not an object")?;
        keywords.remove("nullable");
        if let Some(other) = schemas.get(&name) {
            ensure!(
                *other == merged,
                "`{name}` and `{twin}` differ in more than null"
            );
        }
        schemas.insert(name, merged);
    }
    each_object(document, &mut |object| {
        let Some(name) = object
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(schema_name)
        else {
            return;
        };
        if let Some(name) = name.strip_prefix("nullable-") {
            let merged = json!({"nullable": true, "allOf": [reference(name)]});
            *object = merged.as_object().cloned().unwrap_or_default();
        }
    });
    Ok(())
}

/// Makes one component of the words for a state, which stand both in the body and in the answer.
///
/// Without it there are two closed enumerations, and one new word fails a whole page of statuses;
/// a component can be replaced by a type of ours, an inline enumeration cannot.
fn lift_state(document: &mut Value) -> Result<()> {
    let mut found: Vec<Value> = Vec::new();
    each_object(document, &mut |object| {
        if let Some(Value::Object(fields)) = object.get_mut("properties")
            && let Some(state) = fields.get_mut("state")
            && state["enum"].is_array()
        {
            found.push(std::mem::replace(state, reference(STATE)));
        }
    });
    // The last one found is the answer's, whose words speak of a state as such.
    let state = found.pop().context("no field `state` has an enumeration")?;
    for other in &found {
        ensure!(
            words(other) == words(&state),
            "one `state` has the words {:?} and another {:?}",
            words(other),
            words(&state)
        );
    }
    schemas(document)?.insert(STATE.to_owned(), state);
    Ok(())
}

/// Adds `waiting`, which GitHub sends in events and does not document.
///
/// Without it the word would be one of the unknown ones, though it is well known.
fn add_waiting(document: &mut Value) -> Result<()> {
    let state = schemas(document)?
        .get_mut(STATE)
        .context("there is no component `state`")?;
    ensure!(
        !words(state).contains("waiting"),
        "`waiting` is documented now"
    );
    state["enum"]
        .as_array_mut()
        .context("no enumeration")?
        .push(json!("waiting"));
    state["x-enumDescriptions"]["waiting"] = json!(
        "The deployment waits for somebody to approve it; GitHub sends this word without documenting it."
    );
    Ok(())
}

/// Drops `default`, `maxLength` and `pattern`.
///
/// Without it the client sends empty texts nobody asked it to send,
/// and refuses answers that are a character longer than announced.
fn drop_rules(document: &mut Value) -> Result<()> {
    let mut dropped = 0;
    each_object(document, &mut |object| {
        // A field may be called `default`; only a keyword stands beside a type.
        if object.get("type").is_some_and(Value::is_string) {
            for rule in ["default", "maxLength", "pattern"] {
                dropped += usize::from(object.remove(rule).is_some());
            }
        }
    });
    ensure!(
        dropped > 0,
        "there is no `default`, `maxLength` or `pattern`"
    );
    Ok(())
}

/// Requires of an answer only what every server has ever sent.
///
/// Without it a status of 2014, or one from an Enterprise Server that was not asked for previews,
/// cannot be read at all.
fn loosen_required(document: &mut Value) -> Result<()> {
    const SENT_BY_ALL: [(&str, &[&str]); 3] = [
        ("deployment-status", &["id", "state", "created_at"]),
        ("simple-user", &["login"]),
        ("integration", &["id"]),
    ];
    for (name, needed) in SENT_BY_ALL {
        let schema = schemas(document)?
            .get_mut(name)
            .with_context(|| format!("there is no component `{name}`"))?;
        let listed = schema["required"].as_array().cloned().unwrap_or_default();
        ensure!(
            listed.len() > needed.len(),
            "`{name}` requires no more than it should"
        );
        for field in needed {
            ensure!(
                listed.contains(&json!(field)),
                "`{name}` does not require `{field}`"
            );
        }
        schema["required"] = json!(needed);
    }
    Ok(())
}

/// Keeps the account and the app of a status as JSON until somebody asks for them.
///
/// Without it an odd account fails the status it stands in, and every page repeats the work
/// of decoding the same account for each of its statuses.
fn decode_accounts_when_asked(document: &mut Value) -> Result<()> {
    let accounts = [
        (
            "creator",
            "simple-user",
            "Who reported the status; an app reports as its bot.",
        ),
        (
            "performed_via_github_app",
            "integration",
            "The app that reported the status; often null even when an app did.",
        ),
    ];
    for (field, component, said) in accounts {
        let undecoded = format!("{UNDECODED}{component}");
        let status = schemas(document)?
            .get_mut("deployment-status")
            .context("there is no component `deployment-status`")?;
        let place = &mut status["properties"][field];
        ensure!(
            place["allOf"] == json!([reference(component)]),
            "`{field}` of `deployment-status` is not a nullable `{component}`"
        );
        *place = json!({
            "description": said,
            "nullable": true,
            "allOf": [reference(&undecoded)],
        });
        schemas(document)?.insert(undecoded, json!({"type": "object"}));
    }
    Ok(())
}

/// Lets the owner of an app be anything.
///
/// Without it the generator tries a user and then a company, and an owner that is neither,
/// or a user with one odd field, fails the whole app.
fn open_owner(document: &mut Value) -> Result<()> {
    let app = schemas(document)?
        .get_mut("integration")
        .context("there is no component `integration`")?;
    let owner = app["properties"]["owner"]
        .as_object_mut()
        .context("an app has no `owner`")?;
    ensure!(
        owner.remove("oneOf").is_some(),
        "the owner of an app has no choices"
    );
    Ok(())
}

/// Gives every text in a path a type that cannot leave its place.
///
/// Without it an owner called `..` sends the request, and its token, to another path.
fn check_path_segments(document: &mut Value) -> Result<()> {
    let mut checked = 0;
    each_object(document, &mut |object| {
        let in_path = object.get("in").is_some_and(|place| place == "path");
        if let Some(schema) = object.get_mut("schema")
            && in_path
            && schema["type"] == "string"
        {
            *schema = reference(PATH_SEGMENT);
            checked += 1;
        }
    });
    ensure!(checked > 0, "no path has a text in it");
    schemas(document)?.insert(PATH_SEGMENT.to_owned(), json!({"type": "string"}));
    Ok(())
}

/// Drops every answer that is not a success, and the schemas only they had.
///
/// Without it the generator gives up on operations with two kinds of errors,
/// and an error that is not exactly as described loses its status and headers.
fn drop_error_answers(document: &mut Value) -> Result<()> {
    let mut dropped = 0;
    each_object(document, &mut |object| {
        let is_operation = object.contains_key("operationId");
        if let Some(Value::Object(answers)) = object.get_mut("responses")
            && is_operation
        {
            let before = answers.len();
            answers.retain(|code, _| code.starts_with('2'));
            dropped += before - answers.len();
        }
    });
    ensure!(dropped > 0, "every answer is a success");
    drop_unreached_components(document)
}

fn drop_unreached_components(document: &mut Value) -> Result<()> {
    loop {
        let mut wanted = BTreeSet::new();
        each_object(document, &mut |object| {
            wanted.extend(
                object
                    .get("$ref")
                    .and_then(Value::as_str)
                    .map(str::to_owned),
            );
        });
        // Types that only undecoded JSON turns into are wanted as well.
        let decoded: Vec<String> = wanted
            .iter()
            .filter_map(|reference| schema_name(reference)?.strip_prefix(UNDECODED))
            .map(|name| format!("#/components/schemas/{name}"))
            .collect();
        wanted.extend(decoded);

        let Some(components) = document["components"].as_object_mut() else {
            bail!("there are no components");
        };
        let mut dropped = 0;
        for (section, all) in components {
            if let Some(all) = all.as_object_mut() {
                let before = all.len();
                all.retain(|name, _| wanted.contains(&format!("#/components/{section}/{name}")));
                dropped += before - all.len();
            }
        }
        if dropped == 0 {
            return Ok(());
        }
    }
}

fn schemas(document: &mut Value) -> Result<&mut Map<String, Value>> {
    document["components"]["schemas"]
        .as_object_mut()
        .context("there are no schemas")
}

fn words(schema: &Value) -> BTreeSet<&str> {
    schema["enum"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}
