use std::io::Write;

use axum::body::Body;
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, DATE, ETAG, IF_NONE_MATCH,
    SERVER, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use jiff::Timestamp;
use jiff::fmt::rfc2822;

use crate::access::{Actor, TokenKind};
use crate::answer::{Answer, Payload};
use crate::call::Call;
use crate::etag;
use crate::meter::Reading;
use crate::profile::Profile;

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// Smaller bodies are sent as they are.
const SMALLEST_COMPRESSED: usize = 100;

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

/// What headers tell besides the answer itself.
#[derive(Debug)]
pub(crate) struct Occasion<'a> {
    pub(crate) call: &'a Call,
    pub(crate) now: Timestamp,
    /// Counts requests.
    pub(crate) number: u64,
    /// A credential nobody gave out is told little.
    pub(crate) bad_credential: bool,
}

/// Turns an answer into what is sent; a read that brings nothing new becomes a 304.
///
/// `settle` is told whether the request is free, and says how much of the rate limit is used.
pub(crate) fn dress(
    answer: Answer,
    occasion: &Occasion<'_>,
    settle: impl FnOnce(bool) -> Option<Reading>,
) -> Response {
    let call = occasion.call;
    let mut headers = common(call.profile, occasion.now, occasion.number);
    let mut status = answer.status;
    let mut body = Vec::new();
    let kept = status.is_success() && call.method != Method::DELETE;
    let mut tag = None;
    match answer.payload {
        Payload::Empty => {}
        Payload::Json { compact, pretty } => {
            headers.insert(CONTENT_TYPE, JSON);
            if kept {
                tag = Some(etag::hash(&call.headers, &compact));
            }
            body = pretty.unwrap_or(compact);
        }
        Payload::Other(bytes) => body = bytes,
    }
    let fresh = tag.as_ref().is_some_and(|tag| {
        call.method != Method::POST
            && call
                .header(IF_NONE_MATCH)
                .is_some_and(|it| etag::matches(it, tag))
    });
    if fresh {
        status = StatusCode::NOT_MODIFIED;
        body = Vec::new();
        headers.remove(CONTENT_TYPE);
    } else {
        identify(&mut headers, occasion);
    }
    let compressed = status == StatusCode::OK
        && call.wants_gzip()
        && body.len() >= SMALLEST_COMPRESSED
        && compress(&mut body);
    if compressed {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    if let Some(tag) = tag {
        let weak = if compressed { "W/" } else { "" };
        put(&mut headers, ETAG, &format!("{weak}\"{tag}\""));
    }
    vary(&mut headers, call, kept);
    let echoes = answer.echoes_version && !occasion.bad_credential;
    if let Some(version) = call.version.filter(|_| echoes) {
        put_static(&mut headers, "x-github-api-version-selected", version);
    }
    let free = fresh && call.actor.login().is_some();
    if let Some(reading) = settle(free) {
        limits(&mut headers, &reading);
    }
    for (name, value) in answer.headers {
        headers.insert(name, value);
    }
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// The headers of every answer, also of those that no handler gave.
pub(crate) fn common(profile: Profile, now: Timestamp, number: u64) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(32);
    for (name, value) in COMMON {
        put_static(&mut headers, name, value);
    }
    put(&mut headers, DATE, &http_date(now));
    put(
        &mut headers,
        HeaderName::from_static("x-github-request-id"),
        &request_id(now, number),
    );
    if let Some(version) = profile.enterprise_version() {
        headers.remove("x-github-edge-region");
        headers.insert(SERVER, HeaderValue::from_static("GitHub.com"));
        put(
            &mut headers,
            HeaderName::from_static("x-github-enterprise-version"),
            &version,
        );
    }
    headers
}

/// The form of a date in a header.
pub(crate) fn http_date(time: Timestamp) -> String {
    rfc2822::DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&time)
        .unwrap_or_default()
}

/// A request identifier in GitHub's form, different for each number.
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

/// What the answer tells of who asked and of what would have been needed.
fn identify(headers: &mut HeaderMap, occasion: &Occasion<'_>) {
    let call = occasion.call;
    put(
        headers,
        HeaderName::from_static("x-github-media-type"),
        &call.media.echo,
    );
    let Actor::Known(token) = &call.actor else {
        return;
    };
    let classic = token.kind == TokenKind::Classic;
    if classic {
        put(
            headers,
            HeaderName::from_static("x-oauth-scopes"),
            &token.scopes.join(", "),
        );
    }
    if let Some(operation) = call.operation {
        if classic {
            put_static(
                headers,
                "x-accepted-oauth-scopes",
                operation.accepted_scopes(),
            );
        } else if call.profile.tells_permissions() {
            put_static(
                headers,
                "x-accepted-github-permissions",
                operation.accepted_permissions(),
            );
        }
    }
    if let Some(end) = token.expires_at {
        put(
            headers,
            HeaderName::from_static("github-authentication-token-expiration"),
            &end.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        );
    }
}

fn vary(headers: &mut HeaderMap, call: &Call, kept: bool) {
    const ALWAYS: &str = "Accept-Encoding, Accept, X-Requested-With";
    let known = call.headers.contains_key(AUTHORIZATION);
    let (cache, front) = match (kept, known) {
        (false, _) => {
            headers.insert(VARY, HeaderValue::from_static(ALWAYS));
            return;
        }
        (true, true) => (
            "private, max-age=60, s-maxage=60",
            "Accept, Authorization, Cookie, X-GitHub-OTP",
        ),
        (true, false) => ("public, max-age=60, s-maxage=60", "Accept"),
    };
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    put(headers, VARY, &format!("{front},{ALWAYS}"));
}

fn limits(headers: &mut HeaderMap, reading: &Reading) {
    put_static(headers, "x-ratelimit-resource", "core");
    let mut number = |name, value: u64| {
        headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
    };
    number("x-ratelimit-limit", reading.limit);
    number("x-ratelimit-remaining", reading.limit - reading.used);
    number("x-ratelimit-used", reading.used);
    let reset = u64::try_from(reading.reset.as_second()).unwrap_or_default();
    number("x-ratelimit-reset", reset);
}

fn compress(body: &mut Vec<u8>) -> bool {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let compressed = encoder.write_all(body).and_then(|()| encoder.finish());
    match compressed {
        Ok(compressed) => {
            *body = compressed;
            true
        }
        Err(_) => false,
    }
}

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
