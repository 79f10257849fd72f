//! HTTP requests of deliveries.

use std::error::Error as _;
use std::time::Duration;

use http::{Request, Uri};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::delivery::Message;
use crate::error::Error;

/// GitHub ends a delivery after this time.
const TIMEOUT: Duration = Duration::from_secs(10);

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

    /// Sends a request, and returns the status code of the response or the reason why there was none.
    pub(super) async fn post(&self, message: &Message) -> Result<u16, String> {
        match tokio::time::timeout(TIMEOUT, self.exchange(message)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(format!("no response within {} seconds", TIMEOUT.as_secs())),
        }
    }

    async fn exchange(&self, message: &Message) -> Result<u16, String> {
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
            response.into_body().collect().await?;
            drop(sender);
            Ok::<u16, hyper::Error>(status)
        };
        let (response, _) = tokio::join!(response, connection);
        response.map_err(|it| with_source(&it))
    }
}

fn with_source(error: &hyper::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
