//! One HTTP request. Nothing else calls the generated client.

use deploystatus_generated::{
    Client as Generated, Error as GeneratedError, Exchange, Outcome, types,
};
use reqwest::Url;
use reqwest::header::HeaderValue;

use super::classify;
use super::operation::Request;
use super::retry::{Failure, Retry};
use super::target::Target;
use crate::error::{Error, ErrorKind};
use crate::http::headers::{ACCEPT_ENCODING, request_headers};
use crate::http::response::Response;
use crate::model::deployment_status::DeploymentStatus;

/// A successful response with the statuses that it contains.
pub(crate) struct Received {
    pub(crate) response: Response,
    /// One status, or those of a page. Empty for a response 304.
    pub(crate) statuses: Vec<DeploymentStatus>,
}

/// Any response, with the error of decoding its body.
pub(super) struct Exchanged {
    pub(super) received: Received,
    pub(super) decode_error: Option<GeneratedError<()>>,
}

/// Sends one HTTP request and returns any response to it.
pub(super) async fn exchange(
    target: &Target,
    request: &Request<'_>,
    etag: Option<&HeaderValue>,
    url: Option<Url>,
) -> Result<Exchanged, Failure> {
    let core = &target.core;
    let token = match &core.token {
        Some(token) => Some(token.header().await.map_err(token_failure)?),
        None => None,
    };
    let mut headers = request_headers(&target.profile(), &core.user_agent, token.clone(), etag);
    if request.has_large_response() {
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    }
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
    let decode_error = error.filter(|_| response.status != 304);
    Ok(Exchanged {
        received: Received { response, statuses },
        decode_error,
    })
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
