//! Handlers of deployments.

use http::StatusCode;
use http::header::LOCATION;

use super::repository_access::{list_response, repository};
use super::{normalization, validation};
use crate::app_state::{AppState, Creator};
use crate::http::request::Request;
use crate::http::response::Response;
use crate::json::deployment::DeploymentBody;
use crate::model::page::{Page, parameter};
use crate::store::deployments::{DeleteError, DeploymentFilter};

pub(super) fn list(state: &AppState, request: &Request) -> Result<Response, Response> {
    let repository = repository(state, request)?;
    // GitHub documents `none` as the default of each filter.
    let filter = |name| parameter(&request.query, name).filter(|it| !it.is_empty() && it != "none");
    let filter = DeploymentFilter {
        environment: filter("environment"),
        reference: filter("ref"),
        sha: filter("sha"),
        task: filter("task"),
    };
    let page = Page::parse(&request.query);
    let (deployments, total) = state
        .store()
        .replica(request.replica_time())
        .list_deployments(repository.id, &filter, page);
    let bodies: Vec<DeploymentBody<'_>> = deployments
        .iter()
        .map(|it| DeploymentBody::new(it, &repository, &request.base, request.style()))
        .collect();
    Ok(list_response(
        request,
        &repository,
        "/deployments",
        page,
        total,
        &bodies,
    ))
}

pub(super) fn create(state: &AppState, request: &Request) -> Result<Response, Response> {
    let repository = repository(state, request)?;
    let mut new = validation::deployment(request).map_err(|it| it.into_response(request))?;
    normalization::deployment(&mut new, &request.quirks);
    let user = state
        .store()
        .user(request.actor.login().unwrap_or_default());
    let creator = Creator {
        user,
        base: &request.base,
    };
    let deployment = state
        .create_deployment(&repository, new, &creator)
        .map_err(|_| Response::not_found(request))?;
    state.log_creation(request.number, deployment.id);
    let body = DeploymentBody::new(&deployment, &repository, &request.base, request.style());
    Ok(Response::json(StatusCode::CREATED, request, &body).header(LOCATION, &body.url))
}

pub(super) fn get(state: &AppState, request: &Request) -> Result<Response, Response> {
    let repository = repository(state, request)?;
    let store = state.store();
    let replica = store.replica(request.replica_time());
    let deployment = request
        .parameters
        .number("deployment_id")
        .and_then(|id| replica.deployment(repository.id, id))
        .ok_or_else(|| Response::not_found(request))?;
    let body = DeploymentBody::new(&deployment, &repository, &request.base, request.style());
    Ok(Response::json(StatusCode::OK, request, &body))
}

pub(super) fn delete(state: &AppState, request: &Request) -> Result<Response, Response> {
    let repository = repository(state, request)?;
    let id = request.parameters.number("deployment_id");
    let id = id.ok_or_else(|| Response::not_found(request))?;
    let deleted = state.store().delete_deployment(repository.id, id);
    match deleted {
        Ok(()) => Ok(Response::empty(StatusCode::NO_CONTENT)),
        Err(DeleteError::Unknown) => Err(Response::not_found(request)),
        Err(DeleteError::Active) => {
            let message = "We cannot delete an active deployment unless it is the only deployment \
                           in a given environment.";
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Err(Response::error(status, request, message))
        }
    }
}
