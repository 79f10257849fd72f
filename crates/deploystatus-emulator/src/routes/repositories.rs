//! The route of a repository.

use std::sync::Arc;

use axum::extract::{Extension, State};
use http::StatusCode;
use http::header::LAST_MODIFIED;

use super::{CallExtension, repository};
use crate::access::Need;
use crate::answer::Answer;
use crate::call::Target;
use crate::headers::http_date;
use crate::wire::RepositoryBody;
use crate::world::World;

pub(super) async fn get(
    State(world): State<Arc<World>>,
    Extension(call): CallExtension,
    target: Target,
) -> Result<Answer, Answer> {
    let repository = repository(&world, &call, &target)?;
    let push = call.actor.check(
        Need::WriteDeployments,
        &repository,
        call.switches.write_without_push,
    );
    let body = RepositoryBody {
        repository: &repository,
        base: &call.base,
        style: call.style(),
        may_push: call.actor.login().map(|_| push.is_ok()),
    };
    let changed = http_date(repository.created_at);
    Ok(Answer::json(StatusCode::OK, &call, &body).header(LAST_MODIFIED, &changed))
}
