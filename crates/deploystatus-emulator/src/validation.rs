//! What a body must look like to be accepted, and what it is told otherwise.

use http::StatusCode;
use serde_json::{Map, Value};

use crate::answer::{Answer, Errors, FieldError};
use crate::call::Call;
use crate::input::{NewDeployment, NewStatus};
use crate::switches::{MissingState, ValidationErrors};

const LONGEST_DESCRIPTION: usize = 140;

const STATES: [&str; 7] = [
    "error",
    "failure",
    "inactive",
    "in_progress",
    "pending",
    "queued",
    "success",
];

/// Why a body is not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rejection {
    NotJson,
    NotAnObject,
    /// It does not fit the schema; one sentence each.
    Misshapen(Vec<String>),
    /// It fits the schema, but not the rules.
    Unfit(Vec<FieldError>),
}

/// Reads a status from a request.
pub(crate) fn status(call: &Call) -> Result<NewStatus, Rejection> {
    let mut fields = Fields::read(&call.body)?;
    let state = fields.string("state");
    let new = NewStatus {
        description: fields.string("description"),
        environment: fields.string("environment"),
        environment_url: fields.string("environment_url"),
        log_url: fields.string("log_url"),
        target_url: fields.string("target_url"),
        auto_inactive: fields.flag("auto_inactive"),
        ..NewStatus::new(state.clone().unwrap_or_default())
    };
    if call.switches.missing_state == MissingState::NotSupplied {
        fields.require("state");
    }
    fields.finish()?;

    let mut errors = Vec::new();
    let mut complain = |field: &'static str, what: &str| {
        errors.push(FieldError {
            resource: "DeploymentStatus",
            code: "custom",
            field,
            message: format!("{field} {what}"),
        });
    };
    if !state.is_some_and(|it| knows_state(call, &it)) {
        complain("state", "is not included in the list");
    }
    if is_too_long(new.description.as_deref()) {
        complain(
            "description",
            &format!("is too long (maximum is {LONGEST_DESCRIPTION} characters)"),
        );
    }
    for (field, url) in [
        ("target_url", &new.target_url),
        ("log_url", &new.log_url),
        ("environment_url", &new.environment_url),
    ] {
        if !url.as_deref().is_none_or(is_web_address) {
            complain(field, "must use http(s) scheme");
        }
    }
    if errors.is_empty() {
        Ok(new)
    } else {
        Err(Rejection::Unfit(errors))
    }
}

/// Reads a deployment from a request.
pub(crate) fn deployment(call: &Call) -> Result<NewDeployment, Rejection> {
    let mut fields = Fields::read(&call.body)?;
    fields.require("ref");
    let mut new = NewDeployment::new(fields.string("ref").unwrap_or_default());
    if let Some(task) = fields.string("task") {
        new.task = task;
    }
    if let Some(environment) = fields.string("environment") {
        new.environment = environment;
    }
    new.description = fields.nullable_string("description");
    new.transient_environment = fields.flag("transient_environment").unwrap_or_default();
    new.production_environment = fields.flag("production_environment");
    // There is nothing to merge here, and no commit has checks.
    fields.flag("auto_merge");
    fields.strings("required_contexts");
    if let Some(payload) = fields.object_or_string("payload") {
        new.payload = payload;
    }
    fields.finish()?;
    if is_too_long(new.description.as_deref()) {
        return Err(Rejection::Unfit(vec![FieldError {
            resource: "Deployment",
            code: "custom",
            field: "description",
            message: format!(
                "description is too long (maximum is {LONGEST_DESCRIPTION} characters)"
            ),
        }]));
    }
    Ok(new)
}

impl Rejection {
    pub(crate) fn answer(self, call: &Call) -> Answer {
        match self {
            Rejection::NotJson => {
                Answer::error(StatusCode::BAD_REQUEST, call, "Problems parsing JSON")
            }
            Rejection::NotAnObject => Answer::error(
                StatusCode::BAD_REQUEST,
                call,
                "Body should be a JSON object",
            ),
            Rejection::Misshapen(sentences) => {
                let message = format!("Invalid request.\n\n{}", sentences.join("\n"));
                Answer::error(StatusCode::UNPROCESSABLE_ENTITY, call, &message)
            }
            Rejection::Unfit(fields) => {
                let errors = match call.switches.validation_errors {
                    ValidationErrors::Objects => Errors::Fields(fields),
                    ValidationErrors::Sentence => Errors::Sentence(sentence(&fields)),
                };
                failed(call, errors)
            }
        }
    }
}

