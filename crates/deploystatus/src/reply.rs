//! An answer as it came, before anybody decides what it means.

use bytes::Bytes;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use tokio::time::Instant;

use crate::header::{DATE, ETAG};
use crate::token::scrub;

/// Everything a server sent in answer to one request.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) url: Url,
    /// Nothing when it broke off or was too long.
    pub(crate) body: Option<Bytes>,
    pub(crate) received: Instant,
    /// What the request proved itself with, so that no text repeats it.
    pub(crate) token: Option<HeaderValue>,
}

impl Reply {
    /// A header, if it is there and readable.
    pub(crate) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(crate) fn etag(&self) -> Option<&HeaderValue> {
        self.headers.get(ETAG)
    }

    /// The body, or nothing of it when it did not come whole.
    pub(crate) fn whole_body(&self) -> &[u8] {
        self.body.as_deref().unwrap_or_default()
    }

    /// When the server sent it, by the server's clock.
    pub(crate) fn date(&self) -> Option<Timestamp> {
        http_date(self.header(&DATE)?)
    }

    /// The server's clock, or ours when it does not tell.
    pub(crate) fn server_time(&self) -> Timestamp {
        self.date().unwrap_or_else(Timestamp::now)
    }

    /// A text of the server without the token, should the server have repeated it.
    pub(crate) fn scrub(&self, text: String) -> String {
        scrub(text, self.token.as_ref())
    }

    /// The beginning of the body as one short line of text, without markup.
    pub(crate) fn excerpt(&self) -> Option<String> {
        let body = self.whole_body();
        // Enough to fill the line even when it starts with markup.
        let text = String::from_utf8_lossy(&body[..body.len().min(4096)]);
        let mut line = String::new();
        let mut in_tag = false;
        for letter in text.chars() {
            match letter {
                '<' => in_tag = true,
                '>' if in_tag => {
                    in_tag = false;
                    line.push(' ');
                }
                _ if in_tag => {}
                _ if letter.is_control() => line.push(' '),
                _ => line.push(letter),
            }
        }
        let line = self.scrub(line);
        let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut short: String = words.chars().take(EXCERPT).collect();
        if short.len() < words.len() {
            short.push('…');
        }
        (!short.is_empty()).then_some(short)
    }
}

const EXCERPT: usize = 120;

/// Reads the dates that HTTP writes, such as `Fri, 20 Nov 2026 21:53:49 GMT`.
pub(crate) fn http_date(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new()
        .relaxed_weekday(true)
        .parse_timestamp(text)
        .ok()
}
