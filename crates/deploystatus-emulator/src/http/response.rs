//! Responses of handlers, before the common headers are added.

use std::convert::Infallible;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderName, HeaderValue, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use serde::Serialize;
use serde_json::Value;

use super::request::Request;
use crate::access::Denial;

/// A response as it is sent.
pub(crate) type HttpResponse = http::Response<Body>;

/// The body of a response as it is sent.
pub(crate) type Body = UnsyncBoxBody<Bytes, Infallible>;

/// Creates a body of known length.
pub(crate) fn full_body(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).boxed_unsync()
}

/// A response before the common headers are added.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) content: Content,
    /// Adds `X-GitHub-Api-Version-Selected`.
    pub(crate) echoes_version: bool,
}

/// Body of a response.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    Empty,
    Json {
        /// The compact form, from which the entity tag is computed.
        compact: Vec<u8>,
        /// The indented form, if it is to be sent instead.
        indented: Option<Vec<u8>>,
    },
    /// Any other body. Its content type is among the headers.
    Other(Vec<u8>),
}

/// One of the `errors` of a failed validation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct FieldError {
    pub(crate) resource: &'static str,
    pub(crate) code: &'static str,
    pub(crate) field: &'static str,
    pub(crate) message: String,
}

/// The `errors` in a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum Errors {
    Sentence(String),
    Fields(Vec<FieldError>),
}

#[derive(Debug, Serialize)]
struct ErrorBody<'a> {
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Errors>,
    documentation_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
}

#[derive(Debug, Serialize)]
struct RedirectBody<'a> {
    message: &'static str,
    url: &'a str,
    documentation_url: &'static str,
}

impl Response {
    pub(crate) fn empty(status: StatusCode) -> Response {
        Response {
            status,
            headers: Vec::new(),
            content: Content::Empty,
            echoes_version: true,
        }
    }

    pub(crate) fn json(status: StatusCode, request: &Request, body: &impl Serialize) -> Response {
        let indented = request.wants_indented_body().then(|| {
            let mut indented = serde_json::to_vec_pretty(body).unwrap_or_default();
            indented.push(b'\n');
            indented
        });
        let compact = serde_json::to_vec(body).unwrap_or_default();
        Response {
            content: Content::Json { compact, indented },
            ..Response::empty(status)
        }
    }

    pub(crate) fn text(status: StatusCode, text: impl Into<String>) -> Response {
        let text: String = text.into();
        Response {
            content: Content::Other(text.into_bytes()),
            ..Response::empty(status)
        }
        .header(CONTENT_TYPE, "text/plain;charset=utf-8")
    }

    /// Creates an error that links to the documentation of the operation.
    pub(crate) fn error(status: StatusCode, request: &Request, message: &str) -> Response {
        Response::error_with(status, request, message, None, request.documentation())
    }

    /// Creates an error that links to the start page of the documentation.
    pub(crate) fn general_error(status: StatusCode, request: &Request, message: &str) -> Response {
        let documentation = request.profile.documentation();
        Response::error_with(status, request, message, None, documentation)
    }

    pub(crate) fn error_with(
        status: StatusCode,
        request: &Request,
        message: &str,
        errors: Option<Errors>,
        documentation_url: String,
    ) -> Response {
        let repeats_status = request.profile.repeats_status();
        let body = ErrorBody {
            message,
            errors,
            documentation_url,
            status: repeats_status.then(|| status.as_str().to_owned()),
        };
        Response::json(status, request, &body)
    }

    pub(crate) fn not_found(request: &Request) -> Response {
        Response::error(StatusCode::NOT_FOUND, request, "Not Found")
    }

    pub(crate) fn denied(denial: Denial, request: &Request) -> Response {
        let forbidden = |message| Response::error(StatusCode::FORBIDDEN, request, message);
        match denial {
            Denial::NotFound => Response::not_found(request),
            Denial::Unauthenticated => {
                Response::error(StatusCode::UNAUTHORIZED, request, "Requires authentication")
            }
            Denial::NotAccessibleByIntegration => {
                forbidden("Resource not accessible by integration")
            }
            Denial::NotAccessibleByToken => {
                forbidden("Resource not accessible by personal access token")
            }
            Denial::NoPush => forbidden("Must have push access to repository"),
            Denial::Suspended => forbidden("This installation has been suspended"),
        }
    }

    /// Creates the redirect from a former name of a repository to its permanent URL.
    pub(crate) fn moved(request: &Request, repository_id: u64) -> Response {
        // The first four segments are "", "repos", the owner and the name.
        let rest: String = request
            .route()
            .split('/')
            .skip(4)
            .fold(String::new(), |path, segment| path + "/" + segment);
        let query = match request.query.as_str() {
            "" => String::new(),
            query => format!("?{query}"),
        };
        let api = &request.base.api;
        let url = format!("{api}/repositories/{repository_id}{rest}{query}");
        let status = if request.need().is_write() {
            StatusCode::TEMPORARY_REDIRECT
        } else {
            StatusCode::MOVED_PERMANENTLY
        };
        let body = RedirectBody {
            message: "Moved Permanently",
            url: &url,
            documentation_url: "https://docs.github.com/v3/#http-redirects",
        };
        Response::json(status, request, &body).header(LOCATION, &url)
    }

    /// Returns the message of an error with its details, or `None` if the response is none.
    pub(crate) fn refusal(&self) -> Option<String> {
        let Content::Json { compact, .. } = &self.content else {
            return None;
        };
        if !(self.status.is_client_error() || self.status.is_server_error()) {
            return None;
        }
        let body: Value = serde_json::from_slice(compact).ok()?;
        let details = match &body["errors"] {
            Value::String(sentence) => vec![sentence.as_str()],
            Value::Array(errors) => errors
                .iter()
                .filter_map(|it| it["message"].as_str())
                .collect(),
            _ => Vec::new(),
        };
        let message = body["message"].as_str()?;
        Some(match details.as_slice() {
            [] => message.to_owned(),
            details => format!("{message}: {}", details.join("; ")),
        })
    }

    /// Adds a header. A value that is not valid in a header is dropped.
    pub(crate) fn header(mut self, name: HeaderName, value: &str) -> Response {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    pub(crate) fn without_version(mut self) -> Response {
        self.echoes_version = false;
        self
    }
}