/// The answer to a status that is one too many.
pub(crate) fn too_many_statuses(call: &Call) -> Answer {
    let sentence = "Validation failed: This deployment has reached the maximum number of statuses.";
    failed(call, Errors::Sentence(sentence.to_owned()))
}

fn failed(call: &Call, errors: Errors) -> Answer {
    Answer::error_about(
        StatusCode::UNPROCESSABLE_ENTITY,
        call,
        "Validation Failed",
        Some(errors),
        call.documentation(),
    )
}

fn sentence(fields: &[FieldError]) -> String {
    let parts: Vec<String> = fields
        .iter()
        .map(|it| it.message[..1].to_uppercase() + &it.message[1..])
        .collect();
    format!("Validation failed: {}", parts.join(", "))
}

/// Before Enterprise Server 3.3 some states were known to previews only.
fn knows_state(call: &Call, state: &str) -> bool {
    let needs = match state {
        "inactive" => Some("ant-man"),
        "in_progress" | "queued" => Some("flash"),
        _ => None,
    };
    let gated = call.profile.has_previews();
    STATES.contains(&state) && needs.is_none_or(|it| !gated || call.media.has_preview(it))
}

fn is_too_long(description: Option<&str>) -> bool {
    description.is_some_and(|it| it.chars().count() > LONGEST_DESCRIPTION)
}

/// Nothing is an address too: that of a status without one.
fn is_web_address(url: &str) -> bool {
    let has_scheme = |scheme: &str| {
        url.get(..scheme.len())
            .is_some_and(|it| it.eq_ignore_ascii_case(scheme))
    };
    url.is_empty() || has_scheme("http://") || has_scheme("https://")
}

/// The members of a JSON object, read with GitHub's schema in mind.
struct Fields {
    members: Map<String, Value>,
    complaints: Vec<String>,
}

impl Fields {
    /// No body at all is an object without members.
    fn read(body: &[u8]) -> Result<Fields, Rejection> {
        let members = if body.is_empty() {
            Map::new()
        } else {
            match serde_json::from_slice(body) {
                Ok(Value::Object(members)) => members,
                Ok(_) => return Err(Rejection::NotAnObject),
                Err(_) => return Err(Rejection::NotJson),
            }
        };
        Ok(Fields {
            members,
            complaints: Vec::new(),
        })
    }

    fn require(&mut self, name: &str) {
        if !self.members.contains_key(name) {
            self.complaints.push(format!("\"{name}\" wasn't supplied."));
        }
    }

    fn string(&mut self, name: &str) -> Option<String> {
        match self.members.get(name)? {
            Value::String(text) => Some(text.clone()),
            other => {
                let complaint = complaint(name, other, "a string");
                self.complaints.push(complaint);
                None
            }
        }
    }

    fn nullable_string(&mut self, name: &str) -> Option<String> {
        match self.members.get(name)? {
            Value::Null => None,
            _ => self.string(name),
        }
    }

    fn flag(&mut self, name: &str) -> Option<bool> {
        match self.members.get(name)? {
            Value::Bool(flag) => Some(*flag),
            other => {
                let complaint = complaint(name, other, "a boolean");
                self.complaints.push(complaint);
                None
            }
        }
    }

    fn strings(&mut self, name: &str) {
        let is_fine = match self.members.get(name) {
            None | Some(Value::Null) => true,
            Some(Value::Array(items)) => items.iter().all(Value::is_string),
            Some(_) => false,
        };
        if let (false, Some(value)) = (is_fine, self.members.get(name)) {
            let complaint = complaint(name, value, "an array of strings");
            self.complaints.push(complaint);
        }
    }

    fn object_or_string(&mut self, name: &str) -> Option<Value> {
        match self.members.get(name)? {
            Value::Null => None,
            value @ (Value::Object(_) | Value::String(_)) => Some(value.clone()),
            other => {
                let complaint = complaint(name, other, "an object");
                self.complaints.push(complaint);
                None
            }
        }
    }

    fn finish(self) -> Result<(), Rejection> {
        if self.complaints.is_empty() {
            Ok(())
        } else {
            Err(Rejection::Misshapen(self.complaints))
        }
    }
}

fn complaint(name: &str, value: &Value, wanted: &str) -> String {
    let value = match value {
        Value::Null => "nil".to_owned(),
        other => other.to_string(),
    };
    format!("For 'properties/{name}', {value} is not {wanted}.")
}
