//! One span a call, in OpenTelemetry's names for HTTP.

use tracing::Span;
use tracing::field::{Empty, display};

use crate::Error;
use crate::deployment::Deployment;
use crate::header::{RATE_REMAINING, REQUEST_ID};
use crate::reply::Reply;

/// The span of a call, which is filled in as answers come.
pub(crate) fn span(operation: &'static str, deployment: &Deployment) -> Span {
    let span = tracing::info_span!(
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
    );
    if !span.is_disabled() {
        let method = if operation.starts_with("create") {
            "POST"
        } else {
            "GET"
        };
        span.record("deploystatus.repository", deployment.repository());
        span.record("deploystatus.deployment", deployment.id());
        span.record("server.address", deployment.core().base.url.host_str());
        span.record("http.request.method", method);
    }
    span
}

/// Notes an answer, after this many attempts before it.
pub(crate) fn record(reply: &Reply, resends: u32) {
    let span = Span::current();
    if span.is_disabled() {
        return;
    }
    span.record("http.response.status_code", reply.status);
    span.record("http.request.resend_count", resends);
    span.record("github.request_id", reply.header(&REQUEST_ID));
    span.record("github.ratelimit.remaining", reply.header(&RATE_REMAINING));
}

/// Notes a failure, after this many attempts, it included.
pub(crate) fn record_failure(error: &Error, attempts: u32) {
    let span = Span::current();
    if span.is_disabled() {
        return;
    }
    span.record("http.response.status_code", error.status());
    span.record("http.request.resend_count", attempts - 1);
    span.record("github.request_id", error.request_id());
    span.record("error.type", display(error));
}
