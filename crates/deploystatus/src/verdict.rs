//! What an answer, or the lack of one, means for the call.

use deploystatus_generated::{Answer, Body, Error as Generic};
use reqwest::header::HeaderValue;
use tokio::time::Instant;

use crate::error::{Failed, RateLimited, Unreadable, one_line, short};
use crate::header::{CONTENT_TYPE, REQUEST_ID};
use crate::reply::Reply;
use crate::retry::{Again, Failure};
use crate::{Error, Invalid, Rejection, rate_limit};

/// An answer that came far enough to mean something.
pub(crate) fn received(
    answer: Answer,
    error: Option<Generic<()>>,
    token: Option<HeaderValue>,
    creating: bool,
) -> Result<Reply, Failure> {
    let status = answer.status.as_u16();
    let body = match answer.body {
        Body::Whole(bytes) => Some(bytes),
        // Of a refusal or a redirect the status says enough.
        _ if (300..500).contains(&status) => None,
        Body::TooLong => {
            return Err(Failure {
                error: Error::Unreadable(Box::new(Unreadable {
                    what: format!("the server answered {status} with a body of more than 8 MiB"),
                    status,
                    request_id: None,
                    cause: None,
                })),
                again: Again::Never,
                maybe_done: creating,
            });
        }
        _ => {
            return Err(Failure {
                error: Error::Lost(Failed {
                    what: format!("the answer {status} broke off before its end"),
                    cause: cause(error),
                }),
                again: Again::Soon,
                maybe_done: creating,
            });
        }
    };
    Ok(Reply {
        status,
        headers: answer.headers,
        url: answer.url,
        body,
        received: Instant::now(),
        token,
    })
}

/// What it means that nothing came.
pub(crate) fn unanswered(error: Option<Generic<()>>, creating: bool) -> Failure {
    let failed = |what: &str, error| Failed {
        what: what.to_owned(),
        cause: cause(error),
    };
    match error {
        Some(Generic::Custom(why)) => Failure::for_good(Invalid::new("base_url", why).into()),
        Some(Generic::InvalidRequest(why)) => {
            Failure::for_good(Invalid::new("request", why).into())
        }
        Some(Generic::CommunicationError(ref inner)) if inner.is_connect() => Failure {
            error: Error::Unreachable(failed("no connection to the server was made", error)),
            again: Again::Soon,
            maybe_done: false,
        },
        Some(Generic::CommunicationError(ref inner)) if inner.is_builder() => Failure::for_good(
            Error::Unreachable(failed("the request could not be made", error)),
        ),
        Some(Generic::CommunicationError(ref inner)) if inner.is_timeout() => Failure {
            error: Error::Lost(failed("no answer came in time", error)),
            again: Again::Soon,
            maybe_done: creating,
        },
        other => Failure {
            error: Error::Lost(failed(
                "the connection was lost before the answer came",
                other,
            )),
            again: Again::Soon,
            maybe_done: creating,
        },
    }
}

/// The cause of a failure, without the address: that is known, and may hold what should not be printed.
fn cause(error: Option<Generic<()>>) -> Option<Box<dyn std::error::Error + Send + Sync>> {
    match error? {
        Generic::CommunicationError(error) | Generic::ResponseBodyError(error) => {
            Some(Box::new(error.without_url()))
        }
        _ => None,
    }
}

/// Tells good answers from refusals.
pub(crate) fn judge(creating: bool, reply: Reply, refusals: u32) -> Result<Reply, Failure> {
    let asked_for = if creating { 201 } else { 200 };
    if reply.status == asked_for || (reply.status == 304 && !creating) {
        return Ok(reply);
    }
    if reply.status < 400 {
        // Something else than GitHub took the request, and may have passed it on.
        return Err(Failure {
            maybe_done: creating && reply.status < 300,
            again: Again::Never,
            error: unreadable(&reply, None),
        });
    }
    let mut rejection = Rejection::read(&reply, creating);
    if let Some(wait) = rate_limit::wait(&reply, &rejection, refusals) {
        let until = reply
            .server_time()
            .checked_add(wait)
            .unwrap_or(jiff::Timestamp::MAX);
        rejection.rate_limit = true;
        rejection.retry_at = Some(until);
        rejection.retry_after = Some(wait);
        return Err(Failure {
            error: Error::RateLimited(Box::new(RateLimited {
                until,
                wait,
                rejection: Some(rejection),
            })),
            again: Again::After(wait),
            maybe_done: false,
        });
    }
    let broken = reply.status >= 500;
    let asked = rate_limit::retry_after(&reply).filter(|_| broken);
    rejection.retry_after = asked;
    rejection.retry_at = asked.and_then(|wait| reply.server_time().checked_add(wait).ok());
    Err(Failure {
        error: Error::Rejected(Box::new(rejection)),
        again: match asked {
            Some(wait) => Again::After(wait),
            None if broken => Again::Soon,
            None => Again::Never,
        },
        maybe_done: creating && broken,
    })
}

/// An answer of the right status that is not what GitHub sends.
pub(crate) fn unreadable(reply: &Reply, cause: Option<serde_json::Error>) -> Error {
    let status = reply.status;
    let header = |name| Some(reply.scrub(reply.header(name)?.to_owned()));
    let kind = header(&CONTENT_TYPE).unwrap_or_else(|| "no content type".to_owned());
    let kind = short(&kind, KIND);
    let excerpt = match reply.excerpt() {
        Some(excerpt) => format!("that begins {excerpt:?}"),
        None => "that is empty".to_owned(),
    };
    Error::Unreadable(Box::new(Unreadable {
        what: format!("the server answered {status} with a body ({kind}) {excerpt}"),
        status,
        request_id: header(&REQUEST_ID),
        // It repeats what it could not read.
        cause: cause.map(|cause| short(&one_line(&reply.scrub(cause.to_string())), CAUSE).into()),
    }))
}

const KIND: usize = 80;
const CAUSE: usize = 300;
