//! HTTP requests of deliveries.

use std::error::Error as _;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Request, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::delivery::{HookResponse, Message};
use crate::error::Error;

/// GitHub ends a delivery after this time.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Maximum number of bytes of a response's body that are kept.
const MAX_BODY: usize = 4_096;

/// A parsed webhook URL.
#[derive(Clone, Debug)]
pub(super) struct Target {
    authority: String,
    address: String,
    path: String,
}

impl Target {
    pub(super) fn parse(url: &str) -> Result<Target, Error> {
        let invalid = || Error::InvalidWebhookUrl(url.to_owned());
        let uri: Uri = url.parse().map_err(|_| invalid())?;
        let authority = uri.authority().ok_or_else(invalid)?;
        if uri.scheme_str() != Some("http") || authority.host().is_empty() {
            return Err(invalid());
        }
        let port = authority.port_u16().unwrap_or(80);
        let path = uri.path_and_query().map_or("/", |it| it.as_str());
        Ok(Target {
            authority: authority.to_string(),
            address: format!("{}:{port}", authority.host()),
            path: path.to_owned(),
        })
    }

    /// Sends a request, and returns the response or the reason why there was none.
    pub(super) async fn post(&self, message: &Message) -> Result<HookResponse, String> {
        match tokio::time::timeout(TIMEOUT, self.exchange(message)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(format!("no response within {} seconds", TIMEOUT.as_secs())),
        }
    }

    async fn exchange(&self, message: &Message) -> Result<HookResponse, String> {
        let stream = TcpStream::connect(&self.address)
            .await
            .map_err(|it| it.to_string())?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|it| with_source(&it))?;
        let mut request = Request::post(&self.path).header("host", &self.authority);
        for (name, value) in &message.headers {
            request = request.header(*name, value);
        }
        let request = request
            .body(Full::new(message.body.clone()))
            .map_err(|it| it.to_string())?;
        let response = async {
            let response = sender.send_request(request).await?;
            let status = response.status().as_u16();
            let body = read_start(response.into_body()).await?;
            drop(sender);
            Ok::<HookResponse, hyper::Error>(HookResponse { status, body })
        };
        let (response, _) = tokio::join!(response, connection);
        response.map_err(|it| with_source(&it))
    }
}

/// Reads a body to its end, and returns its first bytes.
async fn read_start(mut body: Incoming) -> Result<Bytes, hyper::Error> {
    let mut start = BytesMut::new();
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame?.into_data() {
            let length = data.len().min(MAX_BODY - start.len());
            start.extend_from_slice(&data[..length]);
        }
    }
    Ok(start.freeze())
}

fn with_source(error: &hyper::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
