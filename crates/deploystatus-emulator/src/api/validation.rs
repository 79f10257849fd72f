//! Validation of request bodies.

use http::StatusCode;
use serde_json::{Map, Value};

use crate::http::request::Request;
use crate::http::response::{Errors, FieldError, Response};
use crate::model::create::{NewDeployment, NewStatus};
use crate::model::quirks::{MissingState, ValidationErrors};

/// Maximum length of a description in characters.
const MAX_DESCRIPTION: usize = 140;

const STATES: [&str; 7] = [
    "error",
    "failure",
    "inactive",
    "in_progress",
    "pending",
    "queued",
    "success",
];

/// The reason why a body is rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Rejection {
    NotJson,
    NotAnObject,
    /// The body does not match the schema. One sentence for each violation.
    Schema(Vec<String>),
    /// The body matches the schema, and some values are invalid.
    Fields(Vec<FieldError>),
}

/// Parses the body of a new status.
pub(super) fn status(request: &Request) -> Result<NewStatus, Rejection> {
    let mut fields = Fields::parse(&request.body)?;
    let state = fields.string("state");
    let new = NewStatus {
        description: fields.string("description"),
        environment: fields.string("environment"),
        environment_url: fields.string("environment_url"),
        log_url: fields.string("log_url"),
        target_url: fields.string("target_url"),
        auto_inactive: fields.boolean("auto_inactive"),
        ..NewStatus::new(state.clone().unwrap_or_default())
    };
    if request.quirks.missing_state == MissingState::NotSupplied {
        fields.require("state");
    }
    fields.finish()?;
    check_status(request, &new)?;
    Ok(new)
}

fn check_status(request: &Request, new: &NewStatus) -> Result<(), Rejection> {
    let mut errors = Vec::new();
    let mut reject = |field: &'static str, reason: &str| {
        errors.push(FieldError {
            resource: "DeploymentStatus",
            code: "custom",
            field,
            message: format!("{field} {reason}"),
        });
    };
    if !is_known_state(request, &new.state) {
        reject("state", "is not included in the list");
    }
    if is_too_long(new.description.as_deref()) {
        reject("description", &too_long());
    }
    for (field, url) in [
        ("target_url", &new.target_url),
        ("log_url", &new.log_url),
        ("environment_url", &new.environment_url),
    ] {
        if !url.as_deref().is_none_or(is_web_url) {
            reject(field, "must use http(s) scheme");
        }
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Rejection::Fields(errors))
    }
}

/// Parses the body of a new deployment.
pub(super) fn deployment(request: &Request) -> Result<NewDeployment, Rejection> {
    let mut fields = Fields::parse(&request.body)?;
    fields.require("ref");
    let mut new = NewDeployment::new(fields.string("ref").unwrap_or_default());
    if let Some(task) = fields.string("task") {
        new.task = task;
    }
    if let Some(environment) = fields.string("environment") {
        new.environment = environment;
    }
    new.description = fields.nullable_string("description");
    new.transient_environment = fields.boolean("transient_environment").unwrap_or_default();
    new.production_environment = fields.boolean("production_environment");
    // Both have no effect, because there is no Git repository with branches and checks.
    fields.boolean("auto_merge");
    fields.strings("required_contexts");
    if let Some(payload) = fields.object_or_string("payload") {
        new.payload = payload;
    }
    fields.finish()?;
    if is_too_long(new.description.as_deref()) {
        return Err(Rejection::Fields(vec![FieldError {
            resource: "Deployment",
            code: "custom",
            field: "description",
            message: format!("description {}", too_long()),
        }]));
    }
    Ok(new)
}

impl Rejection {
    pub(super) fn into_response(self, request: &Request) -> Response {
        match self {
            Rejection::NotJson => {
                Response::error(StatusCode::BAD_REQUEST, request, "Problems parsing JSON")
            }
            Rejection::NotAnObject => {
                let message = "Body should be a JSON object";
                Response::error(StatusCode::BAD_REQUEST, request, message)
            }
            Rejection::Schema(sentences) => {
                let message = format!("Invalid request.\n\n{}", sentences.join("\n"));
                Response::error(StatusCode::UNPROCESSABLE_ENTITY, request, &message)
            }
            Rejection::Fields(fields) => {
                let errors = match request.quirks.validation_errors {
                    ValidationErrors::Objects => Errors::Fields(fields),
                    ValidationErrors::Sentence => Errors::Sentence(sentence(&fields)),
                };
                validation_failed(request, errors)
            }
        }
    }
}

