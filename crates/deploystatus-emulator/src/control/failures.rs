//! Failed requests and deliveries, as the page lists them.

use std::cmp::Reverse;
use std::collections::HashSet;

use bytes::Bytes;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::app_state::AppState;
use crate::app_state::request_log::{Entry, RequestLog};
use crate::faults::fault::Effect;
use crate::http::request::strip_prefix;
use crate::model::operation::Operation;
use crate::webhooks::delivery::Delivery;

/// Maximum number of failures in a list.
const MAX_SHOWN: usize = 6;

/// The failures in the logs of requests and deliveries.
#[derive(Debug, Default, Serialize)]
pub(super) struct Failures {
    /// Failed creations, then other failures. Each group is ordered from newest to oldest.
    shown: Vec<Failure>,
    total: usize,
    /// Number of creations that have not finished.
    unfinished: usize,
}

/// A failure with a text for people.
#[derive(Debug, Serialize)]
struct Failure {
    #[serde(skip)]
    order: i64,
    #[serde(skip)]
    is_creation: bool,
    at: Timestamp,
    subject: String,
    text: String,
    /// `true` if an object was not stored.
    is_loss: bool,
}

/// Kind of a failed request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The request asked for an object that was not stored.
    Unstored,
    /// The object was stored, and the client received no usable response.
    Unconfirmed,
    /// The request was not a creation.
    Other,
}

impl Failures {
    /// Collects the failures from the whole logs.
    pub(super) fn collect(state: &AppState) -> Failures {
        let mut failures = Failures::of_requests(&state.requests());
        let (deliveries, failed_deliveries) = state.webhooks.failed(MAX_SHOWN);
        failures.total += failed_deliveries;
        let deliveries = deliveries.into_iter().map(Failure::of_delivery);
        failures.shown.extend(deliveries);
        let shown = &mut failures.shown;
        shown.sort_by_key(|it| (!it.is_creation, Reverse(it.order)));
        shown.truncate(MAX_SHOWN);
        failures
    }

    /// Collects the newest failed creations and the newest other failures.
    fn of_requests(log: &RequestLog) -> Failures {
        let mut failures = Failures::default();
        let (mut creations, mut others) = (0, 0);
        // A redirect leads to a path with the ID of the repository.
        let mut stored_by_id = HashSet::new();
        for entry in log.newest_first() {
            failures.unfinished += usize::from(is_creation(entry) && !entry.is_finished);
            if entry.created.is_some() && strip_prefix(&entry.path).starts_with("/repositories/") {
                stored_by_id.insert(content(entry));
            }
            let Some(kind) = Kind::of(entry) else {
                continue;
            };
            let is_loss = kind == Kind::Unstored;
            if is_loss && is_redirect(entry) && stored_by_id.contains(&content(entry)) {
                continue;
            }
            failures.total += 1;
            let count = match kind {
                Kind::Unstored | Kind::Unconfirmed => &mut creations,
                Kind::Other => &mut others,
            };
            *count += 1;
            if *count <= MAX_SHOWN {
                failures.shown.push(Failure::of_request(entry, kind));
            }
        }
        failures
    }
}

impl Failure {
    fn of_request(entry: &Entry, kind: Kind) -> Failure {
        Failure {
            order: entry.order,
            is_creation: kind != Kind::Other,
            at: entry.at,
            subject: subject(entry),
            text: text(entry, kind),
            is_loss: kind == Kind::Unstored,
        }
    }

    fn of_delivery(delivery: Delivery) -> Failure {
        let status = delivery.status.map(|it| it.to_string());
        let result = delivery.error.or(status).unwrap_or_default();
        Failure {
            order: delivery.order,
            is_creation: false,
            at: delivery.created_at,
            subject: delivery.event,
            text: format!("was not accepted by {}: {result}", delivery.url),
            is_loss: false,
        }
    }
}

impl Kind {
    /// Returns the kind of a request's failure, or `None` if it succeeded or has not finished.
    fn of(entry: &Entry) -> Option<Kind> {
        if !entry.is_finished {
            return None;
        }
        let is_lost = entry.status.is_none() || is_cut(entry);
        let reaches = |code| is_lost || entry.status.is_some_and(|it| it >= code);
        match (is_creation(entry), entry.created) {
            (_, Some(_)) => reaches(300).then_some(Kind::Unconfirmed),
            (true, None) => Some(Kind::Unstored),
            (false, None) => reaches(400).then_some(Kind::Other),
        }
    }
}

/// Returns the text about the failure of a request, or `None` if it succeeded or has not finished.
pub(super) fn failure_of(entry: &Entry) -> Option<String> {
    Kind::of(entry).map(|kind| text(entry, kind))
}

fn is_creation(entry: &Entry) -> bool {
    entry.operation.is_some_and(Operation::is_creation)
}

fn is_redirect(entry: &Entry) -> bool {
    entry.status.is_some_and(|it| (300..400).contains(&it))
}

/// Returns the path inside the repository and the body, which stay the same when a client follows a redirect.
fn content(entry: &Entry) -> (&str, &Bytes) {
    let start = entry.path.rfind("/deployments").unwrap_or_default();
    (&entry.path[start..], &entry.body)
}

fn is_cut(entry: &Entry) -> bool {
    let effect = entry.fault.as_ref().map(|it| &it.effect);
    effect == Some(&Effect::CutBody)
}

fn text(entry: &Entry, kind: Kind) -> String {
    let result = result(entry);
    match (kind, entry.created) {
        (Kind::Unconfirmed, Some(id)) => {
            format!("was stored as {id}, but the client received {result}")
        }
        (Kind::Other, _) => format!("failed: {result}"),
        _ if entry.status.is_some_and(|it| it < 300) => {
            format!("was not stored, but the client received {result}")
        }
        _ => format!("was not stored: {result}"),
    }
}

/// Returns the response as the client received it, with the reason.
fn result(entry: &Entry) -> String {
    let response = match entry.status {
        _ if is_cut(entry) => "half a response".to_owned(),
        Some(status) => status.to_string(),
        // Without a fault, every complete request gets a response.
        None if entry.fault.is_none() => return "incomplete request".to_owned(),
        None => "no response".to_owned(),
    };
    match (&entry.fault, &entry.refusal) {
        (Some(_), _) => format!("{response} (fault)"),
        (None, Some(refusal)) => format!("{response} {refusal}"),
        (None, None) if is_redirect(entry) => format!("{response} (redirect)"),
        (None, None) => response,
    }
}

/// Returns the deployment and the state of a new status, or the method and path of another request.
fn subject(entry: &Entry) -> String {
    let path = entry.path.split('?').next().unwrap_or_default();
    let deployment = path
        .strip_suffix("/statuses")
        .and_then(|it| it.rsplit('/').next())
        .filter(|_| entry.operation == Some(Operation::CreateStatus));
    let Some(deployment) = deployment else {
        return format!("{} {}", entry.method, entry.path);
    };
    let body: Value = serde_json::from_slice(&entry.body).unwrap_or_default();
    let state = body["state"].as_str().unwrap_or("a status");
    format!("#{deployment} {state}")
}
