//! Headers of responses, conditional requests and compression.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, DATE, ETAG, IF_NONE_MATCH,
    SERVER, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::etag;
use super::rate_limiter::{Cost, RateLimit};
use super::request::Request;
use super::response::{Content, HttpResponse, Response, full_body};
use crate::access::Actor;
use crate::access::token::TokenKind;
use crate::model::profile::Profile;

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// Bodies with fewer bytes are not compressed.
const MIN_COMPRESSED: usize = 100;

const COMMON: [(&str, &str); 10] = [
    (
        "access-control-expose-headers",
        "ETag, Link, Location, Retry-After, X-GitHub-OTP, X-RateLimit-Limit, X-RateLimit-Remaining, \
         X-RateLimit-Used, X-RateLimit-Resource, X-RateLimit-Reset, X-OAuth-Scopes, \
         X-Accepted-OAuth-Scopes, X-Poll-Interval, X-GitHub-Media-Type, X-GitHub-SSO, \
         X-GitHub-Request-Id, Deprecation, Sunset, Warning",
    ),
    ("access-control-allow-origin", "*"),
    (
        "strict-transport-security",
        "max-age=31536000; includeSubdomains; preload",
    ),
    ("x-frame-options", "deny"),
    ("x-content-type-options", "nosniff"),
    ("x-xss-protection", "0"),
    (
        "referrer-policy",
        "origin-when-cross-origin, strict-origin-when-cross-origin",
    ),
    ("content-security-policy", "default-src 'none'"),
    ("x-github-edge-region", "fra"),
    ("server", "github.com"),
];

/// The values that a response depends on besides its content.
#[derive(Debug)]
pub(crate) struct ResponseContext<'a> {
    pub(crate) request: &'a Request,
    pub(crate) now: Timestamp,
    /// The rate limit to report, or `None` to omit its headers.
    pub(crate) rate_limit: Option<RateLimit>,
}

/// A response whose body is final: the condition and the compression were applied.
#[derive(Debug)]
pub(crate) struct Draft {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Vec<u8>,
    content_type: Option<HeaderValue>,
    is_compressed: bool,
    /// `true` for successful reads and creations, which may be cached.
    is_cacheable: bool,
    entity_tag: Option<String>,
    echoes_version: bool,
}

impl Draft {
    /// Applies the condition and the accepted encodings of a request to a response.
    pub(crate) fn new(response: Response, request: &Request) -> Draft {
        let is_cacheable = response.status.is_success() && request.method != Method::DELETE;
        let mut draft = Draft {
            status: response.status,
            headers: response.headers,
            body: Vec::new(),
            content_type: None,
            is_compressed: false,
            is_cacheable,
            entity_tag: None,
            echoes_version: response.echoes_version,
        };
        match response.content {
            Content::Empty => {}
            Content::Other(bytes) => draft.body = bytes,
            Content::Json { compact, indented } => {
                draft.content_type = Some(JSON);
                draft.entity_tag = is_cacheable.then(|| etag::hash(&request.headers, &compact));
                draft.body = indented.unwrap_or(compact);
            }
        }
        draft.apply_condition(request);
        if draft.status == StatusCode::OK && request.accepts_gzip() {
            draft.compress();
        }
        draft
    }

    /// Returns the cost of the request for the rate limit. An authenticated 304 is free.
    pub(crate) fn cost(&self, request: &Request) -> Cost {
        if self.is_not_modified() && request.actor.login().is_some() {
            Cost::Free
        } else {
            Cost::Counted
        }
    }

