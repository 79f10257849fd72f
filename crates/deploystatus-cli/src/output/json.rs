//! JSON documents that are not the library's own.

use std::collections::BTreeMap;

use deploystatus::{DeploymentStatus, Error as CallError};
use serde::Serialize;
use serde_json::{Value, json};

use crate::error::Error;
use crate::escape::message::Message;
use crate::escape::shorten;
use crate::exit;

/// A status with additional fields.
#[derive(Serialize)]
pub(super) struct Extended<'a> {
    #[serde(flatten)]
    pub(super) status: &'a DeploymentStatus,
    #[serde(flatten)]
    pub(super) more: BTreeMap<&'a str, &'a Value>,
}

/// Maximum number of characters of a request ID.
const MAX_REQUEST_ID: usize = 200;

/// Returns the document of an error and the steps that fix it.
pub(super) fn error(error: &Error, help: Option<&Message>) -> Value {
    let call = error.source_call();
    let mut document = json!({
        "error": exit::code_of(error).name(),
        "status": call.and_then(CallError::status),
        "message": error.message(),
        "help": help,
        "request_id": call.and_then(CallError::request_id).map(|id| shorten(id, MAX_REQUEST_ID)),
    });
    if let Some(unknown) = call.and_then(CallError::unknown_outcome) {
        document["unknown_outcome"] = json!(unknown);
    }
    document
}
