//! Sending a delivery over HTTP.

use std::error::Error as _;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Uri};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::Delivery;
use crate::Error;

/// GitHub waits this long for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where to post.
#[derive(Clone, Debug)]
pub(super) struct Target {
    authority: String,
    address: String,
    path: String,
}

impl Target {
    pub(super) fn parse(url: &str) -> Result<Target, Error> {
        let bad = || Error::BadHookUrl(url.to_owned());
        let uri: Uri = url.parse().map_err(|_| bad())?;
        let authority = uri.authority().ok_or_else(bad)?;
        if uri.scheme_str() != Some("http") || authority.host().is_empty() {
            return Err(bad());
        }
        let port = authority.port_u16().unwrap_or(80);
        let path = uri.path_and_query().map_or("/", |it| it.as_str());
        Ok(Target {
            authority: authority.to_string(),
            address: format!("{}:{port}", authority.host()),
            path: path.to_owned(),
        })
    }

    /// Posts a delivery; says how it was answered, or why it was not.
    pub(super) async fn post(&self, delivery: &Delivery) -> Result<u16, String> {
        match tokio::time::timeout(PATIENCE, self.exchange(delivery)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(format!("no answer within {} seconds", PATIENCE.as_secs())),
        }
    }

    async fn exchange(&self, delivery: &Delivery) -> Result<u16, String> {
        let stream = TcpStream::connect(&self.address)
            .await
            .map_err(|it| it.to_string())?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|it| explain(&it))?;
        let mut request = Request::post(&self.path).header("host", &self.authority);
        for (name, value) in &delivery.headers {
            request = request.header(name, value);
        }
        let request = request
            .body(Full::new(Bytes::from(delivery.body.clone())))
            .map_err(|it| it.to_string())?;
        let answer = async {
            let response = sender.send_request(request).await?;
            let status = response.status().as_u16();
            response.into_body().collect().await?;
            drop(sender);
            Ok::<u16, hyper::Error>(status)
        };
        let (answer, _) = tokio::join!(answer, connection);
        answer.map_err(|it| explain(&it))
    }
}

fn explain(error: &hyper::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
