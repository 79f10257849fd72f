//! JSON documents that are not the library's own.

use std::collections::BTreeMap;

use deploystatus::{DeploymentStatus, Error as CallError};
use serde::Serialize;
use serde_json::{Value, json};

use crate::error::Error;
use crate::exit;

/// A status with additional fields.
#[derive(Serialize)]
pub(super) struct Extended<'a> {
    #[serde(flatten)]
    pub(super) status: &'a DeploymentStatus,
    #[serde(flatten)]
    pub(super) more: BTreeMap<&'a str, &'a Value>,
}

/// Returns the document of an error.
pub(super) fn error(error: &Error) -> Value {
    let call = error.source_call();
    json!({
        "error": exit::code_of(error).name(),
        "status": call.and_then(CallError::status),
        "message": error.to_string(),
        "help": error.help(),
        "request_id": call.and_then(CallError::request_id),
    })
}