/// Creates the response to a status above the maximum number.
pub(super) fn too_many_statuses(request: &Request) -> Response {
    let sentence = "Validation failed: This deployment has reached the maximum number of statuses.";
    validation_failed(request, Errors::Sentence(sentence.to_owned()))
}

fn validation_failed(request: &Request, errors: Errors) -> Response {
    Response::error_with(
        StatusCode::UNPROCESSABLE_ENTITY,
        request,
        "Validation Failed",
        Some(errors),
        request.documentation(),
    )
}

fn sentence(fields: &[FieldError]) -> String {
    let parts: Vec<String> = fields
        .iter()
        .map(|it| it.message[..1].to_uppercase() + &it.message[1..])
        .collect();
    format!("Validation failed: {}", parts.join(", "))
}

/// Returns `true` if the server accepts a state. Before Enterprise Server 3.3, some states need a preview.
fn is_known_state(request: &Request, state: &str) -> bool {
    let preview = match state {
        "inactive" => Some("ant-man"),
        "in_progress" | "queued" => Some("flash"),
        _ => None,
    };
    let has_previews = request.profile.has_previews();
    STATES.contains(&state) && preview.is_none_or(|it| !has_previews || request.has_preview(it))
}

fn is_too_long(description: Option<&str>) -> bool {
    description.is_some_and(|it| it.chars().count() > MAX_DESCRIPTION)
}

fn too_long() -> String {
    format!("is too long (maximum is {MAX_DESCRIPTION} characters)")
}

/// Returns `true` for an `http` or `https` URL, and for an empty text, which means no URL.
fn is_web_url(url: &str) -> bool {
    let has_scheme = |scheme: &str| {
        url.get(..scheme.len())
            .is_some_and(|it| it.eq_ignore_ascii_case(scheme))
    };
    url.is_empty() || has_scheme("http://") || has_scheme("https://")
}

/// The members of a JSON object, with the violations of GitHub's schema found so far.
struct Fields {
    members: Map<String, Value>,
    violations: Vec<String>,
}

impl Fields {
    /// Parses a body. An empty body is an object without members.
    fn parse(body: &[u8]) -> Result<Fields, Rejection> {
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
            violations: Vec::new(),
        })
    }

    fn require(&mut self, name: &str) {
        if !self.members.contains_key(name) {
            self.violations.push(format!("\"{name}\" wasn't supplied."));
        }
    }

    fn string(&mut self, name: &str) -> Option<String> {
        match self.members.get(name)? {
            Value::String(text) => Some(text.clone()),
            other => {
                let violation = violation(name, other, "a string");
                self.violations.push(violation);
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

    fn boolean(&mut self, name: &str) -> Option<bool> {
        match self.members.get(name)? {
            Value::Bool(value) => Some(*value),
            other => {
                let violation = violation(name, other, "a boolean");
                self.violations.push(violation);
                None
            }
        }
    }

    fn strings(&mut self, name: &str) {
        let is_valid = match self.members.get(name) {
            None | Some(Value::Null) => true,
            Some(Value::Array(items)) => items.iter().all(Value::is_string),
            Some(_) => false,
        };
        if let (false, Some(value)) = (is_valid, self.members.get(name)) {
            let violation = violation(name, value, "an array of strings");
            self.violations.push(violation);
        }
    }

    fn object_or_string(&mut self, name: &str) -> Option<Value> {
        match self.members.get(name)? {
            Value::Null => None,
            value @ (Value::Object(_) | Value::String(_)) => Some(value.clone()),
            other => {
                let violation = violation(name, other, "an object");
                self.violations.push(violation);
                None
            }
        }
    }

    fn finish(self) -> Result<(), Rejection> {
        if self.violations.is_empty() {
            Ok(())
        } else {
            Err(Rejection::Schema(self.violations))
        }
    }
}

fn violation(name: &str, value: &Value, expected: &str) -> String {
    let value = match value {
        Value::Null => "nil".to_owned(),
        other => other.to_string(),
    };
    format!("For 'properties/{name}', {value} is not {expected}.")
}
