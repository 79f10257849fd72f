//! The routes of deployments.

use std::sync::Arc;

use axum::extract::{Extension, State};
use http::StatusCode;
use http::header::LOCATION;

use super::{CallExtension, listing, repository};
use crate::answer::Answer;
use crate::call::Target;
use crate::pagination::{Page, parameter};
use crate::store::{DeploymentFilter, Refusal};
use crate::validation;
use crate::wire::DeploymentBody;
use crate::world::World;

pub(super) async fn list(
    State(world): State<Arc<World>>,
    Extension(call): CallExtension,
    target: Target,
) -> Result<Answer, Answer> {
    let repository = repository(&world, &call, &target)?;
    // GitHub documents `none` as the value that filters nothing.
    let wanted = |name| parameter(&call.query, name).filter(|it| !it.is_empty() && it != "none");
    let filter = DeploymentFilter {
        environment: wanted("environment"),
        reference: wanted("ref"),
        sha: wanted("sha"),
        task: wanted("task"),
    };
    let page = Page::of(&call.query);
    let (deployments, total) = world.store().list_deployments(repository.id, &filter, page);
    let bodies: Vec<DeploymentBody<'_>> = deployments
        .iter()
        .map(|it| DeploymentBody::new(it, &repository, &call.base, call.style()))
        .collect();
    Ok(listing(
        &call,
        &repository,
        "/deployments",
        page,
        total,
        &bodies,
    ))
}

pub(super) async fn create(
    State(world): State<Arc<World>>,
    Extension(call): CallExtension,
    target: Target,
) -> Result<Answer, Answer> {
    let repository = repository(&world, &call, &target)?;
    let new = validation::deployment(&call).map_err(|it| it.answer(&call))?;
    let creator = world.store().user(call.actor.login().unwrap_or_default());
    let deployment = world
        .create_deployment(&repository, new, creator, &call.base)
        .map_err(|_| Answer::not_found(&call))?;
    let body = DeploymentBody::new(&deployment, &repository, &call.base, call.style());
    Ok(Answer::json(StatusCode::CREATED, &call, &body).header(LOCATION, &body.url))
}

pub(super) async fn get(
    State(world): State<Arc<World>>,
    Extension(call): CallExtension,
    target: Target,
) -> Result<Answer, Answer> {
    let repository = repository(&world, &call, &target)?;
    let store = world.store();
    let deployment = target
        .number("deployment_id")
        .and_then(|id| store.deployment_in(repository.id, id))
        .ok_or_else(|| Answer::not_found(&call))?;
    let body = DeploymentBody::new(deployment, &repository, &call.base, call.style());
    Ok(Answer::json(StatusCode::OK, &call, &body))
}

pub(super) async fn delete(
    State(world): State<Arc<World>>,
    Extension(call): CallExtension,
    target: Target,
) -> Result<Answer, Answer> {
    let repository = repository(&world, &call, &target)?;
    let id = target.number("deployment_id");
    let id = id.ok_or_else(|| Answer::not_found(&call))?;
    let deleted = world.store().delete_deployment(repository.id, id);
    match deleted {
        Ok(()) => Ok(Answer::empty(StatusCode::NO_CONTENT)),
        Err(Refusal::Unknown) => Err(Answer::not_found(&call)),
        Err(Refusal::Active) => {
            let message = "We cannot delete an active deployment unless it is the only deployment \
                           in a given environment.";
            Err(Answer::error(
                StatusCode::UNPROCESSABLE_ENTITY,
                &call,
                message,
            ))
        }
    }
}
