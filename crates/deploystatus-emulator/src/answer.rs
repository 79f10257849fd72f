//! An answer before it is dressed for the wire.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;

use crate::access::{Denial, Need};
use crate::call::Call;

/// An answer before it is dressed in the headers that all answers wear.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) payload: Payload,
    /// Whether it says which API version it is written in.
    pub(crate) echoes_version: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum Payload {
    Empty,
    /// What the entity tag is made of, and the same as it is sent to people.
    Json {
        compact: Vec<u8>,
        pretty: Option<Vec<u8>>,
    },
    /// Anything else; the content type is among the headers.
    Other(Vec<u8>),
}

/// One entry of `errors` in a failed validation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct FieldError {
    pub(crate) resource: &'static str,
    pub(crate) code: &'static str,
    pub(crate) field: &'static str,
    pub(crate) message: String,
}

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
struct Redirect<'a> {
    message: &'static str,
    url: &'a str,
    documentation_url: &'static str,
}

impl Answer {
    pub(crate) fn empty(status: StatusCode) -> Answer {
        Answer {
            status,
            headers: Vec::new(),
            payload: Payload::Empty,
            echoes_version: true,
        }
    }

    pub(crate) fn json(status: StatusCode, call: &Call, body: &impl Serialize) -> Answer {
        let pretty = call.wants_pretty().then(|| {
            let mut pretty = serde_json::to_vec_pretty(body).unwrap_or_default();
            pretty.push(b'\n');
            pretty
        });
        let compact = serde_json::to_vec(body).unwrap_or_default();
        Answer {
            payload: Payload::Json { compact, pretty },
            ..Answer::empty(status)
        }
    }

    pub(crate) fn text(status: StatusCode, text: impl Into<String>) -> Answer {
        let text: String = text.into();
        Answer {
            payload: Payload::Other(text.into_bytes()),
            ..Answer::empty(status)
        }
        .header(CONTENT_TYPE, "text/plain;charset=utf-8")
    }

    /// An error as GitHub writes it, with a link to the operation's page.
    pub(crate) fn error(status: StatusCode, call: &Call, message: &str) -> Answer {
        Answer::error_about(status, call, message, None, call.documentation())
    }

    /// The same, with the front of the documentation as the link.
    pub(crate) fn general_error(status: StatusCode, call: &Call, message: &str) -> Answer {
        Answer::error_about(status, call, message, None, call.profile.documentation())
    }

    pub(crate) fn error_about(
        status: StatusCode,
        call: &Call,
        message: &str,
        errors: Option<Errors>,
        documentation_url: String,
    ) -> Answer {
        let repeats = call.profile.repeats_status();
        let body = ErrorBody {
            message,
            errors,
            documentation_url,
            status: repeats.then(|| status.as_str().to_owned()),
        };
        Answer::json(status, call, &body)
    }

    pub(crate) fn not_found(call: &Call) -> Answer {
        Answer::error(StatusCode::NOT_FOUND, call, "Not Found")
    }

    pub(crate) fn denied(denial: Denial, call: &Call) -> Answer {
        let forbidden = |message| Answer::error(StatusCode::FORBIDDEN, call, message);
        match denial {
            Denial::NotFound => Answer::not_found(call),
            Denial::Unauthenticated => {
                Answer::error(StatusCode::UNAUTHORIZED, call, "Requires authentication")
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

    /// To where a renamed repository can always be found.
    pub(crate) fn moved(call: &Call, repository_id: u64) -> Answer {
        // "", "repos", owner and name come before what stays.
        let rest: String = call
            .route()
            .split('/')
            .skip(4)
            .fold(String::new(), |path, segment| path + "/" + segment);
        let query = if call.query.is_empty() {
            String::new()
        } else {
            format!("?{}", call.query)
        };
        let url = format!(
            "{}/repositories/{repository_id}{rest}{query}",
            call.base.api
        );
        let writes = call
            .operation
            .is_some_and(|it| it.need() == Need::WriteDeployments);
        let status = if writes {
            StatusCode::TEMPORARY_REDIRECT
        } else {
            StatusCode::MOVED_PERMANENTLY
        };
        let body = Redirect {
            message: "Moved Permanently",
            url: &url,
            documentation_url: "https://docs.github.com/v3/#http-redirects",
        };
        Answer::json(status, call, &body).header(LOCATION, &url)
    }

    /// Adds a header; a value that no header can hold is left out.
    pub(crate) fn header(mut self, name: HeaderName, value: &str) -> Answer {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    pub(crate) fn without_version(mut self) -> Answer {
        self.echoes_version = false;
        self
    }
}

/// Handlers answer undressed; what comes after them takes the answer out again.
impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status;
        response.extensions_mut().insert(self);
        response
    }
}
