//! `/_emulator/*`: what the Rust API does, for every other language.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::{Method, StatusCode, Uri};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Error;
use crate::faults::{Fault, FaultMix};
use crate::record::{Deployment, Status};
use crate::requests::ReceivedRequest;
use crate::seed::Seed;
use crate::store::Store;
use crate::switches::Switches;
use crate::webhooks::Delivery;
use crate::world::World;

type WorldState = State<Arc<World>>;

/// Larger than any seed should be.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

pub(crate) fn router() -> Router<Arc<World>> {
    let routes = Router::new()
        .route("/health", get(health))
        .route("/reset", post(reset))
        .route("/seed", post(seed))
        .route("/faults", get(faults).post(add_faults).delete(clear_faults))
        .route("/clock", get(clock).put(set_clock).post(advance_clock))
        .route("/requests", get(requests).delete(clear_requests))
        .route("/deployments", get(deployments))
        .route("/deployments/{id}", get(deployment))
        .route("/deliveries", get(deliveries))
        .route("/deliveries/{id}", post(redeliver))
        .route("/switches", get(switches).patch(change_switches))
        .route("/snapshot", post(save))
        .route(
            "/repositories/{owner}/{repo}",
            axum::routing::patch(change_repository),
        )
        .fallback(unknown)
        .method_not_allowed_fallback(unknown)
        .layer(DefaultBodyLimit::max(LARGEST_BODY));
    Router::new().nest("/_emulator", routes)
}

/// What went wrong, as JSON.
struct Problem(StatusCode, String);

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        let status = match error {
            Error::UnknownRepository(_)
            | Error::UnknownDeployment(_)
            | Error::UnknownDelivery(_) => StatusCode::NOT_FOUND,
            Error::RepositoryExists(_) | Error::IdNotRising(_) | Error::NoSnapshot => {
                StatusCode::CONFLICT
            }
            Error::SnapshotWrite { .. } => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        };
        let cause = std::error::Error::source(&error).map(|it| format!(": {it}"));
        let cause = cause.unwrap_or_default();
        Problem(status, format!("failed to {error}{cause}"))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error": self.1}))).into_response()
    }
}

/// Reads a body, whatever content type it claims, so that a bare `curl -d` will do.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| {
        let reason = format!("failed to read the body: {error}");
        Problem(StatusCode::BAD_REQUEST, reason)
    })
}

async fn unknown(method: Method, uri: Uri) -> Problem {
    let reason = format!("failed to find {method} /_emulator{}", uri.path());
    Problem(StatusCode::NOT_FOUND, reason)
}

async fn health(State(world): WorldState) -> Json<Value> {
    Json(json!({
        "status": "ok",
        "profile": world.profile.to_string(),
        "now": world.clock.now().to_string(),
        "requests": world.requests().received(),
    }))
}

async fn reset(State(world): WorldState) -> Result<StatusCode, Problem> {
    world.reset()?;
    Ok(StatusCode::NO_CONTENT)
}

async fn seed(State(world): WorldState, body: Bytes) -> Result<StatusCode, Problem> {
    let seed: Seed = read(&body)?;
    world.plant(&seed)?;
    Ok(StatusCode::NO_CONTENT)
}

/// What lets requests go wrong at random, where others are scripted.
#[derive(Deserialize)]
struct Mix {
    mix: FaultMix,
}

async fn faults(State(world): WorldState) -> Json<Vec<Fault>> {
    Json(world.faults().pending().to_vec())
}

async fn add_faults(State(world): WorldState, body: Bytes) -> Result<StatusCode, Problem> {
    let value: Value = read(&body)?;
    if value.get("mix").is_some() {
        let Mix { mix } = read(&body)?;
        world.faults().set_mix(Some(mix));
    } else {
        let scripted = if value.is_array() {
            read::<Vec<Fault>>(&body)?
        } else {
            vec![read::<Fault>(&body)?]
        };
        let mut faults = world.faults();
        for fault in scripted {
            faults.add(fault);
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn clear_faults(State(world): WorldState) -> StatusCode {
    world.faults().clear();
    StatusCode::NO_CONTENT
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Time {
    now: Timestamp,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    advance_seconds: u64,
}

async fn clock(State(world): WorldState) -> Json<Time> {
    let now = world.clock.now();
    Json(Time { now })
}

async fn set_clock(State(world): WorldState, body: Bytes) -> Result<Json<Time>, Problem> {
    let Time { now } = read(&body)?;
    world.clock.set(now);
    Ok(clock(State(world)).await)
}

async fn advance_clock(State(world): WorldState, body: Bytes) -> Result<Json<Time>, Problem> {
    let Step { advance_seconds } = read(&body)?;
    world.clock.advance(Duration::from_secs(advance_seconds));
    Ok(clock(State(world)).await)
}

async fn requests(State(world): WorldState) -> Json<Vec<ReceivedRequest>> {
    Json(world.requests().list())
}

async fn clear_requests(State(world): WorldState) -> StatusCode {
    world.requests().clear();
    StatusCode::NO_CONTENT
}

/// A deployment and what became of it.
#[derive(Serialize)]
struct Story {
    repository: String,
    deployment: Deployment,
    /// Oldest first.
    statuses: Vec<Status>,
}

impl Story {
    fn of(store: &Store, deployment: &Deployment) -> Story {
        let repository = store.repository(deployment.repository_id);
        let statuses = store.history(deployment.id).unwrap_or_default();
        Story {
            repository: repository.map(|it| it.full_name()).unwrap_or_default(),
            deployment: deployment.clone(),
            statuses: statuses.to_vec(),
        }
    }
}

async fn deployments(State(world): WorldState) -> Json<Vec<Story>> {
    let store = world.store();
    let stories = store.deployments().map(|it| Story::of(&store, it));
    Json(stories.collect())
}

async fn deployment(State(world): WorldState, Path(id): Path<u64>) -> Result<Json<Story>, Problem> {
    let store = world.store();
    let deployment = store.deployment(id).ok_or(Error::UnknownDeployment(id))?;
    Ok(Json(Story::of(&store, deployment)))
}

async fn deliveries(State(world): WorldState) -> Json<Vec<Delivery>> {
    Json(world.webhooks.all())
}

async fn redeliver(
    State(world): WorldState,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<Delivery>), Problem> {
    let delivery = world.webhooks.redeliver(&id)?;
    Ok((StatusCode::ACCEPTED, Json(delivery)))
}

async fn switches(State(world): WorldState) -> Json<Switches> {
    Json(*world.switches())
}

/// Changes those switches that are named.
async fn change_switches(State(world): WorldState, body: Bytes) -> Result<Json<Switches>, Problem> {
    let changes: BTreeMap<String, Value> = read(&body)?;
    let mut merged = json!(*world.switches());
    for (name, value) in changes {
        merged[name.as_str()] = value;
    }
    let merged: Switches = read(merged.to_string().as_bytes())?;
    *world.switches() = merged;
    Ok(Json(merged))
}

async fn save(State(world): WorldState) -> Result<StatusCode, Problem> {
    world.save()?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RepositoryChange {
    rename_to: Option<String>,
    archived: Option<bool>,
}

async fn change_repository(
    State(world): WorldState,
    Path((owner, repo)): Path<(String, String)>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let change: RepositoryChange = read(&body)?;
    let mut name = format!("{owner}/{repo}");
    let mut store = world.store();
    if let Some(new_name) = change.rename_to {
        name = store.rename_repository(&name, &new_name)?.full_name();
    }
    if let Some(archived) = change.archived {
        store.archive_repository(&name, archived)?;
    }
    Ok(StatusCode::NO_CONTENT)
}
