//! Sends one request and follows its redirects. No other module calls the generated client.

use std::time::Duration;

use deploystatus_generated::{
    Client as Generated, Error as GeneratedError, Exchange, Outcome, types,
};
use futures_util::future::{BoxFuture, FutureExt};
use jiff::Timestamp;
use reqwest::Url;
use reqwest::header::HeaderValue;
use tokio::time::sleep;

use super::classify;
use super::core::Detection;
use super::gate::{Gate, Passage, TooLong};
use super::operation::{Operation, Request};
use super::retry::{Effect, Failure, Retry, Run};
use super::target::Target;
use crate::error::{Error, ErrorKind, Limit};
use crate::http::headers::{LOCATION, RATE_REMAINING, request_headers};
use crate::http::redirect;
use crate::http::response::Response;
use crate::http::token::Token;
use crate::model::deployment_status::DeploymentStatus;

/// A successful response with the statuses that it contains.
pub(crate) struct Received {
    pub(crate) response: Response,
    /// One status, or those of a page. Empty for a response 304.
    pub(crate) statuses: Vec<DeploymentStatus>,
}

/// Sends a request and returns the response if it is successful.
///
/// The future is boxed, because every crate that awaits an unboxed future compiles all code below it again.
pub(crate) fn send<'a>(
    target: &'a Target,
    request: &'a Request<'_>,
    etag: Option<&'a HeaderValue>,
    run: &'a mut Run,
) -> BoxFuture<'a, Result<Received, Failure>> {
    async move {
        let gate = gate(target, request.operation());
        let passage = gate.pass(run).await.map_err(too_long)?;
        let result = repeat(target, request, etag, run.rate_limits()).await;
        update(gate, passage, &result);
        result
    }
    .boxed()
}

fn gate(target: &Target, operation: Operation) -> &Gate {
    match operation {
        Operation::Read => &target.core.pacer.reads,
        Operation::Create => &target.core.pacer.creations,
    }
}

/// Opens or closes the gate by the result of a request, before the next request may pass.
fn update(gate: &Gate, passage: Passage<'_>, result: &Result<Received, Failure>) {
    match result {
        Ok(received) if received.response.header(&RATE_REMAINING) == Some("0") => {}
        Ok(_) => gate.succeeded(),
        Err(failure) if failure.error.is_rate_limited() => {
            let wait = failure.error.retry_after().unwrap_or_default();
            gate.close(wait, failure.error.rejection().cloned());
        }
        Err(_) => {}
    }
    drop(passage);
}

