//! The call of the generator: what it cannot read is found before it runs, and its panics become errors.

use std::collections::BTreeSet;
use std::panic;

use anyhow::{Context, Result, anyhow, ensure};
use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator};
use serde_json::{Map, Value};

use crate::schemas::{follow, operations};

/// Generates the client from an amended description.
pub(crate) fn run(settings: &GenerationSettings, document: &Value) -> Result<TokenStream> {
    for operation in operations(document) {
        check(document, &operation).with_context(|| {
            let (path, method) = operation.rsplit_once('/').unwrap_or_default();
            let path = path.trim_start_matches("/paths/").replace("~1", "/");
            format!("the generator cannot read the operation `{method} {path}`")
        })?;
    }
    let description: openapiv3::OpenAPI = serde_json::from_value(document.clone())
        .context("the amended description is not valid OpenAPI 3.0")?;
    let generate = || Generator::new(settings).generate_tokens(&description);
    Ok(without_panic(generate)??)
}

/// Checks the rules that the generator states as panics.
fn check(document: &Value, operation: &str) -> Result<()> {
    let body = follow(document, format!("{operation}/requestBody"));
    check_content("its request body", document.pointer(&body))?;
    let place = format!("{operation}/responses");
    let responses = document.pointer(&place).and_then(Value::as_object);
    let mut contents = BTreeSet::new();
    for code in responses.into_iter().flat_map(Map::keys) {
        let response = follow(document, format!("{place}/{code}"));
        let response = document.pointer(&response);
        check_content(&format!("its response {code}"), response)?;
        contents.insert(response.map(|it| it["content"].to_string()));
    }
    let codes = responses.into_iter().flat_map(Map::keys);
    let codes = codes.cloned().collect::<Vec<_>>().join(", ");
    ensure!(!contents.is_empty(), "it has no success response");
    ensure!(
        contents.len() == 1,
        "its success responses {codes} differ in content; expected one content for all"
    );
    Ok(())
}

fn check_content(part: &str, value: Option<&Value>) -> Result<()> {
    let content = value.and_then(|it| it["content"].as_object());
    let types: Vec<&str> = content
        .into_iter()
        .flat_map(Map::keys)
        .map(String::as_str)
        .collect();
    ensure!(
        matches!(types[..], [] | ["application/json"]),
        "{part} has the media types {}; expected application/json alone",
        types.join(", ")
    );
    Ok(())
}

/// Runs the generator without its panic messages, which consist of a backtrace in foreign code.
fn without_panic<T>(work: impl FnOnce() -> T) -> Result<T> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let result = panic::catch_unwind(panic::AssertUnwindSafe(work));
    panic::set_hook(hook);
    result.map_err(|cause| {
        let text = cause.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| cause.downcast_ref::<&str>().copied());
        anyhow!(
            "the generator stopped: {}",
            text.unwrap_or("no reason given")
        )
    })
}
