//! The stages of a request: log, fault, checks, handler, response.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use http::header::{ACCEPT, AUTHORIZATION};
use http::request::Parts;
use hyper::body::{Body as _, Incoming};

use super::body;
use super::connection::{Connection, Disconnect, WritePlan};
use super::work::{Unfinished, Work, pause, prevent_reset};
use crate::api::request_checks::MAX_BODY;
use crate::api::routes::{self, Handler};
use crate::app_state::AppState;
use crate::faults::fault::{Effect, Fault, Timing};
use crate::faults::response::FaultContext;
use crate::http::api_version::ApiVersion;
use crate::http::cors::preflight;
use crate::http::media::Media;
use crate::http::path::PathParameters;
use crate::http::request::{Request, base_urls, strip_prefix};
use crate::http::response::HttpResponse;
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
            None => self.into_work(body).run(Duration::ZERO).await,
            Some(fault) => fail(self.into_work(body), fault, &connection).await,
        }
    }

    fn take_fault(&self) -> Result<Option<Fault>, Disconnect> {
        let _guard = prevent_reset(&self.state, self.resets)?;
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

    /// Separates the work from the connection, now that the whole request was read.
    fn into_work(self, body: Bytes) -> Work {
        let Job { state, head, .. } = self;
        let now = state.clock.now();
        let text = |name| head.headers.get(name)?.to_str().ok();
        let path = head.uri.path();
        let request = Request {
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
        };
        Work {
            state,
            request,
            handler: self.handler,
            resets: self.resets,
            _unfinished: self.unfinished,
        }
    }
}

/// Does the work at the time that the fault sets, and sends the response that it asks for.
async fn fail(
    work: Work,
    fault: Fault,
    connection: &Connection,
) -> Result<HttpResponse, Disconnect> {
    let context = context(&work.state, work.request.number);
    let delay = fault.delay;
    let response = match fault.timing() {
        Timing::BeforeResponse => Some(work.clone().run(delay).await?),
        Timing::Never => {
            pause(delay).await;
            None
        }
        Timing::Late(lateness) => {
            pause(delay).await;
            work.state.spawn(work.clone().run(lateness));
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
        (
            Effect::SecondaryLimit {
                status,
                retry_after,
            },
            _,
        ) => work.exceed_secondary_limit(status, retry_after),
        (effect, _) => Ok(context.respond(&effect)),
    }
}

fn context(state: &AppState, number: u64) -> FaultContext {
    FaultContext {
        profile: state.profile,
        now: state.clock.now(),
        number,
    }
}
