//! The log of received requests.

use std::collections::VecDeque;

use bytes::Bytes;
use http::{HeaderMap, Method};
use jiff::Timestamp;
use serde::Serialize;
use tokio::time::Instant;

use crate::faults::fault::Fault;
use crate::model::clock::order_now;
use crate::model::log_part::LogPart;
use crate::model::operation::Operation;

/// A request that the emulator received.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ReceivedRequest {
    /// Number of the request, counted from 1.
    pub number: u64,
    /// Time at which the request was received, on the emulator's clock.
    pub at: Timestamp,
    /// Method.
    pub method: String,
    /// Path with query.
    pub path: String,
    /// Operation, or `None` if the path or method is unknown.
    pub operation: Option<Operation>,
    /// Headers. Names are in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: String,
    /// Status code of the response, or `None` if no response was sent.
    pub status: Option<u16>,
    /// Time from the request to the response in milliseconds, or `None` if no response was sent.
    pub duration_ms: Option<u64>,
    /// Fault that changed the response, or `None` if there was none.
    pub fault: Option<Fault>,
    /// ID of the deployment or status that the request created, or `None` if it created none.
    ///
    /// A request can create an object although a fault changed its response.
    pub created: Option<u64>,
    /// Reason for which the emulator refused the request, or `None` if it did not.
    pub refusal: Option<String>,
    /// `true` if the request and its work have ended, also without a response.
    ///
    /// A fault can delay the work until after the response.
    pub is_finished: bool,
    /// Orders requests, statuses and deliveries, in microseconds of the system clock.
    order: i64,
}

impl ReceivedRequest {
    /// Returns the value of a header. The case of the name does not matter.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let named = |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
        Some(&self.headers.iter().find(named)?.1)
    }
}

/// The newest requests.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    received: u64,
    entries: VecDeque<Entry>,
}

/// A request as the log stores it.
#[derive(Debug)]
pub(crate) struct Entry {
    number: u64,
    pub(crate) at: Timestamp,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) operation: Option<Operation>,
    headers: StoredHeaders,
    pub(crate) body: Bytes,
    pub(crate) status: Option<u16>,
    started: Instant,
    duration_ms: Option<u64>,
    pub(crate) fault: Option<Fault>,
    pub(crate) created: Option<u64>,
    pub(crate) refusal: Option<Box<str>>,
    pub(crate) is_finished: bool,
    pub(crate) order: i64,
}

/// Maximum number of requests in the log. Older ones are dropped.
const MAX_REQUESTS: usize = 10_000;

impl RequestLog {
    /// Returns the number of all requests that were received.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// Adds a request and returns its number.
    pub(crate) fn add(
        &mut self,
        head: &http::request::Parts,
        operation: Option<Operation>,
        now: Timestamp,
    ) -> u64 {
        self.received += 1;
        if self.entries.len() == MAX_REQUESTS {
            self.entries.pop_front();
        }
        self.entries.push_back(Entry {
            number: self.received,
            at: now,
            method: head.method.clone(),
            path: head.uri.to_string(),
            operation,
            headers: StoredHeaders::new(&head.headers),
            body: Bytes::new(),
            status: None,
            started: Instant::now(),
            duration_ms: None,
            fault: None,
            created: None,
            refusal: None,
            is_finished: false,
            order: order_now(),
        });
        self.received
    }

    /// Changes a request, if it is still in the log.
    pub(crate) fn update(&mut self, number: u64, change: impl FnOnce(&mut Entry)) {
        let first = self.entries.front().map_or(0, |it| it.number);
        let index = number
            .checked_sub(first)
            .and_then(|it| usize::try_from(it).ok());
        if let Some(entry) = index.and_then(|it| self.entries.get_mut(it)) {
            change(entry);
        }
    }

    /// Returns the requests in a part of the log, oldest first.
    pub(crate) fn list(&self, part: LogPart) -> Vec<ReceivedRequest> {
        let range = part.range(&self.entries, |it| it.number);
        let requests = self.entries.range(range);
        requests.map(ReceivedRequest::from).collect()
    }

    /// Returns the requests, newest first.
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().rev()
    }

    pub(crate) fn clear(&mut self) {
        self.entries = VecDeque::new();
    }
}

impl From<&Entry> for ReceivedRequest {
    fn from(entry: &Entry) -> ReceivedRequest {
        ReceivedRequest {
            number: entry.number,
            at: entry.at,
            method: entry.method.to_string(),
            path: entry.path.clone(),
            operation: entry.operation,
            headers: entry.headers.list(),
            body: String::from_utf8_lossy(&entry.body).into_owned(),
            status: entry.status,
            duration_ms: entry.duration_ms,
            is_finished: entry.is_finished,
            order: entry.order,
            fault: entry.fault.clone(),
            created: entry.created,
            refusal: entry.refusal.as_deref().map(str::to_owned),
        }
    }
}

impl Entry {
    /// Stores the status code and the time of the response.
    pub(crate) fn finish(&mut self, status: u16) {
        let duration = self.started.elapsed().as_millis();
        self.status = Some(status);
        self.duration_ms = u64::try_from(duration).ok();
    }
}

/// Headers in one allocation: name, line feed, value, line feed.
///
/// A `HeaderMap` would keep the whole read buffer of its connection alive.
#[derive(Debug)]
struct StoredHeaders(Box<[u8]>);

impl StoredHeaders {
    fn new(headers: &HeaderMap) -> StoredHeaders {
        let mut bytes = Vec::new();
        for (name, value) in headers {
            bytes.extend_from_slice(name.as_str().as_bytes());
            bytes.push(b'\n');
            bytes.extend_from_slice(value.as_bytes());
            bytes.push(b'\n');
        }
        StoredHeaders(bytes.into_boxed_slice())
    }

    fn list(&self) -> Vec<(String, String)> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let lines: Vec<&[u8]> = self.0.split(|it| *it == b'\n').collect();
        let pairs = lines.chunks_exact(2);
        pairs.map(|it| (text(it[0]), text(it[1]))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(log: &mut RequestLog) -> u64 {
        let request = http::Request::get("/zen").header("user-agent", "t");
        let (head, ()) = request.body(()).unwrap().into_parts();
        log.add(&head, None, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn log_holds_the_last_ten_thousand_requests() {
        let mut log = RequestLog::default();
        for number in 1..=10_001 {
            assert_eq!(add(&mut log), number);
        }
        log.update(1, |_| panic!("the first request was dropped"));
        log.update(10_001, |it| it.finish(200));
        let requests = log.list(LogPart::All);
        assert_eq!(requests.len(), 10_000);
        assert_eq!((requests[0].number, requests[9_999].number), (2, 10_001));
        assert_eq!(requests[9_999].status, Some(200));
        assert_eq!(requests[0].header("User-Agent"), Some("t"));
    }

    #[test]
    fn update_ignores_requests_from_before_a_clear() {
        let mut log = RequestLog::default();
        let before = add(&mut log);
        log.clear();
        add(&mut log);
        log.update(before, |_| panic!("that request was dropped"));
    }
}
