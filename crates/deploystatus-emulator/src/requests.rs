use std::collections::VecDeque;

use http::HeaderMap;
use jiff::Timestamp;
use serde::Serialize;

use crate::faults::Fault;
use crate::operation::Operation;

/// A request the emulator received.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ReceivedRequest {
    /// Counts the requests, from one.
    pub number: u64,
    /// When it came, on the emulator's clock.
    pub at: Timestamp,
    /// The method.
    pub method: String,
    /// The path with the query.
    pub path: String,
    /// What it asked for, if that is something the emulator knows.
    pub operation: Option<Operation>,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
    /// The status it was answered with; none if it was not answered (yet).
    pub status: Option<u16>,
    /// What went wrong with it on purpose.
    pub fault: Option<Fault>,
}

impl ReceivedRequest {
    /// The value of a header, which may be named in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let named = |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
        Some(&self.headers.iter().find(named)?.1)
    }
}

/// The last requests.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    received: u64,
    entries: VecDeque<Entry>,
}

#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) number: u64,
    pub(crate) at: Timestamp,
    pub(crate) method: http::Method,
    pub(crate) path: String,
    pub(crate) operation: Option<Operation>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: bytes::Bytes,
    pub(crate) status: Option<u16>,
    pub(crate) fault: Option<Fault>,
}

/// Older requests are forgotten, so that a long-lived emulator does not fill up.
pub(crate) const REMEMBERED: usize = 10_000;

impl RequestLog {
    /// How many requests came in all.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// Notes a request and gives it its number.
    pub(crate) fn begin(&mut self, mut entry: Entry) -> u64 {
        self.received += 1;
        entry.number = self.received;
        if self.entries.len() == REMEMBERED {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
        self.received
    }

    /// Notes more about a request that came before.
    pub(crate) fn amend(&mut self, number: u64, change: impl FnOnce(&mut Entry)) {
        let first = self.entries.front().map_or(0, |it| it.number);
        // A request from before the log was cleared is no longer in it.
        let index = number
            .checked_sub(first)
            .and_then(|it| usize::try_from(it).ok());
        if let Some(entry) = index.and_then(|it| self.entries.get_mut(it)) {
            change(entry);
        }
    }

    pub(crate) fn list(&self) -> Vec<ReceivedRequest> {
        self.entries.iter().map(Entry::as_received).collect()
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }
}

impl Entry {
    fn as_received(&self) -> ReceivedRequest {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let headers = self.headers.iter();
        ReceivedRequest {
            number: self.number,
            at: self.at,
            method: self.method.to_string(),
            path: self.path.clone(),
            operation: self.operation,
            headers: headers
                .map(|(name, value)| (name.to_string(), text(value.as_bytes())))
                .collect(),
            body: text(&self.body),
            status: self.status,
            fault: self.fault.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            number: 0,
            at: Timestamp::UNIX_EPOCH,
            method: http::Method::GET,
            path: "/zen".to_owned(),
            operation: None,
            headers: HeaderMap::new(),
            body: bytes::Bytes::new(),
            status: None,
            fault: None,
        }
    }

    #[test]
    fn only_the_last_ten_thousand_requests_are_remembered() {
        let mut log = RequestLog::default();
        for number in 1..=10_001 {
            assert_eq!(log.begin(entry()), number);
        }
        log.amend(1, |_| panic!("the first is forgotten"));
        log.amend(10_001, |it| it.status = Some(200));
        let requests = log.list();
        assert_eq!(requests.len(), 10_000);
        assert_eq!((requests[0].number, requests[9_999].number), (2, 10_001));
        assert_eq!(requests[9_999].status, Some(200));
    }

    #[test]
    fn a_request_from_before_the_log_was_cleared_changes_nothing() {
        let mut log = RequestLog::default();
        let before = log.begin(entry());
        log.clear();
        log.begin(entry());
        log.amend(before, |_| panic!("that request is forgotten"));
    }
}
