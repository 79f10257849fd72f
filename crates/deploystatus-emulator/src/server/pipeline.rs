//! The stages of a request: log, fault, checks, handler, response.

use std::sync::{Arc, RwLockReadGuard};
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use http::header::{ACCEPT, AUTHORIZATION};
use http::request::Parts;
use hyper::body::{Body as _, Incoming};

use super::body;
use super::connection::{Connection, Disconnect, WritePlan};
use crate::api::request_checks::{self, MAX_BODY};
use crate::api::routes::{self, Handler};
use crate::app_state::AppState;
use crate::app_state::request_log::Entry;
use crate::faults::fault::{Effect, Fault, Timing};
use crate::faults::response::FaultContext;
use crate::http::api_version::ApiVersion;
use crate::http::cors::preflight;
use crate::http::headers::{Draft, ResponseContext};
use crate::http::media::Media;
use crate::http::path::PathParameters;
use crate::http::request::{Request, base_urls, strip_prefix};
use crate::http::response::{HttpResponse, Response};
use crate::model::operation::Operation;

/// Responds to a request in a task of its own, so that the work continues if the client disconnects.
pub(super) async fn respond(
    state: Arc<AppState>,
    connection: Arc<Connection>,
    head: Parts,
    incoming: Incoming,
) -> Result<HttpResponse, Disconnect> {
    let route = routes::find(&head.method, head.uri.path());
    let operation = route.as_ref().map(|((_, _, operation, _), _)| *operation);
    let (number, resets) = {
        let resets = state.resets();
        let now = state.clock.now();
        (state.requests().add(&head, operation, now), *resets)
    };
    let unfinished = Arc::new(Unfinished {
        state: Arc::clone(&state),
        number,
    });
    if head.method == Method::OPTIONS {
        let response = preflight(state.profile, state.clock.now(), number);
        log_status(&state, number, &response);
        return Ok(response);
    }
    let (handler, parameters) = match route {
        Some(((_, _, _, handler), parameters)) => (Some(*handler), parameters),
        None => (None, PathParameters::default()),
    };
    let job = Job {
        state: Arc::clone(&state),
        number,
        operation,
        handler,
        parameters,
        head,
        resets,
        unfinished: Arc::clone(&unfinished),
    };
    match state.spawn(job.run(connection, incoming)).await {
        Ok(Some(result)) => result,
        Ok(None) => Err(Disconnect),
        Err(_panic) => {
            let response = context(&state, number).server_error();
            log_status(&state, number, &response);
            Ok(response)
        }
    }
}

fn log_status(state: &AppState, number: u64, response: &HttpResponse) {
    let status = response.status().as_u16();
    state.requests().update(number, |it| it.finish(status));
}

/// Marks a request in the log as finished when the last clone is dropped.
struct Unfinished {
    state: Arc<AppState>,
    number: u64,
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let mut requests = self.state.requests();
        requests.update(self.number, |it| it.is_finished = true);
    }
}

/// A request that is being handled.
struct Job {
    state: Arc<AppState>,
    number: u64,
    operation: Option<Operation>,
    handler: Option<Handler>,
    parameters: PathParameters,
    head: Parts,
    /// Number of resets when the request was received.
    resets: u64,
    unfinished: Arc<Unfinished>,
}

impl Job {
    async fn run(
        self,
        connection: Arc<Connection>,
        incoming: Incoming,
    ) -> Result<HttpResponse, Disconnect> {
        let (state, number) = (Arc::clone(&self.state), self.number);
        let _unfinished = Arc::clone(&self.unfinished);
        let response = self.respond(connection, incoming).await?;
        log_status(&state, number, &response);
        Ok(response)
    }

    async fn respond(
        self,
        connection: Arc<Connection>,
        incoming: Incoming,
    ) -> Result<HttpResponse, Disconnect> {
        let fault = self.take_fault()?;
        if fault.as_ref().is_some_and(|it| it.effect == Effect::Reset) {
            connection.plan(WritePlan::Reset);
            return Err(Disconnect);
        }
        let body = body::read(incoming, MAX_BODY).await?;
        self.state
            .requests()
            .update(self.number, |it| it.body = body.clone());
        match fault {
            None => self.work(body, Duration::ZERO).await,
            Some(fault) => self.fail(fault, body, &connection).await,
        }
    }

