//! Requests outside of the library, whose response headers describe the server.

use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue, RETRY_AFTER, USER_AGENT};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use serde_json::Value;

use super::finding::Finding;
use crate::advice::causes;
use crate::duration;
use crate::error::Error;
use crate::escape::secrets::without_secrets;
use crate::exit::Code;

/// A client for requests that the library does not make.
pub(crate) struct Probe {
    base: String,
    client: Client,
    token: Option<String>,
}

/// A response of the server. Its texts do not contain the token.
pub(crate) struct Response {
    pub(crate) status: u16,
    message: String,
    headers: HeaderMap,
    token: Option<String>,
}

impl Probe {
    pub(crate) fn new(base: &str, token: Option<String>) -> Result<Self, Error> {
        let mut headers = HeaderMap::new();
        let user_agent = concat!("deploystatus/", env!("CARGO_PKG_VERSION"));
        headers.insert(USER_AGENT, HeaderValue::from_static(user_agent));
        let accept = HeaderValue::from_static("application/vnd.github+json");
        headers.insert(ACCEPT, accept);
        if let Some(token) = &token {
            let value = HeaderValue::from_str(&format!("Bearer {token}"));
            let mut value =
                value.map_err(|_| Error::Usage("invalid characters in the token".to_owned()))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let client = Client::builder()
            .default_headers(headers)
            .redirect(Policy::none())
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(30))
            .build();
        let client = client.map_err(|error| {
            Error::Usage(format!("cannot create a client: {error}{}", causes(&error)))
        })?;
        Ok(Self {
            base: base.to_owned(),
            client,
            token: token.filter(|token| token.len() >= MIN_TOKEN),
        })
    }

    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Sends a GET request to a path below the base URL.
    pub(crate) async fn get(&self, path: &str) -> Result<Response, Finding> {
        self.send(self.client.get(format!("{}{path}", self.base)))
            .await
    }

    /// Sends a POST request to a URL.
    pub(crate) async fn post(&self, url: &str, body: &Value) -> Result<Response, Finding> {
        self.send(self.client.post(url).json(body)).await
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, Finding> {
        if let Some(request) = request.try_clone().and_then(|it| it.build().ok()) {
            tracing::info!("sending {} {}", request.method(), request.url().path());
        }
        let response = async {
            let response = request.send().await?;
            let status = response.status().as_u16();
            tracing::info!("response {status}");
            let headers = response.headers().clone();
            let body: Value = serde_json::from_slice(&response.bytes().await?).unwrap_or_default();
            let token = self.token.clone();
            let message = body["message"].as_str().unwrap_or_default();
            Ok::<_, reqwest::Error>(Response {
                status,
                message: scrub(message, token.as_deref()),
                headers,
                token,
            })
        };
        response.await.map_err(|error| {
            let error = error.without_url();
            let base = without_secrets(&self.base);
            let text = format!("no response from {base}: {error}{}", causes(&error));
            Finding::problem("server", text, Code::NoResponse)
                .fix("Check the API URL, name resolution, proxies and certificates.")
        })
    }
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let value = self.headers.get(name)?.to_str().ok()?;
        Some(scrub(value, self.token.as_deref()))
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Returns `true` if the response reports a rate limit, by the rules of the library.
    pub(crate) fn is_rate_limited(&self) -> bool {
        let message = self.message.to_ascii_lowercase();
        let is_used_up = self.header("x-ratelimit-remaining").as_deref() == Some("0");
        match self.status {
            429 => true,
            403 => {
                self.headers.contains_key(RETRY_AFTER)
                    || message.contains("rate limit")
                    || message.contains("abuse detection")
                    || (is_used_up && message.is_empty())
            }
            _ => false,
        }
    }

    /// Returns the description of a rate limit, with the time after which it ends if the server named it.
    pub(crate) fn rate_limit(&self) -> String {
        let seconds = self.header("retry-after").and_then(|it| it.parse().ok());
        seconds.map_or_else(
            || "a rate limit was exceeded".to_owned(),
            |seconds| {
                let wait = duration::format(seconds);
                format!("a rate limit was exceeded; the server requires a wait of {wait}")
            },
        )
    }
}

/// Minimum length of a token that is removed. Shorter ones may occur in ordinary words.
const MIN_TOKEN: usize = 12;

/// Removes the token from a text of the server.
fn scrub(text: &str, token: Option<&str>) -> String {
    match token {
        Some(token) => text.replace(token, "…"),
        None => text.to_owned(),
    }
}
