//! The routes of the control API.

use std::sync::Arc;

use http::request::Parts;
use http::{Method, StatusCode};

use super::message::{ControlRequest, Problem};
use super::{events, guard, handlers, page};
use crate::app_state::AppState;
use crate::http::path::PathParameters;
use crate::http::response::HttpResponse;

type Handler = fn(&Arc<AppState>, &ControlRequest<'_>) -> Result<HttpResponse, Problem>;

/// Maximum size of a body in bytes.
pub(crate) const MAX_BODY: usize = 64 * 1024 * 1024;

const PREFIX: &str = "/_emulator";

#[rustfmt::skip]
static ROUTES: [(Method, &str, Handler); 23] = [
    (Method::GET, "", page::get),
    (Method::GET, "/", page::get),
    (Method::GET, "/events", events::get),
    (Method::GET, "/health", handlers::health),
    (Method::POST, "/reset", handlers::reset),
    (Method::POST, "/seed", handlers::load_seed),
    (Method::GET, "/seed.schema.json", handlers::seed_schema),
    (Method::GET, "/faults", handlers::list_faults),
    (Method::POST, "/faults", handlers::add_faults),
    (Method::DELETE, "/faults", handlers::clear_faults),
    (Method::GET, "/clock", handlers::get_clock),
    (Method::PUT, "/clock", handlers::set_clock),
    (Method::POST, "/clock", handlers::advance_clock),
    (Method::GET, "/requests", handlers::list_requests),
    (Method::DELETE, "/requests", handlers::clear_requests),
    (Method::GET, "/deployments", handlers::list_deployments),
    (Method::GET, "/deployments/{id}", handlers::get_deployment),
    (Method::GET, "/deliveries", handlers::list_deliveries),
    (Method::POST, "/deliveries/{id}", handlers::redeliver),
    (Method::GET, "/quirks", handlers::get_quirks),
    (Method::PATCH, "/quirks", handlers::change_quirks),
    (Method::POST, "/snapshot", handlers::save_snapshot),
    (Method::PATCH, "/repositories/{owner}/{repo}", handlers::change_repository),
];

/// Returns `true` if a path belongs to the control API.
pub(crate) fn is_control(path: &str) -> bool {
    path.strip_prefix(PREFIX)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Responds to a request to the control API.
pub(crate) fn respond(state: &Arc<AppState>, head: &Parts, body: &[u8]) -> HttpResponse {
    handle(state, head, body).unwrap_or_else(Problem::into_response)
}

fn handle(state: &Arc<AppState>, head: &Parts, body: &[u8]) -> Result<HttpResponse, Problem> {
    guard::check(state, head)?;
    if body.len() > MAX_BODY {
        let message = format!("request body is too large (maximum {MAX_BODY} bytes)");
        return Err(Problem(StatusCode::PAYLOAD_TOO_LARGE, message));
    }
    let path = head.uri.path().strip_prefix(PREFIX).unwrap_or_default();
    let mut routes = ROUTES.iter().filter(|(method, ..)| *method == head.method);
    let found = routes
        .find_map(|(_, pattern, handler)| Some((handler, PathParameters::parse(pattern, path)?)));
    let Some((handler, parameters)) = found else {
        let message = format!("unknown route {} {PREFIX}{path}", head.method);
        return Err(Problem(StatusCode::NOT_FOUND, message));
    };
    let query = head.uri.query().unwrap_or_default();
    handler(state, &ControlRequest::new(parameters, query, body))
}