    fn take_fault(&self) -> Result<Option<Fault>, Disconnect> {
        let _unreset = unreset(&self.state, self.resets)?;
        let path = strip_prefix(self.head.uri.path());
        let method = self.head.method.as_str();
        let fault = self.state.faults().take(method, path, self.operation);
        if fault.is_some() {
            self.state
                .requests()
                .update(self.number, |it| it.fault.clone_from(&fault));
        }
        Ok(fault)
    }

    /// Does the work at the time that the fault sets, and sends the response that it asks for.
    async fn fail(
        self,
        fault: Fault,
        body: Bytes,
        connection: &Connection,
    ) -> Result<HttpResponse, Disconnect> {
        let context = context(&self.state, self.number);
        let delay = fault.delay;
        let response = match fault.timing() {
            Timing::BeforeResponse => Some(self.work(body, delay).await?),
            Timing::Never => {
                pause(delay).await;
                None
            }
            Timing::Late(lateness) => {
                pause(delay).await;
                let state = Arc::clone(&self.state);
                state.spawn(self.work(body, lateness));
                None
            }
        };
        if let Err(reason) = fault.validate() {
            return Ok(context.invalid_fault(&reason));
        }
        match (fault.effect, response) {
            (Effect::Close | Effect::Reset, _) => Err(Disconnect),
            (Effect::Pass, Some(response)) => Ok(response),
            (Effect::CutBody, Some(response)) => {
                let length = response.body().size_hint().lower();
                connection.plan(WritePlan::CutBody(length / 2));
                Ok(response)
            }
            (Effect::Dribble(pause), Some(response)) => {
                connection.plan(WritePlan::Dribble(pause));
                Ok(response)
            }
            (effect, _) => Ok(context.respond(&effect)),
        }
    }

    /// Checks and handles the request. The work takes `duration` after the checks.
    async fn work(self, body: Bytes, duration: Duration) -> Result<HttpResponse, Disconnect> {
        let (state, handler, resets) = (Arc::clone(&self.state), self.handler, self.resets);
        let _unfinished = Arc::clone(&self.unfinished);
        let request = self.into_request(body);
        let checked = {
            let _unreset = unreset(&state, resets)?;
            request_checks::check(&state, &request)
        };
        pause(duration).await;
        let _unreset = unreset(&state, resets)?;
        Ok(handle(&state, &request, checked, handler))
    }

    fn into_request(self, body: Bytes) -> Request {
        let now = self.state.clock.now();
        let (state, head) = (self.state, self.head);
        let text = |name| head.headers.get(name)?.to_str().ok();
        let path = head.uri.path();
        Request {
            number: self.number,
            operation: self.operation,
            parameters: self.parameters,
            query: head.uri.query().unwrap_or_default().to_owned(),
            base: base_urls(&head.headers, path, &state.origin),
            media: Media::parse(text(ACCEPT)),
            actor: state.tokens().identify(text(AUTHORIZATION), now),
            version: ApiVersion::parse(state.profile, &head.headers, now),
            profile: state.profile,
            quirks: *state.quirks(),
            received_at: now,
            path: path.to_owned(),
            method: head.method,
            headers: head.headers,
            body,
        }
    }
}

/// Prevents resets while the guard exists, or fails if there was one since the request was received.
fn unreset(state: &AppState, resets: u64) -> Result<RwLockReadGuard<'_, u64>, Disconnect> {
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
    let now = state.clock.now();
    let login = request.actor.login();
    let rate_limit = {
        let mut rate_limiter = state.rate_limiter();
        if is_counted {
            rate_limiter.finish(login, draft.cost(request));
        }
        rate_limiter.current(login, now)
    };
    draft.into_response(&ResponseContext {
        request,
        now,
        rate_limit: rate_limit.filter(|_| !request.has_bad_credential()),
    })
}

fn context(state: &AppState, number: u64) -> FaultContext {
    FaultContext {
        profile: state.profile,
        now: state.clock.now(),
        number,
    }
}

/// Sleeps, unless the duration is zero: even the shortest sleep takes up to a millisecond.
async fn pause(duration: Duration) {
    if !duration.is_zero() {
        tokio::time::sleep(duration).await;
    }
}
