//! One call's way in and out of the generated client.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use progenitor_client::{ClientHooks, ClientInfo, Error, OperationInfo};
use reqwest::header::HeaderMap;
use reqwest::{Request, Response, ResponseBuilderExt, StatusCode, Url};

use crate::Client;

/// Carries what one call needs into the generated client, and brings out what really came back.
///
/// The generated methods hide the headers of an error and the body of a surprise.
/// An exchange is made for each call and given to a [`Client`] that lives as long as the call;
/// a clone of it, kept by the caller, then tells what was received.
///
/// A new exchange waits 30 seconds for the whole call and reads bodies of up to 8 MiB.
#[derive(Clone)]
pub struct Exchange {
    headers: HeaderMap,
    address: Option<Url>,
    timeout: Duration,
    body_limit: usize,
    hands_out_body: bool,
    answer: Arc<Mutex<Option<Answer>>>,
}

impl Exchange {
    /// An exchange with no headers of its own, 30 seconds of time and room for 8 MiB.
    #[must_use]
    pub fn new() -> Self {
        Self {
            headers: HeaderMap::new(),
            address: None,
            timeout: Duration::from_secs(30),
            body_limit: 8 * 1024 * 1024,
            hands_out_body: false,
            answer: Arc::default(),
        }
    }

    /// Sends these headers, each in place of what the generated client would send under its name.
    #[must_use]
    pub fn headers(mut self, headers: HeaderMap) -> Self {
        self.headers = headers;
        self
    }

    /// Sends the request to this address, whatever address the generated client would give it.
    ///
    /// A repository that was renamed answers at an address that the description does not have.
    #[must_use]
    pub fn address(mut self, address: Url) -> Self {
        self.address = Some(address);
        self
    }

    /// Gives up when the whole call, its body included, takes longer than this.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Stops reading a body that is longer than this many bytes.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Leaves the body undecoded, for the caller to decode once and in its own way.
    ///
    /// The generated method then sees an empty body, and what it returns means nothing.
    #[must_use]
    pub fn hand_out_body(mut self) -> Self {
        self.hands_out_body = true;
        self
    }

    /// Takes what was received, or nothing when no answer has come.
    ///
    /// Status and headers are here from the moment they came, even if the body then broke off.
    #[must_use]
    pub fn take_answer(&self) -> Option<Answer> {
        self.answer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    fn record(&self, answer: Answer) {
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
    }

    fn record_body(&self, body: Body) {
        if let Some(answer) = &mut *self.answer.lock().unwrap_or_else(PoisonError::into_inner) {
            answer.body = body;
        }
    }
}

impl Default for Exchange {
    fn default() -> Self {
        Self::new()
    }
}

/// Names the headers without their values, which may be secret.
impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("address", &self.address.as_ref().map(Url::as_str))
            .field("timeout", &self.timeout)
            .field("body_limit", &self.body_limit)
            .finish_non_exhaustive()
    }
}

/// What the server sent, whatever the generated method made of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Answer {
    /// The status of the answer.
    pub status: StatusCode,
    /// All its headers.
    pub headers: HeaderMap,
    /// The address that gave it.
    pub url: Url,
    /// Its body, as far as it came.
    pub body: Body,
}

/// What became of the body of an answer.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Body {
    /// All of it came.
    Whole(Bytes),
    /// The connection or the time ended before the body did.
    BrokenOff,
    /// It was longer than the exchange allows, and was not read to its end.
    TooLong,
}

/// Tells the length and not the content, which may be anything.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(bytes) => write!(f, "Whole({} bytes)", bytes.len()),
            Self::BrokenOff => f.write_str("BrokenOff"),
            Self::TooLong => f.write_str("TooLong"),
        }
    }
}

impl ClientHooks<Exchange> for Client {
    async fn pre<E>(&self, request: &mut Request, _: &OperationInfo) -> Result<(), Error<E>> {
        if let Some(address) = &self.inner().address {
            request.url_mut().clone_from(address);
        }
        if !HAS_TLS && request.url().scheme() == "https" {
            return Err(Error::Custom(WITHOUT_TLS.to_owned()));
        }
        let exchange = self.inner();
        let headers = request.headers_mut();
        // The generator's own idea of a version header, which no GitHub knows.
        headers.remove("api-version");
        for (name, value) in &exchange.headers {
            headers.insert(name, value.clone());
        }
        *request.timeout_mut() = Some(exchange.timeout);
        Ok(())
    }

    async fn exec(&self, request: Request, _: &OperationInfo) -> reqwest::Result<Response> {
        let exchange = self.inner();
        let mut response = self.client().execute(request).await?;
        let status = response.status();
        exchange.record(Answer {
            status,
            headers: std::mem::take(response.headers_mut()),
            url: response.url().clone(),
            body: Body::BrokenOff,
        });
        let body = read(&mut response, exchange.body_limit).await?;
        // An empty body makes the generated method fail, as it should when there was too much.
        let bytes = body.clone().unwrap_or_default();
        let read_to_its_end = body.is_some();
        exchange.record_body(body.map_or(Body::TooLong, Body::Whole));
        if exchange.hands_out_body && read_to_its_end {
            // Nothing is left in the response, which is as good as a new one without a body.
            return Ok(response);
        }
        // Told its address, the response need not parse a made-up one.
        let mut rebuilt = http::Response::builder()
            .url(response.url().clone())
            .body(bytes)
            .unwrap_or_default();
        *rebuilt.status_mut() = status;
        Ok(rebuilt.into())
    }
}

const HAS_TLS: bool = cfg!(any(feature = "rustls", feature = "native-tls"));

const WITHOUT_TLS: &str = "this build has no TLS and cannot call an https:// address; \
    enable the feature `rustls` or `native-tls`";

/// The whole body, or nothing when it is longer than the limit.
async fn read(response: &mut Response, limit: usize) -> reqwest::Result<Option<Bytes>> {
    if response
        .content_length()
        .is_some_and(|length| length > limit as u64)
    {
        return Ok(None);
    }
    let mut first = Bytes::new();
    let mut joined = BytesMut::new();
    while let Some(chunk) = response.chunk().await? {
        if first.len().max(joined.len()) + chunk.len() > limit {
            return Ok(None);
        }
        // Most bodies come in one piece, which then needs no copy.
        if joined.is_empty() && first.is_empty() {
            first = chunk;
        } else {
            if joined.is_empty() {
                joined.extend_from_slice(&first);
            }
            joined.extend_from_slice(&chunk);
        }
    }
    Ok(Some(if joined.is_empty() {
        first
    } else {
        joined.freeze()
    }))
}
