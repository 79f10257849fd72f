//! A response as received.

use bytes::Bytes;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use tokio::time::Instant;

use super::headers::{DATE, ETAG};
use super::token::scrub;
use crate::error::text::clean;

/// A response as received, before it is classified.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) url: Url,
    /// `None` if the body was cut off or too long.
    pub(crate) body: Option<Bytes>,
    pub(crate) received: Instant,
    /// The `Authorization` header of the request, to be removed from texts that repeat it.
    pub(crate) token: Option<HeaderValue>,
}

impl Response {
    /// Returns a header, or `None` if it is missing or not text.
    pub(crate) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns a header with the token removed, for use in messages.
    pub(crate) fn scrubbed_header(&self, name: &HeaderName) -> Option<String> {
        Some(self.scrub(self.header(name)?.to_owned()))
    }

    pub(crate) fn etag(&self) -> Option<&HeaderValue> {
        self.headers.get(ETAG)
    }

    /// Returns the body, or an empty one if it was not received completely.
    pub(crate) fn body(&self) -> &[u8] {
        self.body.as_deref().unwrap_or_default()
    }

    /// Returns the server's time, or the time of this machine if the response has no `Date`.
    pub(crate) fn server_time(&self) -> Timestamp {
        let date = self.header(&DATE).and_then(parse_http_date);
        date.unwrap_or_else(Timestamp::now)
    }

    /// Removes the token from a text that the server sent.
    pub(crate) fn scrub(&self, text: String) -> String {
        scrub(text, self.token.as_ref())
    }

    /// Returns the start of the body as one line without markup, or `None` if it is empty.
    pub(crate) fn excerpt(&self) -> Option<String> {
        let body = self.body();
        // This many bytes fill the line even if the body starts with markup.
        let text = String::from_utf8_lossy(&body[..body.len().min(4096)]);
        let mut line = String::new();
        let mut in_tag = false;
        for character in text.chars() {
            match character {
                '<' => in_tag = true,
                '>' if in_tag => {
                    in_tag = false;
                    line.push(' ');
                }
                _ if in_tag => {}
                _ => line.push(character),
            }
        }
        let excerpt = clean(&self.scrub(line), MAX_EXCERPT);
        (!excerpt.is_empty()).then_some(excerpt)
    }
}

const MAX_EXCERPT: usize = 120;

/// Parses an HTTP date such as `Fri, 20 Nov 2026 21:53:49 GMT`.
pub(crate) fn parse_http_date(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new()
        .relaxed_weekday(true)
        .parse_timestamp(text)
        .ok()
}
