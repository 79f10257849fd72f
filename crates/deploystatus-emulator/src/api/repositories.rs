//! Handler of repositories.

use http::StatusCode;
use http::header::LAST_MODIFIED;

use super::repository_access::repository;
use crate::app_state::AppState;
use crate::http::headers::http_date;
use crate::http::request::Request;
use crate::http::response::Response;
use crate::json::repository::{RepositoryBody, Usage};
use crate::model::operation::Need;

pub(super) fn get(state: &AppState, request: &Request) -> Result<Response, Response> {
    let repository = repository(state, request)?;
    let without_push = request.quirks.write_without_push;
    let push = request
        .actor
        .check(Need::WriteDeployments, &repository, without_push);
    let body = RepositoryBody {
        repository: &repository,
        base: &request.base,
        style: request.style(),
        usage: Usage::Response {
            can_push: request.actor.login().map(|_| push.is_ok()),
        },
    };
    let modified = http_date(repository.created_at);
    Ok(Response::json(StatusCode::OK, request, &body).header(LAST_MODIFIED, &modified))
}
