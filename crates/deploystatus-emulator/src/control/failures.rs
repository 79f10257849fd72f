//! Failed requests and deliveries, as the page lists them.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::app_state::AppState;
use crate::app_state::request_log::Entry;
use crate::faults::fault::Effect;
use crate::model::operation::Operation;
use crate::webhooks::delivery::Delivery;

/// Maximum number of failures in a list.
const MAX_SHOWN: usize = 6;

/// The failures in the logs of requests and deliveries.
#[derive(Debug, Serialize)]
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
        let (mut creations, mut others) = (Vec::new(), Vec::new());
        let (mut total, mut unfinished) = (0, 0);
        for entry in state.requests().newest_first() {
            unfinished += usize::from(is_creation(entry) && !entry.is_finished);
            let Some(kind) = Kind::of(entry) else {
                continue;
            };
            total += 1;
            let group = match kind {
                Kind::Unstored | Kind::Unconfirmed => &mut creations,
                Kind::Other => &mut others,
            };
            if group.len() < MAX_SHOWN {
                group.push(Failure::of_request(entry, kind));
            }
        }
        let (deliveries, failed_deliveries) = state.webhooks.failed(MAX_SHOWN);
        others.extend(deliveries.into_iter().map(Failure::of_delivery));
        others.sort_by_key(|it| std::cmp::Reverse(it.order));
        creations.extend(others);
        creations.truncate(MAX_SHOWN);
        Failures {
            shown: creations,
            total: total + failed_deliveries,
            unfinished,
        }
    }
}

impl Failure {
    fn of_request(entry: &Entry, kind: Kind) -> Failure {
        Failure {
            order: entry.order,
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
        (None, None) if response.starts_with('3') => format!("{response} (redirect)"),
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