    /// Adds the common headers.
    pub(crate) fn into_response(self, context: &ResponseContext<'_>) -> HttpResponse {
        let request = context.request;
        let mut headers = common(request.profile, context.now, request.number);
        if self.status != StatusCode::NOT_MODIFIED {
            if let Some(content_type) = self.content_type {
                headers.insert(CONTENT_TYPE, content_type);
            }
            add_identity(&mut headers, request);
        }
        if self.is_compressed {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        if let Some(tag) = &self.entity_tag {
            let weak = if self.is_compressed { "W/" } else { "" };
            put(&mut headers, ETAG, &format!("{weak}\"{tag}\""));
        }
        add_caching(&mut headers, request, self.is_cacheable);
        let echoes_version = self.echoes_version && !request.has_bad_credential();
        if let Some(version) = request.version.selected().filter(|_| echoes_version) {
            put_static(&mut headers, "x-github-api-version-selected", version);
        }
        if let Some(rate_limit) = &context.rate_limit {
            add_rate_limit(&mut headers, rate_limit);
        }
        for (name, value) in self.headers {
            headers.insert(name, value);
        }
        let mut response = HttpResponse::new(full_body(self.body));
        *response.status_mut() = self.status;
        *response.headers_mut() = headers;
        response
    }

    fn apply_condition(&mut self, request: &Request) {
        let condition = request.header(IF_NONE_MATCH);
        let (Some(tag), Some(condition)) = (&self.entity_tag, condition) else {
            return;
        };
        if request.method != Method::POST && etag::matches(condition, tag) {
            self.status = StatusCode::NOT_MODIFIED;
            self.body = Vec::new();
        }
    }

    fn compress(&mut self) {
        if self.body.len() < MIN_COMPRESSED {
            return;
        }
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        let written = encoder.write_all(&self.body);
        if let Ok(compressed) = written.and_then(|()| encoder.finish()) {
            self.body = compressed;
            self.is_compressed = true;
        }
    }

    fn is_not_modified(&self) -> bool {
        self.status == StatusCode::NOT_MODIFIED
    }
}

/// Returns the headers that all responses have, including those of faults.
pub(crate) fn common(profile: Profile, now: Timestamp, number: u64) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(32);
    for (name, value) in COMMON {
        put_static(&mut headers, name, value);
    }
    put(&mut headers, DATE, &http_date(now));
    let id = HeaderName::from_static("x-github-request-id");
    put(&mut headers, id, &request_id(now, number));
    if let Some(version) = profile.enterprise_version() {
        headers.remove("x-github-edge-region");
        headers.insert(SERVER, HeaderValue::from_static("GitHub.com"));
        let name = HeaderName::from_static("x-github-enterprise-version");
        put(&mut headers, name, &version);
    }
    headers
}

/// Formats a time for a header.
pub(crate) fn http_date(time: Timestamp) -> String {
    rfc2822::DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&time)
        .unwrap_or_default()
}

/// Returns a request ID in GitHub's form.
pub(crate) fn request_id(now: Timestamp, number: u64) -> String {
    format!(
        "{:04X}:{:05X}:{:07X}:{:07X}:{:08X}",
        0xC000 + number % 0x4000,
        0x1_0000 + number % 0xF_0000,
        0x20_0000 + number,
        0x40_0000 + number,
        now.as_second()
    )
}

/// Adds the accepted media types, and the scopes or permissions of the token.
fn add_identity(headers: &mut HeaderMap, request: &Request) {
    let echo = request.media.as_ref().map_or("", |it| &it.echo);
    let name = HeaderName::from_static("x-github-media-type");
    put(headers, name, echo);
    let Actor::Known(token) = &request.actor else {
        return;
    };
    let is_classic = token.kind == TokenKind::Classic;
    if is_classic {
        let name = HeaderName::from_static("x-oauth-scopes");
        put(headers, name, &token.scopes.join(", "));
    }
    if let Some(operation) = request.operation {
        if is_classic {
            let scopes = operation.accepted_scopes();
            put_static(headers, "x-accepted-oauth-scopes", scopes);
        } else if request.profile.sends_accepted_permissions() {
            let permissions = operation.accepted_permissions();
            put_static(headers, "x-accepted-github-permissions", permissions);
        }
    }
    if let Some(end) = token.expires_at {
        let name = HeaderName::from_static("github-authentication-token-expiration");
        put(
            headers,
            name,
            &end.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        );
    }
}

fn add_caching(headers: &mut HeaderMap, request: &Request, is_cacheable: bool) {
    const ALWAYS: &str = "Accept-Encoding, Accept, X-Requested-With";
    if !is_cacheable {
        headers.insert(VARY, HeaderValue::from_static(ALWAYS));
        return;
    }
    let (cache, vary) = if request.headers.contains_key(AUTHORIZATION) {
        (
            "private, max-age=60, s-maxage=60",
            "Accept, Authorization, Cookie, X-GitHub-OTP",
        )
    } else {
        ("public, max-age=60, s-maxage=60", "Accept")
    };
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    put(headers, VARY, &format!("{vary},{ALWAYS}"));
}

fn add_rate_limit(headers: &mut HeaderMap, rate_limit: &RateLimit) {
    put_static(headers, "x-ratelimit-resource", "core");
    let reset = u64::try_from(rate_limit.reset.as_second()).unwrap_or_default();
    for (name, value) in [
        ("x-ratelimit-limit", rate_limit.limit),
        ("x-ratelimit-remaining", rate_limit.remaining()),
        ("x-ratelimit-used", rate_limit.used),
        ("x-ratelimit-reset", reset),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
    }
}

/// Adds a header. A value that is not valid in a header is dropped.
fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn put_static(headers: &mut HeaderMap, name: &'static str, value: &'static str) {
    headers.insert(
        HeaderName::from_static(name),
        HeaderValue::from_static(value),
    );
}
