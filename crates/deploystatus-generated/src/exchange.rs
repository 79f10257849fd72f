//! Per-call settings of the generated client, and the recorded response.

use std::fmt;
use std::io::Read;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use flate2::read::GzDecoder;
use progenitor_client::{ClientHooks, ClientInfo, Error, OperationInfo, ResponseValue};
use reqwest::header::{CONTENT_ENCODING, HeaderMap};
use reqwest::{Request, Response, ResponseBuilderExt, StatusCode, Url};
use serde::de::DeserializeOwned;

use crate::generated::Client;

/// Settings of one call, and the place where its response is recorded.
///
/// The generated methods lose the headers of an error and the body of an unexpected response.
/// An exchange is made for one call and given to a [`Client`] of its own.
/// [`Client::outcome`] returns the result of the call together with the recorded response.
///
/// Clones share the recorded response, so use an exchange for one call at a time.
#[derive(Clone)]
pub struct Exchange {
    headers: HeaderMap,
    url: Option<Url>,
    timeout: Duration,
    body_limit: usize,
    response: Arc<Mutex<Option<RecordedResponse>>>,
}

impl Exchange {
    /// Creates an exchange without headers, with a timeout of 30 seconds and a body limit of 8 MiB.
    #[must_use]
    pub fn new() -> Self {
        Self {
            headers: HeaderMap::new(),
            url: None,
            timeout: Duration::from_secs(30),
            body_limit: 8 * 1024 * 1024,
            response: Arc::default(),
        }
    }

    /// Sets the headers to send. Each replaces the generated header of the same name.
    #[must_use]
    pub fn headers(mut self, headers: HeaderMap) -> Self {
        self.headers = headers;
        self
    }

    /// Sets the URL of the request. Defaults to the URL of the operation.
    ///
    /// Redirects and links to other pages lead to URLs that the description does not have.
    #[must_use]
    pub fn url(mut self, url: Url) -> Self {
        self.url = Some(url);
        self
    }

    /// Sets the time limit of the call, including the body. Defaults to 30 seconds.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the maximum length of a response body in bytes. Defaults to 8 MiB.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Removes and returns the recorded response, or `None` if no response was received.
    ///
    /// Status and headers are recorded before the body is read, so they are here if the body breaks off.
    #[must_use]
    pub fn take_response(&self) -> Option<RecordedResponse> {
        self.recorded().take()
    }

    fn record_body(&self, body: Body) {
        if let Some(response) = &mut *self.recorded() {
            response.body = body;
        }
    }

    /// The data is complete after each assignment, so it is usable even if a thread panicked.
    fn recorded(&self) -> MutexGuard<'_, Option<RecordedResponse>> {
        self.response.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Exchange {
    fn default() -> Self {
        Self::new()
    }
}

/// Shows the names of the headers and not their values, which may be secret.
impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("url", &self.url.as_ref().map(Url::as_str))
            .field("timeout", &self.timeout)
            .field("body_limit", &self.body_limit)
            .finish_non_exhaustive()
    }
}

/// A response as the server sent it, before it is decoded.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RecordedResponse {
    /// Status code.
    pub status: StatusCode,
    /// All headers.
    pub headers: HeaderMap,
    /// URL that the response came from.
    pub url: Url,
    /// Body, if all of it was received.
    pub body: Body,
}

/// The body of a response, or the reason why it is missing.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Body {
    /// The complete body.
    Complete(Bytes),
    /// The connection was lost or the time limit was reached before the end of the body.
    Incomplete,
    /// The body is longer than the limit of the exchange and was not read to its end.
    TooLarge,
}

/// Shows the length of the body and not its content.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Complete(bytes) => write!(f, "Complete({} bytes)", bytes.len()),
            Self::Incomplete => f.write_str("Incomplete"),
            Self::TooLarge => f.write_str("TooLarge"),
        }
    }
}

