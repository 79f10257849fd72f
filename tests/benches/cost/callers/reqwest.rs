//! Calls with reqwest, without a client library.

use std::hint::black_box;

use reqwest::header::{HeaderName, HeaderValue, LINK};
use reqwest::{Client, RequestBuilder, Response};

use super::plain::{HEADERS, Report, STATUSES, Status, next_page};
use crate::task::Caller;

pub(crate) struct Reqwest {
    client: Client,
    statuses: String,
}

impl Caller for Reqwest {
    async fn new(url: &str) -> Self {
        Self {
            client: client(),
            statuses: format!("{url}{STATUSES}"),
        }
    }

    async fn create(&mut self) {
        let request = self.client.post(&self.statuses).json(&Report::new());
        black_box(send(request).await.json::<Status>().await.unwrap());
    }

    async fn get(&mut self) {
        let request = self.client.get(format!("{}/1", self.statuses));
        black_box(send(request).await.json::<Status>().await.unwrap());
    }

    async fn list(&mut self) -> usize {
        let request = self.client.get(format!("{}?per_page=100", self.statuses));
        let page: Vec<Status> = send(request).await.json().await.unwrap();
        page.len()
    }

    async fn list_all(&mut self) -> usize {
        let mut all = Vec::new();
        let mut next = Some(format!("{}?per_page=100", self.statuses));
        while let Some(page) = next {
            let response = send(self.client.get(page)).await;
            let link = response.headers().get(LINK);
            next = link.and_then(|link| next_page(link.to_str().unwrap()));
            all.extend(response.json::<Vec<Status>>().await.unwrap());
        }
        all.len()
    }
}

fn client() -> Client {
    let headers = HEADERS.map(|(name, value)| {
        let name = HeaderName::from_static(name);
        (name, HeaderValue::from_static(value))
    });
    let client = Client::builder().default_headers(headers.into_iter().collect());
    client.build().unwrap()
}

async fn send(request: RequestBuilder) -> Response {
    request.send().await.unwrap().error_for_status().unwrap()
}