/// Creates the failure for a rate limit that an earlier request of this client has caused.
fn too_long(too_long: TooLong) -> Failure {
    let until = Timestamp::now().checked_add(too_long.wait);
    Failure {
        error: Error::rate_limited(Limit {
            until: until.unwrap_or(Timestamp::MAX),
            wait: too_long.wait,
            rejection: too_long.rejection.map(|rejection| *rejection),
        }),
        retry: Retry::After(too_long.wait),
        effect: Effect::None,
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
    let mut followed = 0;
    let mut is_permanent = true;
    let result = loop {
        let (mut received, error) = match once(target, request, etag, url.take()).await {
            Ok(received) => received,
            Err(failure) => break Err(failure),
        };
        let response = &received.response;
        if target
            .core
            .learn(response, target.explicit_profile().as_ref())
            == Detection::NewProfile
        {
            detection = Detection::NewProfile;
        }
        if redirect::is_redirect(response.status) {
            match redirect::next(&response.url, response.header(&LOCATION), followed) {
                Ok(next) => {
                    let status = response.status;
                    tracing::info!(status, to = next.path(), "following a redirect");
                    is_permanent &= matches!(status, 301 | 308) || redirect::is_by_number(&next);
                    followed += 1;
                    url = Some(next);
                    continue;
                }
                Err(error) => break Err(Failure::permanent(error)),
            }
        }
        received.response =
            match classify::judge(request.operation(), received.response, rate_limits) {
                Ok(response) => response,
                Err(failure) => break Err(failure),
            };
        if let Some(error) = error {
            break Err(undecodable(request, &received.response, error));
        }
        if followed > 0 && is_permanent {
            note_move(target, request, &received.response.url);
        }
        // The response to a creation is noted after it was compared with what was sent.
        if request.operation() == Operation::Read {
            target.state.note(&mut received.statuses);
        }
        break Ok(received);
    };
    Sent { result, detection }
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

/// Sends one HTTP request, and returns the response with the error of decoding its body, if there is one.
async fn once(
    target: &Target,
    request: &Request<'_>,
    etag: Option<&HeaderValue>,
    url: Option<Url>,
) -> Result<(Received, Option<GeneratedError<()>>), Failure> {
    let core = &target.core;
    let token = match &core.token {
        Some(token) => Some(token.header().await.map_err(token_failure)?),
        None => None,
    };
    let headers = request_headers(&target.profile(), &core.user_agent, token.clone(), etag);
    let http = core
        .transport
        .client_for(url.as_ref().unwrap_or(&core.base.url))
        .map_err(Failure::permanent)?;
    let mut exchange = Exchange::new().headers(headers).timeout(core.timeout);
    if let Some(url) = url {
        exchange = exchange.url(url);
    }
    let generated = Generated::new_with_client(&core.base.text, http, exchange);
    let permit = core.pacer.permit().await;
    let outcome = call(&generated, target, request).await;
    drop(permit);
    let operation = request.operation();
    let (statuses, error) = match outcome.result {
        Ok(statuses) => (statuses, None),
        Err(error) => (Vec::new(), Some(error)),
    };
    let Some(recorded) = outcome.response else {
        return Err(classify::no_response(error, operation));
    };
    let (response, error) = classify::received(recorded, error, token, operation)?;
    // A 304 has no body to decode.
    let error = error.filter(|_| response.status != 304);
    Ok((Received { response, statuses }, error))
}

fn token_failure(error: Error) -> Failure {
    Failure {
        retry: match error.kind() {
            ErrorKind::TokenSource => Retry::Soon,
            _ => Retry::Never,
        },
        ..Failure::permanent(error)
    }
}

/// Calls the generated operation and converts its result.
async fn call(
    generated: &Generated,
    target: &Target,
    request: &Request<'_>,
) -> Outcome<Vec<DeploymentStatus>> {
    let (owner, repo, id) = target.path();
    match request {
        Request::List { page, per_page } => {
            let page = page.and_then(|page| i64::try_from(page).ok());
            let per_page = Some(i64::from(*per_page));
            let list = generated.repos_list_deployment_statuses(owner, repo, id, page, per_page);
            convert(generated.outcome(list).await)
        }
        Request::Page(_) => {
            let list = generated.repos_list_deployment_statuses(owner, repo, id, None, None);
            convert(generated.outcome(list).await)
        }
        Request::Get(status) => {
            let status = i64::try_from(*status).unwrap_or(i64::MAX);
            let get = generated.repos_get_deployment_status(owner, repo, id, status);
            convert(one(generated.outcome(get).await))
        }
        Request::Create(body) => {
            let create = generated.repos_create_deployment_status(owner, repo, id, body);
            convert(one(generated.outcome(create).await))
        }
    }
}

fn one(outcome: Outcome<types::DeploymentStatus>) -> Outcome<Vec<types::DeploymentStatus>> {
    Outcome {
        result: outcome.result.map(|status| vec![status]),
        response: outcome.response,
    }
}

fn convert(outcome: Outcome<Vec<types::DeploymentStatus>>) -> Outcome<Vec<DeploymentStatus>> {
    let statuses = outcome.result;
    Outcome {
        result: statuses.map(|statuses| statuses.into_iter().map(DeploymentStatus::from).collect()),
        response: outcome.response,
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
