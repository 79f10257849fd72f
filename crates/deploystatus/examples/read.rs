//! Prints the statuses of a deployment, newest first.
//!
//! ```text
//! GITHUB_TOKEN=… cargo run --example read -- octocat/example 42
//! ```

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program talks to people"
)]

use std::process::ExitCode;

use deploystatus::{Account, Client, Error};
use futures_util::TryStreamExt;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [repository, id] = &arguments[..] else {
        eprintln!("usage: read OWNER/REPO DEPLOYMENT");
        return ExitCode::FAILURE;
    };
    let Ok(id) = id.parse() else {
        eprintln!("the deployment is a number, and not {id:?}");
        return ExitCode::FAILURE;
    };
    match read(repository, id).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("failed to read the statuses: {error}");
            if let Some(hint) = error.hint() {
                eprintln!("{hint}");
            }
            ExitCode::FAILURE
        }
    }
}

async fn read(repository: &str, id: u64) -> Result<(), Error> {
    let mut client = Client::builder();
    if let Ok(token) = std::env::var("GITHUB_TOKEN") {
        client = client.token(token);
    }
    if let Ok(url) = std::env::var("GITHUB_API_URL") {
        client = client.base_url(url);
    }
    let deployment = client.build()?.deployment(repository, id)?;

    // One page is held at a time, however many there are.
    let mut statuses = deployment.statuses().into_stream();
    while let Some(status) = statuses.try_next().await? {
        let who = status.creator.as_ref().map_or("somebody", Account::login);
        println!(
            "{} {:<11} by {who} {}",
            status.created_at,
            status.state,
            status.description.as_deref().unwrap_or_default()
        );
    }
    Ok(())
}
