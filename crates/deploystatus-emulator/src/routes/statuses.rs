//! The routes of statuses.

use std::sync::Arc;

use axum::extract::{Extension, State};
use http::StatusCode;
use http::header::LOCATION;

use super::{CallExtension, listing, repository};
use crate::answer::Answer;
use crate::call::{Call, Target};
use crate::pagination::Page;
use crate::switches::{AutoInactive, FirstCheck};
use crate::validation;
use crate::wire::StatusBody;
use crate::world::{Reporter, World};

pub(super) async fn list(
    State(world): State<Arc<World>>,
    Extension(call): CallExtension,
    target: Target,
) -> Result<Answer, Answer> {
    let repository = repository(&world, &call, &target)?;
    let id = deployment_id(&world, &call, &target, repository.id)?;
    let page = Page::of(&call.query);
    let listed = world.store().list_statuses(id, page);
    let (statuses, total) = listed.ok_or_else(|| Answer::not_found(&call))?;
    let bodies: Vec<StatusBody<'_>> = statuses
        .iter()
        .map(|it| StatusBody::new(it, &repository, &call.base, call.style()))
        .collect();
    let path = format!("/deployments/{id}/statuses");
    Ok(listing(&call, &repository, &path, page, total, &bodies))
}

pub(super) async fn create(
    State(world): State<Arc<World>>,
    Extension(call): CallExtension,
    target: Target,
) -> Result<Answer, Answer> {
    let repository = repository(&world, &call, &target)?;
    let found = deployment_id(&world, &call, &target, repository.id);
    if call.switches.first_check == FirstCheck::Deployment {
        found.clone()?;
    }
    let new = validation::status(&call).map_err(|it| it.answer(&call))?;
    let id = found?;
    if let Some(most) = call.switches.max_statuses {
        let count = world.store().history(id).map_or(0, <[_]>::len);
        if count >= most {
            return Err(validation::too_many_statuses(&call));
        }
    }
    let login = call.actor.login().unwrap_or_default();
    let user = world.store().user(login);
    let reporter = Reporter {
        user,
        base: &call.base,
        scope: auto_inactive(&call),
    };
    let status = world
        .create_status(id, new, &reporter)
        .map_err(|_| Answer::not_found(&call))?;
    let body = StatusBody::new(&status, &repository, &call.base, call.style());
    Ok(Answer::json(StatusCode::CREATED, &call, &body).header(LOCATION, &body.url))
}

pub(super) async fn get(
    State(world): State<Arc<World>>,
    Extension(call): CallExtension,
    target: Target,
) -> Result<Answer, Answer> {
    let repository = repository(&world, &call, &target)?;
    let id = deployment_id(&world, &call, &target, repository.id)?;
    let status = target
        .number("status_id")
        .and_then(|status_id| world.store().status(id, status_id))
        .ok_or_else(|| Answer::not_found(&call))?;
    let body = StatusBody::new(&status, &repository, &call.base, call.style());
    Ok(Answer::json(StatusCode::OK, &call, &body))
}

/// The deployment in the path, if the repository has it.
fn deployment_id(
    world: &World,
    call: &Call,
    target: &Target,
    repository_id: u64,
) -> Result<u64, Answer> {
    let store = world.store();
    let deployment = target
        .number("deployment_id")
        .and_then(|id| store.deployment_in(repository_id, id));
    Ok(deployment.ok_or_else(|| Answer::not_found(call))?.id)
}

/// While there were previews, one of them decided whether production was included.
fn auto_inactive(call: &Call) -> AutoInactive {
    match (call.profile.has_previews(), call.media.has_preview("flash")) {
        (true, true) => AutoInactive::Observed,
        (true, false) => AutoInactive::Documented,
        (false, _) => call.switches.auto_inactive,
    }
}
