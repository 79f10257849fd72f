//! Handlers of deployment statuses.

use http::StatusCode;
use http::header::LOCATION;

use super::repository_access::{list_response, repository};
use super::{normalization, validation};
use crate::app_state::{AppState, Creator};
use crate::error::Error;
use crate::http::request::Request;
use crate::http::response::Response;
use crate::json::status::StatusBody;
use crate::model::Repository;
use crate::model::page::Page;
use crate::model::quirks::{AutoInactive, FirstCheck};
use crate::store::replica::Replica;
use crate::store::statuses::StatusRules;

pub(super) fn list(state: &AppState, request: &Request) -> Result<Response, Response> {
    let repository = repository(state, request)?;
    let page = Page::parse(&request.query);
    let (id, (statuses, total)) = read(state, request, &repository, |replica, id| {
        replica.list_statuses(id, page)
    })?;
    let bodies: Vec<StatusBody<'_>> = statuses
        .iter()
        .map(|it| StatusBody::new(it, &repository, &request.base, request.style()))
        .collect();
    let path = format!("/deployments/{id}/statuses");
    Ok(list_response(
        request,
        &repository,
        &path,
        page,
        total,
        &bodies,
    ))
}

pub(super) fn create(state: &AppState, request: &Request) -> Result<Response, Response> {
    let repository = repository(state, request)?;
    let found = deployment_id(state, request, repository.id);
    if request.quirks.first_check == FirstCheck::Deployment {
        found.clone()?;
    }
    let mut new = validation::status(request).map_err(|it| it.into_response(request))?;
    normalization::status(&mut new, &request.quirks);
    let id = found?;
    let login = request.actor.login().unwrap_or_default();
    let user = state.store().user(login);
    let creator = Creator {
        user,
        base: &request.base,
    };
    let status = state
        .create_status(id, new, &creator, &rules(request))
        .map_err(|error| match error {
            Error::TooManyStatuses { .. } => validation::too_many_statuses(request),
            _ => Response::not_found(request),
        })?;
    state.log_creation(request.number, status.id);
    let body = StatusBody::new(&status, &repository, &request.base, request.style());
    Ok(Response::json(StatusCode::CREATED, request, &body).header(LOCATION, &body.url))
}

pub(super) fn get(state: &AppState, request: &Request) -> Result<Response, Response> {
    let repository = repository(state, request)?;
    let (_, status) = read(state, request, &repository, |replica, id| {
        replica.status(id, request.parameters.number("status_id")?)
    })?;
    let body = StatusBody::new(&status, &repository, &request.base, request.style());
    Ok(Response::json(StatusCode::OK, request, &body))
}

/// Reads from the deployment in the path, and returns its ID and the result.
fn read<T>(
    state: &AppState,
    request: &Request,
    repository: &Repository,
    read: impl FnOnce(Replica<'_>, u64) -> Option<T>,
) -> Result<(u64, T), Response> {
    let store = state.store();
    let replica = store.replica(request.replica_time());
    let id = request.parameters.number("deployment_id");
    let id = id.filter(|id| replica.has_deployment(repository.id, *id));
    let found = id.and_then(|id| Some((id, read(replica, id)?)));
    found.ok_or_else(|| Response::not_found(request))
}

/// Returns the ID of the deployment in the path, if the repository has it. A write does not lag.
fn deployment_id(state: &AppState, request: &Request, repository_id: u64) -> Result<u64, Response> {
    let store = state.store();
    let deployment = request
        .parameters
        .number("deployment_id")
        .and_then(|id| store.deployment_in(repository_id, id));
    match deployment {
        Some(deployment) => Ok(deployment.id),
        None => Err(Response::not_found(request)),
    }
}

/// Returns the rules for a new status.
///
/// On servers with previews, `flash` includes production in `auto_inactive`.
fn rules(request: &Request) -> StatusRules {
    let mut rules = StatusRules::from(&request.quirks);
    if request.profile.has_previews() {
        rules.auto_inactive = if request.has_preview("flash") {
            AutoInactive::Observed
        } else {
            AutoInactive::Documented
        };
    }
    rules
}
