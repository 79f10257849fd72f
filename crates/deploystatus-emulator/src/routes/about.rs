//! What the server tells about itself and about whoever asks.

use std::sync::Arc;

use axum::extract::{Extension, State};
use http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::CallExtension;
use crate::access::{Actor, Denial, TokenKind};
use crate::answer::Answer;
use crate::profile::API_VERSIONS;
use crate::wire::UserBody;
use crate::world::World;

/// The user as they see themselves.
#[derive(Serialize)]
struct Myself {
    #[serde(flatten)]
    user: UserBody,
    name: Option<String>,
    company: Option<String>,
    blog: &'static str,
    location: Option<String>,
    email: Option<String>,
    hireable: Option<bool>,
    bio: Option<String>,
    public_repos: u64,
    public_gists: u64,
    followers: u64,
    following: u64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// 2020-01-01T00:00:00Z, long before anything happens here.
const JOINED: Timestamp = Timestamp::constant(1_577_836_800, 0);

pub(super) async fn user(
    State(world): State<Arc<World>>,
    Extension(call): CallExtension,
) -> Result<Answer, Answer> {
    let token = match &call.actor {
        Actor::Anonymous => return Err(Answer::denied(Denial::Unauthenticated, &call)),
        Actor::Known(token) => token,
    };
    if matches!(token.kind, TokenKind::App | TokenKind::Actions) {
        return Err(Answer::denied(Denial::NotAccessibleByIntegration, &call));
    }
    let user = world.store().user(&token.login);
    let body = Myself {
        user: UserBody::new(&user, &call.base, call.style()),
        name: None,
        company: None,
        blog: "",
        location: None,
        email: None,
        hireable: None,
        bio: None,
        public_repos: 0,
        public_gists: 0,
        followers: 0,
        following: 0,
        created_at: JOINED,
        updated_at: JOINED,
    };
    Ok(Answer::json(StatusCode::OK, &call, &body))
}

pub(super) async fn rate_limit(
    State(world): State<Arc<World>>,
    Extension(call): CallExtension,
) -> Result<Answer, Answer> {
    let now = world.clock.now();
    let reading = world.meter().reading(call.actor.login(), now);
    let Some(reading) = reading else {
        let message = "Rate limiting is not enabled.";
        return Err(Answer::error(StatusCode::NOT_FOUND, &call, message));
    };
    let core = json!({
        "limit": reading.limit,
        "used": reading.used,
        "remaining": reading.limit - reading.used,
        "reset": reading.reset.as_second(),
    });
    // Nothing here can be searched, but clients insist on the resource.
    let search = json!({
        "limit": 30,
        "used": 0,
        "remaining": 30,
        "reset": now.as_second() + 60,
    });
    let mut body = json!({"resources": {"core": core, "search": search}});
    // The newer version no longer repeats the first resource.
    if call.version != Some(API_VERSIONS[1]) {
        body["rate"] = core;
    }
    Ok(Answer::json(StatusCode::OK, &call, &body))
}

pub(super) async fn meta(Extension(call): CallExtension) -> Answer {
    let mut body = json!({"verifiable_password_authentication": false});
    if let Some(version) = call.profile.enterprise_version() {
        body["installed_version"] = Value::String(version);
    }
    Answer::json(StatusCode::OK, &call, &body)
}

pub(super) async fn zen() -> Answer {
    Answer::text(StatusCode::OK, "Say it once, and say it truly.")
}
