//! Reading with retries, and conditional reading.

use reqwest::header::HeaderValue;
use tokio::time::sleep;
use tracing::Span;

use super::cache::{CachedResponse, Resource};
use super::classify;
use super::delay::Delay;
use super::exchange::Received;
use super::operation::Request;
use super::send::send;
use super::target::Target;
use crate::error::Error;

/// Sends a read request, and repeats it after failures as the policy permits.
pub(crate) async fn read(
    target: &Target,
    request: &Request<'_>,
    etag: Option<&HeaderValue>,
    span: &Span,
) -> Result<Received, Error> {
    let mut run = target.run(span);
    loop {
        let pause = target.core.pacer.quota_pause();
        if !pause.is_zero() && run.permits(pause) {
            run.notify(&Delay::Pacing { wait: pause });
            sleep(pause).await;
        }
        match send(target, request, etag, &mut run).await {
            Ok(received) => {
                run.succeeded(&received.response);
                return Ok(received);
            }
            Err(failure) => {
                run.count(&failure);
                run.pause(failure).await?;
            }
        }
    }
}

/// Reads a resource with a conditional request. The statuses are the cached ones if it has not changed.
pub(crate) async fn read_if_changed(
    target: &Target,
    request: &Request<'_>,
    resource: Resource,
    span: &Span,
) -> Result<Received, Error> {
    let cached = target.state.cached(resource);
    let etag = cached.as_ref().map(|cached| &cached.etag);
    let mut received = read(target, request, etag, span).await?;
    if received.response.status == 304 {
        let cached = cached.ok_or_else(|| classify::invalid_response(&received.response, None))?;
        received.statuses = cached.statuses;
    } else if let Some(etag) = received.response.etag() {
        target.state.cache(CachedResponse {
            resource,
            etag: etag.clone(),
            statuses: received.statuses.clone(),
        });
    }
    Ok(received)
}
