//! What happens to every request before and after its handler.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use http::StatusCode;
use http::request::Parts;
use http_body_util::BodyExt;

use crate::admission;
use crate::answer::Answer;
use crate::connection::{Hangup, Line, Plan};
use crate::faults::{Effect, Fault, Work};
use crate::headers::{self, Occasion};
use crate::operation::Operation;
use crate::requests::Entry;
use crate::scripted;
use crate::world::World;

/// GitHub does not say how large a body may be.
const LARGEST_BODY: usize = 1024 * 1024;

/// A body above the limit is read up to here, so that its sender gets to read the answer.
const LARGEST_REFUSED_BODY: usize = 16 * LARGEST_BODY;

const SLOWEST_BODY: Duration = Duration::from_secs(30);

/// Answers a request in a task of its own: the work goes on when the client hangs up, and a panic stays inside.
pub(crate) async fn answer(
    State(world): State<Arc<World>>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let matched = parts.extensions.get::<MatchedPath>();
    let operation = matched.and_then(|it| Operation::of(&parts.method, it.as_str()));
    let number = world.requests().begin(Entry {
        number: 0,
        at: world.clock.now(),
        method: parts.method.clone(),
        path: parts.uri.to_string(),
        operation,
        headers: parts.headers.clone(),
        body: Bytes::new(),
        status: None,
        fault: None,
    });
    let job = Job {
        world: Arc::clone(&world),
        number,
        operation,
        parts,
        next,
    };
    match world.spawn(job.answer(body)).await {
        Ok(Some(response)) => return response,
        Ok(None) => return Hangup::response(),
        Err(_panic) => {}
    }
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    world.note_status(number, status);
    scripted::server_error(&world, number, status)
}

/// A request on its way.
struct Job {
    world: Arc<World>,
    number: u64,
    operation: Option<Operation>,
    parts: Parts,
    next: Next,
}

impl Job {
    async fn answer(self, body: Body) -> Response {
        let path = self.parts.uri.path();
        let route = path.strip_prefix("/api/v3").unwrap_or(path);
        let method = self.parts.method.as_str();
        let fault = self.world.faults().take(method, route, self.operation);
        let line = self.parts.extensions.get::<Arc<Line>>().cloned();
        let (world, number) = (Arc::clone(&self.world), self.number);
        world
            .requests()
            .amend(number, |it| it.fault.clone_from(&fault));
        let response = self.fail_or_work(fault, body, line).await;
        if response.extensions().get::<Hangup>().is_none() {
            world.note_status(number, response.status());
        }
        response
    }

    async fn fail_or_work(
        self,
        fault: Option<Fault>,
        body: Body,
        line: Option<Arc<Line>>,
    ) -> Response {
        let plan = |plan: Plan| {
            if let Some(line) = &line {
                line.plan(plan);
            }
        };
        if fault
            .as_ref()
            .is_some_and(|it| it.effect == Effect::Close { reads: false })
        {
            plan(Plan::Reset);
            return Hangup::response();
        }
        let Some(body) = read(body).await else {
            return Hangup::response();
        };
        self.world
            .requests()
            .amend(self.number, |it| it.body = body.clone());
        let Some(fault) = fault else {
            return self.work(body, Duration::ZERO).await;
        };

        let (world, number) = (Arc::clone(&self.world), self.number);
        let keeps_answer = matches!(
            fault.effect,
            Effect::Pass | Effect::CutBody | Effect::Dribble(_)
        );
        let response = match fault.work {
            Work::Undone if !keeps_answer => {
                pause(fault.delay).await;
                None
            }
            Work::Late(lateness) if !keeps_answer => {
                pause(fault.delay).await;
                world.spawn(self.work(body, lateness));
                None
            }
            _ => Some(self.work(body, fault.delay).await),
        };
        if let Some(mistake) = fault.mistake() {
            return scripted::mistake(&world, number, &mistake);
        }
        match (fault.effect, response) {
            (Effect::CutBody, Some(response)) => {
                plan(Plan::CutBody(half_of(&response)));
                response
            }
            (Effect::Dribble(pause), Some(response)) => {
                plan(Plan::Dribble(pause));
                response
            }
            (Effect::Pass, Some(response)) => response,
            (Effect::Close { .. }, _) => Hangup::response(),
            (effect, _) => scripted::response(&world, number, &effect),
        }
    }

    /// Does what the request asks, which takes a while.
    async fn work(self, body: Bytes, duration: Duration) -> Response {
        let Job {
            world,
            number,
            operation,
            mut parts,
            next,
        } = self;
        let admission = admission::admit(&world, &parts, body, operation);
        let call = Arc::new(admission.call);
        pause(duration).await;
        let answer = if let Some(refusal) = admission.refusal {
            refusal
        } else {
            parts.extensions.insert(Arc::clone(&call));
            let mut response = next.run(Request::from_parts(parts, Body::empty())).await;
            let answer = response.extensions_mut().remove::<Answer>();
            answer.unwrap_or_else(|| Answer::not_found(&call))
        };
        let now = world.clock.now();
        let occasion = Occasion {
            call: &call,
            now,
            number,
            bad_credential: admission.bad_credential,
        };
        headers::dress(answer, &occasion, |free| {
            let login = call.actor.login();
            let mut meter = world.meter();
            if admission.counted {
                meter.finish(login, free);
            }
            meter
                .reading(login, now)
                .filter(|_| !admission.bad_credential)
        })
    }
}

impl World {
    fn note_status(&self, number: u64, status: StatusCode) {
        self.requests()
            .amend(number, |it| it.status = Some(status.as_u16()));
    }
}

/// Even a sleep of no length takes up to a millisecond, so there is none.
async fn pause(duration: Duration) {
    if !duration.is_zero() {
        tokio::time::sleep(duration).await;
    }
}

/// The whole body, or so much of it that it is certainly too large; none if the client goes away or stalls.
async fn read(mut body: Body) -> Option<Bytes> {
    let reading = async {
        let mut bytes = BytesMut::new();
        let mut length = 0;
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.ok()?.into_data() else {
                continue;
            };
            length += data.len();
            if length > LARGEST_REFUSED_BODY {
                break;
            }
            if length <= LARGEST_BODY {
                bytes.extend_from_slice(&data);
            } else if bytes.len() <= LARGEST_BODY {
                // One byte too many is enough to be refused by.
                bytes.resize(LARGEST_BODY + 1, 0);
            }
        }
        Some(bytes.freeze())
    };
    tokio::time::timeout(SLOWEST_BODY, reading).await.ok()?
}

/// Whether a body is above the limit.
pub(crate) fn is_too_large(body: &Bytes) -> bool {
    body.len() > LARGEST_BODY
}

fn half_of(response: &Response) -> u64 {
    use axum::body::HttpBody;
    response.body().size_hint().lower() / 2
}
