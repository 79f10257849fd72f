//! One span for each call, with the field names of OpenTelemetry.

use tracing::Span;
use tracing::field::Empty;

use crate::error::Error;
use crate::http::headers::{RATE_REMAINING, REQUEST_ID};
use crate::http::response::Response;

/// Creates the span of a call. Its fields are recorded as responses arrive.
pub(crate) fn span(operation: &'static str) -> Span {
    tracing::info_span!(
        "deploystatus",
        otel.kind = "client",
        deploystatus.operation = operation,
        deploystatus.repository = Empty,
        deploystatus.deployment = Empty,
        server.address = Empty,
        http.request.method = Empty,
        http.request.resend_count = Empty,
        http.response.status_code = Empty,
        github.request_id = Empty,
        github.ratelimit.remaining = Empty,
        error.r#type = Empty,
    )
}

/// Records a successful response after `resends` failed attempts.
pub(crate) fn record(span: &Span, response: &Response, resends: u32) {
    if span.is_disabled() {
        return;
    }
    span.record("http.response.status_code", response.status);
    span.record("http.request.resend_count", resends);
    span.record("github.request_id", response.header(&REQUEST_ID));
    span.record(
        "github.ratelimit.remaining",
        response.header(&RATE_REMAINING),
    );
    // A field of a span cannot be removed, so an empty text replaces the error of an earlier attempt.
    span.record("error.type", "");
}

/// Records a failed attempt, the `attempts`-th of its call.
pub(crate) fn record_failure(span: &Span, error: &Error, attempts: u32) {
    if span.is_disabled() {
        return;
    }
    span.record("http.response.status_code", error.status());
    span.record("http.request.resend_count", attempts.saturating_sub(1));
    span.record("github.request_id", error.request_id());
    span.record("error.type", error.kind().name());
}
