//! Handlers of the control API.

#![expect(
    clippy::unnecessary_wraps,
    reason = "all handlers have the type that the routes need"
)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::guard;
use super::message::{ControlRequest, Problem, json_response, no_content, with_type};
use crate::app_state::AppState;
use crate::error::Error;
use crate::faults::fault::Fault;
use crate::faults::mix::FaultMix;
use crate::http::response::HttpResponse;
use crate::model::log_part::LogPart;
use crate::model::quirks::Quirks;
use crate::model::{Deployment, Status};
use crate::seed::Seed;
use crate::store::Store;

type Outcome = Result<HttpResponse, Problem>;

fn ok(body: &impl Serialize) -> Outcome {
    Ok(json_response(StatusCode::OK, body))
}

pub(super) fn health(state: &Arc<AppState>, _: &ControlRequest<'_>) -> Outcome {
    ok(&json!({
        "status": "ok",
        "profile": state.profile.to_string(),
        "now": state.clock.now().to_string(),
        "requests": state.requests().received(),
    }))
}

pub(super) fn reset(state: &Arc<AppState>, _: &ControlRequest<'_>) -> Outcome {
    state.reset()?;
    Ok(no_content())
}

pub(super) fn load_seed(state: &Arc<AppState>, request: &ControlRequest<'_>) -> Outcome {
    let seed: Seed = request.json()?;
    state.load(&seed)?;
    Ok(no_content())
}

pub(super) fn seed_schema(_: &Arc<AppState>, _: &ControlRequest<'_>) -> Outcome {
    Ok(with_type("application/schema+json", Seed::JSON_SCHEMA))
}

/// A mix of faults, as an alternative to single faults.
#[derive(Deserialize)]
struct Mix {
    mix: FaultMix,
}

pub(super) fn list_faults(state: &Arc<AppState>, _: &ControlRequest<'_>) -> Outcome {
    ok(&state.faults().list())
}

pub(super) fn add_faults(state: &Arc<AppState>, request: &ControlRequest<'_>) -> Outcome {
    let value: Value = request.json()?;
    if value.get("mix").is_some() {
        let Mix { mix } = request.json()?;
        state.faults().set_mix(Some(mix));
        return Ok(no_content());
    }
    // The body is parsed again because errors in a `Value` have no line and column.
    let faults = if value.is_array() {
        request.json::<Vec<Fault>>()?
    } else {
        vec![request.json::<Fault>()?]
    };
    let mut queue = state.faults();
    for fault in faults {
        queue.add(fault);
    }
    Ok(no_content())
}

pub(super) fn clear_faults(state: &Arc<AppState>, _: &ControlRequest<'_>) -> Outcome {
    state.faults().clear();
    Ok(no_content())
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Time {
    now: Timestamp,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: u64,
}

pub(super) fn get_clock(state: &Arc<AppState>, _: &ControlRequest<'_>) -> Outcome {
    let now = state.clock.now();
    ok(&Time { now })
}

pub(super) fn set_clock(state: &Arc<AppState>, request: &ControlRequest<'_>) -> Outcome {
    let Time { now } = request.json()?;
    state.clock.set(now);
    get_clock(state, request)
}

pub(super) fn advance_clock(state: &Arc<AppState>, request: &ControlRequest<'_>) -> Outcome {
    let Advance { advance_seconds } = request.json()?;
    state.clock.advance(Duration::from_secs(advance_seconds));
    get_clock(state, request)
}

pub(super) fn list_requests(state: &Arc<AppState>, request: &ControlRequest<'_>) -> Outcome {
    let mut requests = state.requests().list(part(request)?);
    guard::mask_credentials(state, &mut requests);
    ok(&requests)
}

pub(super) fn clear_requests(state: &Arc<AppState>, _: &ControlRequest<'_>) -> Outcome {
    state.requests().clear();
    Ok(no_content())
}

/// Returns the part of a log that the query parameters `since` and `limit` select.
fn part(request: &ControlRequest<'_>) -> Result<LogPart, Problem> {
    let limit = request.number("limit")?;
    let limit = limit.map(|it| usize::try_from(it).unwrap_or(usize::MAX));
    Ok(match (request.number("since")?, limit) {
        (None, None) => LogPart::All,
        (None, Some(limit)) => LogPart::Newest { limit },
        (Some(since), limit) => LogPart::After {
            since,
            limit: limit.unwrap_or(usize::MAX),
        },
    })
}

/// A deployment with its history.
#[derive(Serialize)]
struct History<'a> {
    repository: String,
    deployment: &'a Deployment,
    /// Oldest first.
    statuses: &'a [Status],
}

