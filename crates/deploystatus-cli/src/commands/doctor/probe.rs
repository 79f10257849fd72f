//! Requests that look at the server itself, whose headers matter more than their answers.

use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use serde_json::Value;

use super::finding::Finding;
use crate::error::{Error, causes};
use crate::exit::Code;

/// A way to ask the server what the API's library does not.
pub(crate) struct Probe {
    base: String,
    client: Client,
}

/// What the server answered.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Value,
    headers: HeaderMap,
}

impl Probe {
    pub(crate) fn new(base: &str, token: Option<String>) -> Result<Self, Error> {
        let mut headers = HeaderMap::new();
        headers.insert(
            USER_AGENT,
            HeaderValue::from_static(concat!("deploystatus/", env!("CARGO_PKG_VERSION"))),
        );
        headers.insert(
            ACCEPT,
            HeaderValue::from_static("application/vnd.github+json"),
        );
        if let Some(token) = token {
            let mut value = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| {
                Error::Usage("the token has characters that no token has".to_owned())
            })?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let client = Client::builder()
            .default_headers(headers)
            .redirect(Policy::none())
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(30))
            .build();
        match client {
            Ok(client) => Ok(Self {
                base: base.to_owned(),
                client,
            }),
            Err(error) => Err(Error::Usage(format!(
                "no connection can be made: {error}{}",
                causes(&error)
            ))),
        }
    }

    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Reads something below the API's address.
    pub(crate) async fn get(&self, path: &str) -> Result<Reply, Finding> {
        self.send(self.client.get(format!("{}{path}", self.base)))
            .await
    }

    /// Sends something to an address of the API.
    pub(crate) async fn post(&self, url: &str, body: &Value) -> Result<Reply, Finding> {
        self.send(self.client.post(url).json(body)).await
    }

    async fn send(&self, request: RequestBuilder) -> Result<Reply, Finding> {
        let reply = async {
            let response = request.send().await?;
            Ok::<_, reqwest::Error>(Reply {
                status: response.status().as_u16(),
                headers: response.headers().clone(),
                body: serde_json::from_slice(&response.bytes().await?).unwrap_or_default(),
            })
        };
        reply.await.map_err(|error| {
            let error = error.without_url();
            let base = &self.base;
            let text = format!("{base} does not answer: {error}{}", causes(&error));
            Finding::problem("server", text, Code::NoAnswer).fix(
                "Check the address, the name resolution, and any proxy or certificate on the way.",
            )
        })
    }
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(crate) fn message(&self) -> &str {
        self.body["message"].as_str().unwrap_or_default()
    }
}
