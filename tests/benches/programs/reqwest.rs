//! Creates a status and reads all statuses with reqwest, without a client library.

#[path = "../cost/callers/plain.rs"]
mod plain;

use plain::{HEADERS, Report, STATUSES, Status, next_page};
use reqwest::header::LINK;
use reqwest::{Client, RequestBuilder, Response};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build()?.block_on(report())
}

async fn report() -> Result<(), Box<dyn std::error::Error>> {
    let token = std::env::var("GITHUB_TOKEN")?;
    let client = Client::new();
    let statuses = format!("https://api.github.com{STATUSES}");
    let request = client.post(&statuses).json(&Report::new());
    let _: Status = send(request, &token).await?.json().await?;
    let mut all: Vec<Status> = Vec::new();
    let mut next = Some(format!("{statuses}?per_page=100"));
    while let Some(page) = next {
        let response = send(client.get(page), &token).await?;
        let link = response.headers().get(LINK);
        next = link.and_then(|link| next_page(link.to_str().ok()?));
        all.extend(response.json::<Vec<Status>>().await?);
    }
    println!("{} statuses", all.len());
    Ok(())
}

async fn send(request: RequestBuilder, token: &str) -> reqwest::Result<Response> {
    let headers = HEADERS.iter().filter(|(name, _)| *name != "authorization");
    let request = headers.fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    request.bearer_auth(token).send().await?.error_for_status()
}
