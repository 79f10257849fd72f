//! Requests and responses of the control API.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::error::Error;
use crate::http::path::PathParameters;
use crate::http::response::{HttpResponse, full_body};
use crate::model::page::parameter;

/// A request to the control API.
#[derive(Debug)]
pub(super) struct ControlRequest<'a> {
    pub(super) parameters: PathParameters,
    pub(super) query: &'a str,
    body: &'a [u8],
}

/// An error response: a status code and a message.
#[derive(Debug)]
pub(super) struct Problem(pub(super) StatusCode, pub(super) String);

impl<'a> ControlRequest<'a> {
    pub(super) fn new(
        parameters: PathParameters,
        query: &'a str,
        body: &'a [u8],
    ) -> ControlRequest<'a> {
        ControlRequest {
            parameters,
            query,
            body,
        }
    }

    /// Parses the body as JSON. The content type does not matter, so that a plain `curl -d` works.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        serde_json::from_slice(self.body).map_err(|error| {
            let message = format!("invalid request body: {error}");
            Problem(StatusCode::BAD_REQUEST, message)
        })
    }

    /// Returns a query parameter as a number, or `None` if it is missing.
    pub(super) fn number(&self, name: &str) -> Result<Option<u64>, Problem> {
        let Some(text) = parameter(self.query, name) else {
            return Ok(None);
        };
        text.parse().map(Some).map_err(|_| {
            let message = format!("invalid {name} {text:?}: expected a number");
            Problem(StatusCode::BAD_REQUEST, message)
        })
    }
}

impl Problem {
    pub(super) fn into_response(self) -> HttpResponse {
        json_response(self.0, &json!({"error": self.1}))
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        let status = match error {
            Error::UnknownRepository(_)
            | Error::UnknownDeployment(_)
            | Error::UnknownDelivery(_) => StatusCode::NOT_FOUND,
            Error::RepositoryExists(_)
            | Error::RepositoryIdTaken(_)
            | Error::DeploymentExists(_)
            | Error::InvalidStatusId { .. }
            | Error::NoSnapshot => StatusCode::CONFLICT,
            Error::SnapshotWrite { .. } => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        };
        let source = std::error::Error::source(&error);
        let source = source.map_or_else(String::new, |it| format!(": {it}"));
        Problem(status, format!("{error}{source}"))
    }
}

/// Creates a response with a JSON body.
pub(super) fn json_response(status: StatusCode, body: &impl Serialize) -> HttpResponse {
    let bytes = serde_json::to_vec(body).unwrap_or_default();
    let mut response = with_type("application/json", bytes);
    *response.status_mut() = status;
    response
}

/// Creates a response with a body of this content type.
pub(super) fn with_type(content_type: &'static str, body: impl Into<Bytes>) -> HttpResponse {
    let mut response = HttpResponse::new(full_body(body));
    let content_type = HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

/// Creates a response without a body.
pub(super) fn no_content() -> HttpResponse {
    let mut response = HttpResponse::new(full_body(""));
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}
