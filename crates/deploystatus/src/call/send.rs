//! Sends one request, follows its redirects, and repeats it if the reason of a rejection is gone.

use std::time::Duration;

use deploystatus_generated::Error as GeneratedError;
use futures_util::future::{BoxFuture, FutureExt};
use reqwest::Url;
use reqwest::header::HeaderValue;
use tokio::time::sleep;

use super::classify;
use super::core::Detection;
use super::exchange::{Exchanged, Received, exchange};
use super::gate::Passage;
use super::operation::{Operation, Request};
use super::retry::{Failure, Retry, Run};
use super::target::Target;
use crate::error::Error;
use crate::http::headers::{LOCATION, RATE_REMAINING};
use crate::http::redirect;
use crate::http::response::Response;
use crate::http::token::Token;

/// Waits until no rate limit prevents the request, then sends it and returns the response if it is successful.
pub(crate) async fn send(
    target: &Target,
    request: &Request<'_>,
    etag: Option<&HeaderValue>,
    run: &mut Run,
) -> Result<Received, Failure> {
    let gate = match request.operation() {
        Operation::Read => &target.core.pacer.reads,
        Operation::Create => &target.core.pacer.creations,
    };
    let passage = gate.pass(run).await?;
    passage.send(target, request, etag, run).await
}

impl<'a> Passage<'a> {
    /// Sends the request and returns the response if it is successful.
    ///
    /// The future is boxed, because every crate that awaits an unboxed future compiles all code below it again.
    pub(crate) fn send(
        self,
        target: &'a Target,
        request: &'a Request<'_>,
        etag: Option<&'a HeaderValue>,
        run: &Run,
    ) -> BoxFuture<'a, Result<Received, Failure>> {
        let rate_limits = run.rate_limits();
        async move {
            let result = repeat(target, request, etag, rate_limits).await;
            self.end(&result);
            result
        }
        .boxed()
    }

    /// Opens or closes the gate by the result of the request. Only then may the next request pass.
    fn end(self, result: &Result<Received, Failure>) {
        match result {
            Ok(received) if received.response.header(&RATE_REMAINING) == Some("0") => {}
            Ok(_) => self.gate.succeeded(),
            Err(failure) if failure.error.is_rate_limited() => {
                let wait = failure.error.retry_after().unwrap_or_default();
                self.gate.close(wait, failure.error.rejection().cloned());
            }
            Err(_) => {}
        }
    }
}

/// Pauses before a token source is called again, because GitHub rejects new installation tokens for some seconds.
const TOKEN_PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(3)];

/// Sends a request, and repeats it if a newly detected profile or a new token may fix its rejection.
async fn repeat(
    target: &Target,
    request: &Request<'_>,
    etag: Option<&HeaderValue>,
    rate_limits: u32,
) -> Result<Received, Failure> {
    let core = &target.core;
    let has_source = core.token.as_ref().is_some_and(Token::is_source);
    let mut token_pauses = TOKEN_PAUSES.into_iter();
    let mut has_new_profile = false;
    loop {
        let sent = follow(target, request, etag, rate_limits).await;
        let Err(rejected) = sent.result else {
            return sent.result;
        };
        let status = rejected.error.status();
        if sent.detection == Detection::NewProfile
            && matches!(status, Some(400 | 410 | 415))
            && !has_new_profile
        {
            has_new_profile = true;
            tracing::debug!("repeating the request with the detected server profile");
            continue;
        }
        if has_source
            && status == Some(401)
            && let Some(pause) = token_pauses.next()
        {
            tracing::info!("the token was rejected; calling the token source again");
            sleep(pause).await;
            continue;
        }
        return Err(rejected);
    }
}

struct Sent {
    result: Result<Received, Failure>,
    detection: Detection,
}

