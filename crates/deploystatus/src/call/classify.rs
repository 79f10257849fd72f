//! Classification of responses, and of requests without a response.

use deploystatus_generated::{Body, Error as GeneratedError, RecordedResponse};
use jiff::Timestamp;
use reqwest::header::HeaderValue;
use tokio::time::Instant;

use super::operation::Operation;
use super::rejection;
use super::retry::{Effect, Failure, Retry};
use crate::error::rejection::{Rejection, RejectionKind};
use crate::error::text::clean;
use crate::error::{Details, Error, ErrorKind, Limit, Source};
use crate::http::headers::{CONTENT_TYPE, REQUEST_ID};
use crate::http::rate_limit;
use crate::http::response::Response;
use crate::model::invalid_value::InvalidValue;

/// Turns a recorded response into a complete one, or into a failure if its body is missing.
pub(crate) fn received(
    recorded: RecordedResponse,
    error: Option<GeneratedError<()>>,
    token: Option<HeaderValue>,
    operation: Operation,
) -> Result<(Response, Option<GeneratedError<()>>), Failure> {
    let status = recorded.status.as_u16();
    let body = match recorded.body {
        Body::Complete(bytes) => Some(bytes),
        // For a rejection or a redirect, the status code is enough.
        _ if (300..500).contains(&status) => None,
        Body::TooLarge => {
            let text = format!("the server responded {status} with a body of more than 8 MiB");
            let details = Details::Response {
                status,
                request_id: None,
            };
            return Err(Failure {
                error: Error::new(ErrorKind::InvalidResponse, text).with_details(details),
                retry: Retry::Never,
                effect: operation.effect(),
            });
        }
        _ => {
            let is_timeout = matches!(&error, Some(GeneratedError::ResponseBodyError(error) | GeneratedError::CommunicationError(error)) if error.is_timeout());
            let (kind, text) = if is_timeout {
                (ErrorKind::Timeout, "the response was not complete in time")
            } else {
                (
                    ErrorKind::ConnectionLost,
                    "the connection was lost before the response was complete",
                )
            };
            return Err(Failure {
                error: with_cause(Error::new(kind, text), error),
                retry: Retry::Soon,
                effect: operation.effect(),
            });
        }
    };
    let response = Response {
        status,
        headers: recorded.headers,
        url: recorded.url,
        body,
        received: Instant::now(),
        token,
    };
    Ok((response, error))
}

/// Classifies a request without a response.
pub(crate) fn no_response(error: Option<GeneratedError<()>>, operation: Operation) -> Failure {
    let sent = operation.effect();
    let (kind, text, retry, effect) = match &error {
        Some(GeneratedError::Custom(problem)) => {
            return Failure::permanent(InvalidValue::new("base_url", problem));
        }
        Some(GeneratedError::InvalidRequest(problem)) => {
            return Failure::permanent(InvalidValue::new("request", problem));
        }
        Some(GeneratedError::CommunicationError(cause)) if cause.is_connect() => {
            let text = "cannot connect to the server";
            (ErrorKind::Connect, text, Retry::Soon, Effect::None)
        }
        // The base URL was checked, so only a URL that the server has sent can be invalid here.
        Some(GeneratedError::CommunicationError(cause)) if cause.is_builder() => {
            let text = "the server linked to a URL that cannot be requested";
            (ErrorKind::Redirect, text, Retry::Never, Effect::None)
        }
        Some(GeneratedError::CommunicationError(cause)) if cause.is_timeout() => {
            (ErrorKind::Timeout, "no response in time", Retry::Soon, sent)
        }
        _ => {
            let text = "the connection was lost before the response";
            (ErrorKind::ConnectionLost, text, Retry::Soon, sent)
        }
    };
    Failure {
        error: with_cause(Error::new(kind, text), error),
        retry,
        effect,
    }
}

/// Adds the cause without its URL, which may contain secrets.
fn with_cause(error: Error, cause: Option<GeneratedError<()>>) -> Error {
    match cause {
        Some(
            GeneratedError::CommunicationError(cause) | GeneratedError::ResponseBodyError(cause),
        ) => error.with_source(Source::from(cause.without_url())),
        _ => error,
    }
}

/// Returns a successful response, or the failure that another response means.
pub(crate) fn judge(
    operation: Operation,
    response: Response,
    rate_limit_count: u32,
) -> Result<Response, Failure> {
    let is_success = match operation {
        Operation::Create => response.status == 201,
        Operation::Read => matches!(response.status, 200 | 304),
    };
    if is_success {
        return Ok(response);
    }
    if response.status < 400 {
        // A server that responds 2xx or 303 (See Other) has accepted the request.
        let may_be_stored = response.status < 300 || response.status == 303;
        return Err(Failure {
            effect: if may_be_stored {
                operation.effect()
            } else {
                Effect::None
            },
            retry: Retry::Never,
            error: invalid_response(&response, None),
        });
    }
    let mut rejection = rejection::read(&response, operation);
    let message = rejection.message.as_deref();
    if let Some(wait) = rate_limit::wait(&response, message, rate_limit_count) {
        rejection.kind = RejectionKind::RateLimit;
        return Err(rate_limited(&response, rejection, wait));
    }
    Err(rejected(&response, rejection, operation))
}

fn rate_limited(
    response: &Response,
    mut rejection: Rejection,
    wait: std::time::Duration,
) -> Failure {
    let until = response
        .server_time()
        .checked_add(wait)
        .unwrap_or(Timestamp::MAX);
    rejection.retry_at = Some(until);
    rejection.retry_after = Some(wait);
    Failure {
        error: Error::rate_limited(Limit {
            until,
            wait,
            rejection: Some(rejection),
        }),
        retry: Retry::After(wait),
        effect: Effect::None,
    }
}

fn rejected(response: &Response, mut rejection: Rejection, operation: Operation) -> Failure {
    // Proxies respond 408, 425 and 499 to requests that they may have passed on.
    let is_ambiguous = matches!(response.status, 408 | 425 | 499 | 500..);
    let asked = rate_limit::retry_after(response).filter(|_| is_ambiguous);
    rejection.retry_after = asked;
    rejection.retry_at = asked.and_then(|wait| response.server_time().checked_add(wait).ok());
    Failure {
        error: Error::rejected(rejection),
        retry: match asked {
            Some(wait) => Retry::After(wait),
            None if is_ambiguous => Retry::Soon,
            None => Retry::Never,
        },
        effect: if is_ambiguous {
            operation.effect()
        } else {
            Effect::None
        },
    }
}

const MAX_CONTENT_TYPE: usize = 80;
const MAX_CAUSE: usize = 300;

/// Creates the error for a response that GitHub does not send.
pub(crate) fn invalid_response(response: &Response, cause: Option<String>) -> Error {
    let status = response.status;
    let content_type = response
        .scrubbed_header(&CONTENT_TYPE)
        .unwrap_or_else(|| "no content type".to_owned());
    let content_type = clean(&content_type, MAX_CONTENT_TYPE);
    let excerpt = match response.excerpt() {
        Some(excerpt) => format!("that starts with {excerpt:?}"),
        None => "that is empty".to_owned(),
    };
    let text = format!("the server responded {status} with a body ({content_type}) {excerpt}");
    let error = Error::new(ErrorKind::InvalidResponse, text).with_details(Details::Response {
        status,
        request_id: response.scrubbed_header(&REQUEST_ID),
    });
    match cause {
        // The cause repeats the text that could not be decoded, which may contain the token.
        Some(cause) => error.with_source(clean(&response.scrub(cause), MAX_CAUSE)),
        None => error,
    }
}