impl<'a> History<'a> {
    fn new(store: &'a Store, deployment: &'a Deployment) -> History<'a> {
        History {
            repository: store.repository_name(deployment),
            deployment,
            statuses: store.history(deployment.id).unwrap_or_default(),
        }
    }
}

pub(super) fn list_deployments(state: &Arc<AppState>, _: &ControlRequest<'_>) -> Outcome {
    let store = state.store();
    let histories: Vec<_> = store
        .deployments()
        .map(|it| History::new(&store, it))
        .collect();
    ok(&histories)
}

pub(super) fn get_deployment(state: &Arc<AppState>, request: &ControlRequest<'_>) -> Outcome {
    let store = state.store();
    let text = request.parameters.text("id");
    let Some(id) = request.parameters.number("id") else {
        let message = format!("invalid deployment ID {text:?}: expected a number");
        return Err(Problem(StatusCode::BAD_REQUEST, message));
    };
    let deployment = store.deployment(id).ok_or(Error::UnknownDeployment(id))?;
    ok(&History::new(&store, deployment))
}

pub(super) fn list_deliveries(state: &Arc<AppState>, request: &ControlRequest<'_>) -> Outcome {
    ok(&state.webhooks.list(part(request)?))
}

pub(super) fn redeliver(state: &Arc<AppState>, request: &ControlRequest<'_>) -> Outcome {
    let delivery = state.webhooks.redeliver(request.parameters.text("id"))?;
    Ok(json_response(StatusCode::ACCEPTED, &delivery))
}

pub(super) fn get_quirks(state: &Arc<AppState>, _: &ControlRequest<'_>) -> Outcome {
    ok(&*state.quirks())
}

/// Changes the quirks in the body and keeps the others.
pub(super) fn change_quirks(state: &Arc<AppState>, request: &ControlRequest<'_>) -> Outcome {
    let changes: BTreeMap<String, Value> = request.json()?;
    let mut merged = json!(*state.quirks());
    for (name, value) in changes {
        merged[name.as_str()] = value;
    }
    let merged: Quirks = serde_json::from_value(merged).map_err(|error| {
        let message = format!("invalid quirks: {error}");
        Problem(StatusCode::BAD_REQUEST, message)
    })?;
    *state.quirks() = merged;
    ok(&merged)
}

pub(super) fn save_snapshot(state: &Arc<AppState>, _: &ControlRequest<'_>) -> Outcome {
    state.save()?;
    Ok(no_content())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RepositoryChange {
    rename_to: Option<String>,
    archived: Option<bool>,
}

pub(super) fn change_repository(state: &Arc<AppState>, request: &ControlRequest<'_>) -> Outcome {
    let change: RepositoryChange = request.json()?;
    let parameters = &request.parameters;
    let mut name = format!("{}/{}", parameters.text("owner"), parameters.text("repo"));
    let mut store = state.store();
    if let Some(new_name) = change.rename_to {
        name = store.rename_repository(&name, &new_name)?.full_name();
    }
    match change.archived {
        Some(true) => store.archive(&name).map(drop)?,
        Some(false) => store.unarchive(&name).map(drop)?,
        None => {}
    }
    Ok(no_content())
}