/// Result of an operation, and the response it was made from.
#[derive(Debug)]
pub struct Outcome<T> {
    /// The decoded response, or the error of the generated method.
    pub result: Result<T, Error<()>>,
    /// The response as it was received, or `None` if no response was received.
    pub response: Option<RecordedResponse>,
}

impl Client {
    /// Waits for an operation of this client and returns its result with the recorded response.
    ///
    /// The body may contain a field twice, which serde refuses. The last occurrence is used, as JavaScript does.
    pub async fn outcome<T: DeserializeOwned>(
        &self,
        operation: impl Future<Output = Result<ResponseValue<T>, Error<()>>>,
    ) -> Outcome<T> {
        let result = match operation.await {
            Ok(value) => Ok(value.into_inner()),
            Err(Error::InvalidResponsePayload(body, error)) => {
                without_duplicates(&body).map_err(|_| Error::InvalidResponsePayload(body, error))
            }
            Err(error) => Err(error),
        };
        Outcome {
            result,
            response: self.inner().take_response(),
        }
    }
}

fn without_duplicates<T: DeserializeOwned>(json: &[u8]) -> serde_json::Result<T> {
    serde_json::from_slice::<serde_json::Value>(json).and_then(serde_json::from_value)
}

impl ClientHooks<Exchange> for Client {
    async fn pre<E>(&self, request: &mut Request, _: &OperationInfo) -> Result<(), Error<E>> {
        let exchange = self.inner();
        if let Some(url) = &exchange.url {
            request.url_mut().clone_from(url);
        }
        if !HAS_TLS && request.url().scheme() == "https" {
            return Err(Error::Custom(WITHOUT_TLS.to_owned()));
        }
        let headers = request.headers_mut();
        // The generator sends the API version in this header, which GitHub does not read.
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
        let encoding = response.headers().get(CONTENT_ENCODING);
        let is_compressed = encoding.is_some_and(|encoding| encoding == "gzip");
        *exchange.recorded() = Some(RecordedResponse {
            status,
            headers: std::mem::take(response.headers_mut()),
            url: response.url().clone(),
            body: Body::Incomplete,
        });
        let mut body = read(&mut response, exchange.body_limit).await?;
        if is_compressed {
            body = body.and_then(|bytes| decompress(bytes, exchange.body_limit));
        }
        // If the body is too large, the generated method gets an empty one and returns an error.
        let bytes = body.clone().unwrap_or_default();
        exchange.record_body(body.map_or(Body::TooLarge, Body::Complete));
        // Without a URL, the conversion would parse a placeholder.
        let mut rebuilt = http::Response::builder()
            .url(response.url().clone())
            .body(bytes)
            .unwrap_or_default();
        *rebuilt.status_mut() = status;
        Ok(rebuilt.into())
    }
}

const HAS_TLS: bool = cfg!(any(feature = "rustls-no-provider", feature = "native-tls"));

const WITHOUT_TLS: &str = "this build has no TLS and cannot call an https:// URL; \
    enable the feature `rustls` or `native-tls`";

/// Decompresses a body, or returns `None` if the result is longer than the limit.
///
/// A malformed body is returned as it is, and the generated method returns the error.
fn decompress(bytes: Bytes, limit: usize) -> Option<Bytes> {
    let mut plain = Vec::new();
    let decoder = GzDecoder::new(bytes.as_ref());
    let limited = decoder.take(limit as u64 + 1).read_to_end(&mut plain);
    match limited {
        Ok(length) => (length <= limit).then(|| plain.into()),
        Err(_) => Some(bytes),
    }
}

/// Reads the whole body, or returns `None` if it is longer than the limit.
async fn read(response: &mut Response, limit: usize) -> reqwest::Result<Option<Bytes>> {
    let announced = response.content_length();
    if announced.is_some_and(|length| length > limit as u64) {
        return Ok(None);
    }
    let mut first = Bytes::new();
    let mut joined = BytesMut::new();
    while let Some(chunk) = response.chunk().await? {
        if first.len().max(joined.len()) + chunk.len() > limit {
            return Ok(None);
        }
        // Most bodies arrive in one piece, which needs no copy.
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
