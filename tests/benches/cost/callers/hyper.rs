//! Calls over one connection of hyper: a lower bound, because HTTP needs at least this.

use std::hint::black_box;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONTENT_TYPE, HOST, LINK};
use hyper::http::request::Builder;
use hyper::{HeaderMap, Method, Request};
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use tokio::net::TcpStream;

use super::plain::{HEADERS, Report, STATUSES, Status, next_page};
use crate::task::Caller;

pub(crate) struct Hyper {
    connection: SendRequest<Full<Bytes>>,
    host: String,
}

impl Caller for Hyper {
    async fn new(url: &str) -> Self {
        let host = url.strip_prefix("http://").unwrap().to_owned();
        let stream = TcpStream::connect(&host).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (connection, driver) = handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(driver);
        Self { connection, host }
    }

    async fn create(&mut self) {
        let body = serde_json::to_vec(&Report::new()).unwrap();
        let request = Request::builder()
            .method(Method::POST)
            .uri(STATUSES)
            .header(CONTENT_TYPE, "application/json");
        black_box(self.send::<Status>(request, body).await);
    }

    async fn get(&mut self) {
        black_box(self.read::<Status>(format!("{STATUSES}/1")).await);
    }

    async fn list(&mut self) -> usize {
        let path = format!("{STATUSES}?per_page=100");
        self.read::<Vec<Status>>(path).await.0.len()
    }

    async fn list_all(&mut self) -> usize {
        let mut all = Vec::new();
        let mut next = Some(format!("{STATUSES}?per_page=100"));
        while let Some(path) = next {
            let (page, headers) = self.read::<Vec<Status>>(path).await;
            all.extend(page);
            let link = headers.get(LINK);
            let url = link.and_then(|link| next_page(link.to_str().unwrap()));
            next = url.map(|url| url.split_once(&self.host).unwrap().1.to_owned());
        }
        all.len()
    }
}

impl Hyper {
    async fn read<T: DeserializeOwned>(&mut self, path: String) -> (T, HeaderMap) {
        self.send(Request::builder().uri(path), Vec::new()).await
    }

    async fn send<T: DeserializeOwned>(
        &mut self,
        request: Builder,
        body: Vec<u8>,
    ) -> (T, HeaderMap) {
        let request = HEADERS
            .iter()
            .fold(request, |request, (name, value)| {
                request.header(*name, *value)
            })
            .header(HOST, &self.host)
            .body(Full::from(body))
            .unwrap();
        self.connection.ready().await.unwrap();
        let (head, body) = self
            .connection
            .send_request(request)
            .await
            .unwrap()
            .into_parts();
        assert!(head.status.is_success(), "{}", head.status);
        let body = body.collect().await.unwrap().to_bytes();
        (serde_json::from_slice(&body).unwrap(), head.headers)
    }
}
