//! The stream of server-sent events that the page shows.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http_body_util::BodyExt;
use hyper::body::{Body, Frame};
use serde::Serialize;
use tokio::sync::mpsc;

use super::failures::{Failures, failure_of};
use super::guard;
use super::message::{ControlRequest, Problem};
use crate::app_state::AppState;
use crate::app_state::request_log::ReceivedRequest;
use crate::faults::queue::ListedFault;
use crate::http::response::HttpResponse;
use crate::model::log_part::LogPart;
use crate::model::quirks::Quirks;
use crate::model::{Deployment, Status};
use crate::webhooks::delivery::Delivery;

/// Interval at which changes are looked for.
const INTERVAL: Duration = Duration::from_millis(250);

/// Number of intervals without a change after which an event is sent, so that proxies keep the connection.
const MAX_IDLE: u32 = 40;

/// Maximum number of requests, deliveries, deployments and statuses of a deployment in an event.
const MAX_ROWS: usize = 100;

/// Maximum number of characters of a body in an event.
const MAX_BODY: usize = 2_000;

/// The content of an event.
#[derive(Serialize)]
struct Overview<'a> {
    profile: String,
    api_url: String,
    clock_is_running: bool,
    /// Part of the event so that setting the clock is a change.
    clock_offset_ms: i64,
    faults: Vec<ListedFault<'a>>,
    quirks: Quirks,
    failures: Failures,
    /// Oldest first, like the following lists.
    requests: Vec<RequestRow>,
    deployments: Vec<Row<'a>>,
    deliveries: Vec<Delivery>,
}

/// A request with the text about its failure.
#[derive(Serialize)]
struct RequestRow {
    failure: Option<String>,
    #[serde(flatten)]
    request: ReceivedRequest,
}

/// A deployment with its newest statuses.
#[derive(Serialize)]
struct Row<'a> {
    repository: String,
    deployment: &'a Deployment,
    statuses: Vec<StatusRow<'a>>,
}

#[derive(Serialize)]
struct StatusRow<'a> {
    order: i64,
    #[serde(flatten)]
    status: &'a Status,
}

/// A body that is sent piece by piece.
struct Events(mpsc::Receiver<Bytes>);

impl Body for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let received = self.0.poll_recv(context);
        received.map(|bytes| Some(Ok(Frame::data(bytes?))))
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "all handlers have the type that the routes need"
)]
pub(super) fn get(state: &Arc<AppState>, _: &ControlRequest<'_>) -> Result<HttpResponse, Problem> {
    let (sender, receiver) = mpsc::channel(1);
    state.spawn(send(Arc::clone(state), sender));
    let mut response = HttpResponse::new(Events(receiver).boxed_unsync());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Sends an event for each change until the client disconnects.
async fn send(state: Arc<AppState>, sender: mpsc::Sender<Bytes>) {
    let mut last = String::new();
    let mut idle = 0;
    loop {
        let overview = overview(&state);
        idle += 1;
        if overview != last || idle >= MAX_IDLE {
            let now = state.clock.now();
            let event = format!("data: {{\"now\":\"{now}\",\"overview\":{overview}}}\n\n");
            if sender.send(Bytes::from(event)).await.is_err() {
                return;
            }
            (last, idle) = (overview, 0);
        }
        tokio::select! {
            () = tokio::time::sleep(INTERVAL) => {}
            () = sender.closed() => return,
        }
    }
}

fn overview(state: &AppState) -> String {
    let requests = request_rows(state);
    let failures = Failures::collect(state);
    let mut deliveries = state.webhooks.list(LogPart::Newest { limit: MAX_ROWS });
    for delivery in &mut deliveries {
        shorten(&mut delivery.body);
        if let Some(body) = &mut delivery.response_body {
            shorten(body);
        }
    }
    let quirks = *state.quirks();
    let faults = state.faults();
    let store = state.store();
    let mut deployments: Vec<_> = store.newest_deployments(MAX_ROWS).collect();
    deployments.reverse();
    let row = |deployment| Row {
        repository: store.repository_name(deployment),
        deployment,
        statuses: store
            .newest_statuses(deployment.id, MAX_ROWS)
            .into_iter()
            .map(|(order, status)| StatusRow { order, status })
            .collect(),
    };
    let overview = Overview {
        profile: state.profile.to_string(),
        api_url: state.base_urls().api,
        clock_is_running: state.clock.is_running(),
        clock_offset_ms: state.clock.offset_ms(),
        faults: faults.list(),
        quirks,
        failures,
        requests,
        deployments: deployments.into_iter().map(row).collect(),
        deliveries,
    };
    // Serialization cannot fail, because all keys are strings.
    serde_json::to_string(&overview).unwrap_or_default()
}

fn request_rows(state: &AppState) -> Vec<RequestRow> {
    let row = |entry| RequestRow {
        failure: failure_of(entry),
        request: ReceivedRequest::from(entry),
    };
    let mut rows: Vec<_> = state
        .requests()
        .newest_first()
        .take(MAX_ROWS)
        .map(row)
        .collect();
    rows.reverse();
    guard::mask_credentials(state, rows.iter_mut().map(|it| &mut it.request));
    for row in &mut rows {
        shorten(&mut row.request.body);
    }
    rows
}

fn shorten(text: &mut String) {
    if let Some((end, _)) = text.char_indices().nth(MAX_BODY) {
        text.truncate(end);
        text.push('…');
    }
}
