//! Lookup of the repository in a path, with the check of permissions.

use http::StatusCode;
use http::header::LINK;
use serde::Serialize;

use crate::access::{Actor, Denial};
use crate::app_state::AppState;
use crate::http::request::Request;
use crate::http::response::Response;
use crate::model::Repository;
use crate::model::operation::Need;
use crate::model::page::Page;
use crate::store::repositories::Found;

/// Returns the repository in the path, if the actor has the access that the operation needs.
pub(super) fn repository(state: &AppState, request: &Request) -> Result<Repository, Response> {
    let need = request.need();
    if need.is_write() && !matches!(request.actor, Actor::Known(_)) {
        return Err(Response::denied(Denial::Unauthenticated, request));
    }
    let repository = match find(state, request) {
        None => return Err(Response::not_found(request)),
        Some(Found::Renamed(repository)) => {
            check(request, Need::See, &repository)?;
            return Err(Response::moved(request, repository.id));
        }
        Some(Found::Current(repository)) => repository,
    };
    check(request, need, &repository)?;
    if need.is_write() && repository.archived {
        let message = "Repository was archived so is read-only.";
        return Err(Response::error(StatusCode::FORBIDDEN, request, message));
    }
    Ok(repository)
}

fn find(state: &AppState, request: &Request) -> Option<Found> {
    let parameters = &request.parameters;
    let store = state.store();
    if parameters.text("repository_id").is_empty() {
        return store.find_repository(parameters.text("owner"), parameters.text("repo"));
    }
    let id = parameters.number("repository_id")?;
    store.repository(id).cloned().map(Found::Current)
}

fn check(request: &Request, need: Need, repository: &Repository) -> Result<(), Response> {
    let without_push = request.quirks.write_without_push;
    let checked = request.actor.check(need, repository, without_push);
    checked.map_err(|denial| Response::denied(denial, request))
}

/// Creates the response for one page of a list inside a repository.
///
/// The links contain the ID of the repository, also if the request contained its name.
pub(super) fn list_response(
    request: &Request,
    repository: &Repository,
    path: &str,
    page: Page,
    total: usize,
    bodies: &[impl Serialize],
) -> Response {
    let url = format!("{}/repositories/{}{path}", request.base.api, repository.id);
    let response = Response::json(StatusCode::OK, request, &bodies);
    match page.link(&url, &request.query, total) {
        Some(link) => response.header(LINK, &link),
        None => response,
    }
}