/// Sends a request to the new URL of a moved deployment, and to its original URL if the new one no longer exists.
async fn follow(
    target: &Target,
    request: &Request<'_>,
    etag: Option<&HeaderValue>,
    rate_limits: u32,
) -> Sent {
    let first = match request {
        Request::Page(url) => Some((*url).clone()),
        _ => None,
    };
    let moved = match &first {
        Some(_) => None,
        None => target.state.moved_to().map(|moved| request.below(&moved)),
    };
    let Some(moved) = moved else {
        return along_redirects(target, request, etag, rate_limits, first).await;
    };
    let sent = along_redirects(target, request, etag, rate_limits, Some(moved)).await;
    if !is_gone(&sent.result) {
        return sent;
    }
    let original = along_redirects(target, request, etag, rate_limits, None).await;
    if is_gone(&original.result) {
        return sent;
    }
    target.state.set_moved_to(None);
    original
}

fn is_gone(result: &Result<Received, Failure>) -> bool {
    let status = result
        .as_ref()
        .err()
        .and_then(|failure| failure.error.status());
    matches!(status, Some(404 | 410 | 451))
}

async fn along_redirects(
    target: &Target,
    request: &Request<'_>,
    etag: Option<&HeaderValue>,
    rate_limits: u32,
    mut url: Option<Url>,
) -> Sent {
    let mut detection = Detection::Nothing;
    let mut redirects = Redirects::new();
    let result = loop {
        let exchanged = match exchange(target, request, etag, url.take()).await {
            Ok(exchanged) => exchanged,
            Err(failure) => break Err(failure),
        };
        let explicit = target.explicit_profile();
        let response = &exchanged.received.response;
        if target.core.learn(response, explicit.as_ref()) == Detection::NewProfile {
            detection = Detection::NewProfile;
        }
        match redirects.next(response) {
            Ok(Some(next)) => url = Some(next),
            Ok(None) => break accept(target, request, rate_limits, exchanged, &redirects),
            Err(error) => break Err(Failure::permanent(error)),
        }
    };
    Sent { result, detection }
}

/// The redirects of one request.
struct Redirects {
    followed: u32,
    is_permanent: bool,
}

impl Redirects {
    fn new() -> Self {
        Self {
            followed: 0,
            is_permanent: true,
        }
    }

    /// Returns the URL to follow, or `None` if the response is no redirect.
    fn next(&mut self, response: &Response) -> Result<Option<Url>, Error> {
        let status = response.status;
        if !redirect::is_redirect(status) {
            return Ok(None);
        }
        let next = redirect::next(&response.url, response.header(&LOCATION), self.followed)?;
        tracing::info!(status, to = next.path(), "following a redirect");
        self.is_permanent &= matches!(status, 301 | 308) || redirect::is_by_number(&next);
        self.followed += 1;
        Ok(Some(next))
    }
}

/// Returns the received statuses if the response is successful, and notes what it shows of the deployment.
fn accept(
    target: &Target,
    request: &Request<'_>,
    rate_limits: u32,
    exchanged: Exchanged,
    redirects: &Redirects,
) -> Result<Received, Failure> {
    let Exchanged {
        received,
        decode_error,
    } = exchanged;
    let response = classify::judge(request.operation(), received.response, rate_limits)?;
    if let Some(error) = decode_error {
        return Err(undecodable(request, &response, error));
    }
    if redirects.followed > 0 && redirects.is_permanent {
        note_move(target, request, &response.url);
    }
    let mut statuses = received.statuses;
    // The response to a creation is noted after it was compared with what was sent.
    if request.operation() == Operation::Read {
        target.state.note(&mut statuses);
    }
    Ok(Received { response, statuses })
}

/// Creates the failure for a response whose body cannot be decoded.
fn undecodable(request: &Request<'_>, response: &Response, error: GeneratedError<()>) -> Failure {
    let cause = match error {
        GeneratedError::InvalidResponsePayload(_, error) => Some(error.to_string()),
        _ => None,
    };
    let operation = request.operation();
    Failure {
        error: classify::invalid_response(response, cause),
        retry: match operation {
            Operation::Create => Retry::Soon,
            Operation::Read => Retry::Never,
        },
        effect: operation.effect(),
    }
}

fn note_move(target: &Target, request: &Request<'_>, responded: &Url) {
    let Some(statuses) = request.above(responded) else {
        return;
    };
    let to = redirect::without_secrets(&statuses);
    if target.state.set_moved_to(Some(statuses)) {
        tracing::warn!(
            repository = target.repository(),
            to,
            "the repository was renamed or moved; update its name"
        );
    }
}
