//! The work of a request: its checks and its handler.

use std::sync::{Arc, RwLockReadGuard};
use std::time::Duration;

use http::StatusCode;

use super::connection::Disconnect;
use crate::api::request_checks;
use crate::api::routes::Handler;
use crate::app_state::AppState;
use crate::app_state::request_log::Entry;
use crate::faults::fault::RetryAfter;
use crate::http::headers::{Draft, ResponseContext};
use crate::http::request::Request;
use crate::http::response::{HttpResponse, Response};

/// A request that was read, with what its handling needs.
#[derive(Clone)]
pub(super) struct Work {
    pub(super) state: Arc<AppState>,
    pub(super) request: Request,
    pub(super) handler: Option<Handler>,
    /// Number of resets when the request was received.
    pub(super) resets: u64,
    pub(super) _unfinished: Arc<Unfinished>,
}

/// Marks a request in the log as finished when the last clone is dropped.
pub(super) struct Unfinished {
    pub(super) state: Arc<AppState>,
    pub(super) number: u64,
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let mut requests = self.state.requests();
        requests.update(self.number, |it| it.is_finished = true);
    }
}

impl Work {
    /// Checks and handles the request. The work takes `duration` after the checks.
    pub(super) async fn run(self, duration: Duration) -> Result<HttpResponse, Disconnect> {
        let (state, request) = (&self.state, &self.request);
        let checked = {
            let _guard = prevent_reset(state, self.resets)?;
            request_checks::check(state, request)
        };
        pause(duration).await;
        let _guard = prevent_reset(state, self.resets)?;
        Ok(handle(state, request, checked, self.handler))
    }

    /// Creates the response that an exceeded secondary limit has if limits are enforced.
    pub(super) fn exceed_secondary_limit(
        &self,
        status: u16,
        retry_after: RetryAfter,
    ) -> Result<HttpResponse, Disconnect> {
        let (state, request) = (&self.state, &self.request);
        let _guard = prevent_reset(state, self.resets)?;
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::FORBIDDEN);
        let retry_after = retry_after.header(state.clock.now());
        let response = request_checks::secondary_limit(request, status, retry_after.as_deref());
        Ok(render(state, request, Draft::new(response, request)))
    }
}

/// Prevents resets while the guard exists, or fails if there was one since the request was received.
pub(super) fn prevent_reset(
    state: &AppState,
    resets: u64,
) -> Result<RwLockReadGuard<'_, u64>, Disconnect> {
    let current = state.resets();
    if *current == resets {
        Ok(current)
    } else {
        Err(Disconnect)
    }
}

/// Handles a request after its checks.
fn handle(
    state: &AppState,
    request: &Request,
    checked: Result<(), Response>,
    handler: Option<Handler>,
) -> HttpResponse {
    let is_counted = checked.is_ok() && request_checks::is_counted(request);
    let response = match (checked, handler) {
        (Err(refusal), _) => refusal,
        (Ok(()), None) => Response::not_found(request),
        (Ok(()), Some(handler)) => handler(state, request).unwrap_or_else(|refusal| refusal),
    };
    if let Some(refusal) = response.refusal() {
        let log = |it: &mut Entry| it.refusal = Some(refusal.into_boxed_str());
        state.requests().update(request.number, log);
    }
    let draft = Draft::new(response, request);
    if is_counted {
        let cost = draft.cost(request);
        state.rate_limiter().finish(request.actor.login(), cost);
    }
    render(state, request, draft)
}

/// Adds the common headers, which report the current rate limit.
fn render(state: &AppState, request: &Request, draft: Draft) -> HttpResponse {
    let (now, rate_limit) = {
        let mut rate_limiter = state.rate_limiter();
        let now = state.clock.now();
        (now, rate_limiter.current(request.actor.login(), now))
    };
    draft.into_response(&ResponseContext {
        request,
        now,
        rate_limit: rate_limit.filter(|_| !request.has_bad_credential()),
    })
}

/// Sleeps, unless the duration is zero: even the shortest sleep takes up to a millisecond.
pub(super) async fn pause(duration: Duration) {
    if !duration.is_zero() {
        tokio::time::sleep(duration).await;
    }
}
