//! Which path leads to which handler, and how a handler finds what the path names.

mod about;
mod deployments;
mod repositories;
mod statuses;

use std::sync::Arc;

use axum::extract::Extension;
use axum::routing::{MethodRouter, get};
use axum::{Router, middleware};
use http::StatusCode;
use http::header::LINK;
use serde::Serialize;

use crate::access::{Denial, Need};
use crate::answer::Answer;
use crate::call::{Call, Target};
use crate::operation::Operation;
use crate::pagination::Page;
use crate::record::Repository;
use crate::store::Found;
use crate::world::World;
use crate::{control, pipeline};

/// What handlers are given besides the path.
type CallExtension = Extension<Arc<Call>>;

/// The API under both fronts, each repository under its name and its number, and the emulator's own routes.
pub(crate) fn router(world: Arc<World>) -> Router {
    let mut api = Router::new()
        .route("/meta", get(about::meta))
        .route("/rate_limit", get(about::rate_limit))
        .route("/user", get(about::user))
        .route("/zen", get(about::zen));
    for front in ["/repos/{owner}/{repo}", "/repositories/{repository_id}"] {
        for (path, handler) in inside_a_repository() {
            api = api.route(&format!("{front}{path}"), handler);
        }
    }
    Router::new()
        .merge(api.clone())
        .nest("/api/v3", api)
        .fallback(unknown)
        .method_not_allowed_fallback(unknown)
        .layer(middleware::from_fn_with_state(
            Arc::clone(&world),
            pipeline::answer,
        ))
        .merge(control::router())
        .with_state(world)
}

fn inside_a_repository() -> [(&'static str, MethodRouter<Arc<World>>); 5] {
    [
        ("", get(repositories::get)),
        (
            "/deployments",
            get(deployments::list).post(deployments::create),
        ),
        (
            "/deployments/{deployment_id}",
            get(deployments::get).delete(deployments::delete),
        ),
        (
            "/deployments/{deployment_id}/statuses",
            get(statuses::list).post(statuses::create),
        ),
        (
            "/deployments/{deployment_id}/statuses/{status_id}",
            get(statuses::get),
        ),
    ]
}

async fn unknown(Extension(call): CallExtension) -> Answer {
    Answer::not_found(&call)
}

/// The repository in the path, if whoever asks may do there what they ask for.
fn repository(world: &World, call: &Call, target: &Target) -> Result<Repository, Answer> {
    let need = call.operation.map_or(Need::See, Operation::need);
    let writes = need == Need::WriteDeployments;
    if writes && call.actor.login().is_none() {
        return Err(Answer::denied(Denial::Unauthenticated, call));
    }
    let without_push = call.switches.write_without_push;
    let found = {
        let store = world.store();
        match target.number("repository_id") {
            Some(id) => store.repository(id).map(Found::Here),
            None => store.find_repository(target.text("owner"), target.text("repo")),
        }
    };
    let repository = match found {
        None => return Err(Answer::not_found(call)),
        Some(Found::Moved(repository)) => {
            let seen = call.actor.check(Need::See, &repository, without_push);
            seen.map_err(|denial| Answer::denied(denial, call))?;
            return Err(Answer::moved(call, repository.id));
        }
        Some(Found::Here(repository)) => repository,
    };
    let allowed = call.actor.check(need, &repository, without_push);
    allowed.map_err(|denial| Answer::denied(denial, call))?;
    if writes && repository.archived {
        let message = "Repository was archived so is read-only.";
        return Err(Answer::error(StatusCode::FORBIDDEN, call, message));
    }
    Ok(repository)
}

/// A page of a listing inside a repository, with the links to its neighbours.
fn listing(
    call: &Call,
    repository: &Repository,
    path: &str,
    page: Page,
    total: usize,
    bodies: &[impl Serialize],
) -> Answer {
    // The links name the repository by its number, whichever way it was asked for.
    let url = format!("{}/repositories/{}{path}", call.base.api, repository.id);
    let answer = Answer::json(StatusCode::OK, call, &bodies);
    match page.link(&url, &call.query, total) {
        Some(link) => answer.header(LINK, &link),
        None => answer,
    }
}
