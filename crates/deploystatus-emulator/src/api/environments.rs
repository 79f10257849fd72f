//! Handlers of environments.

use http::StatusCode;
use http::header::LINK;
use serde_json::json;

use super::repository_access::repository;
use crate::app_state::AppState;
use crate::http::request::Request;
use crate::http::response::Response;
use crate::json::environment::EnvironmentBody;
use crate::model::page::Page;

pub(super) fn list(state: &AppState, request: &Request) -> Result<Response, Response> {
    let repository = repository(state, request)?;
    let environments = {
        let store = state.store();
        store
            .replica(request.replica_time())
            .environments(repository.id)
    };
    let total = environments.len();
    let page = Page::parse(&request.query);
    let bodies: Vec<_> = environments
        .iter()
        .skip(page.offset())
        .take(page.size())
        .map(|it| EnvironmentBody::new(it, &repository, &request.base, request.style()))
        .collect();
    let body = json!({"total_count": total, "environments": bodies});
    let response = Response::json(StatusCode::OK, request, &body);
    let url = format!(
        "{}/repositories/{}/environments",
        request.base.api, repository.id
    );
    Ok(match page.link(&url, &request.query, total) {
        Some(link) => response.header(LINK, &link),
        None => response,
    })
}

pub(super) fn get(state: &AppState, request: &Request) -> Result<Response, Response> {
    let repository = repository(state, request)?;
    let name = request.parameters.text("environment");
    let environment = {
        let store = state.store();
        let replica = store.replica(request.replica_time());
        replica.environment(repository.id, name)
    };
    let environment = environment.ok_or_else(|| Response::not_found(request))?;
    let body = EnvironmentBody::new(&environment, &repository, &request.base, request.style());
    Ok(Response::json(StatusCode::OK, request, &body))
}

pub(super) fn delete(state: &AppState, request: &Request) -> Result<Response, Response> {
    let repository = repository(state, request)?;
    let name = request.parameters.text("environment");
    if state.store().delete_environment(repository.id, name) {
        Ok(Response::empty(StatusCode::NO_CONTENT))
    } else {
        Err(Response::not_found(request))
    }
}
