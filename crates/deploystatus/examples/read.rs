//! Prints the statuses of a deployment, newest first.
//!
//! ```text
//! GITHUB_TOKEN=… cargo run --example read -- octocat/example 42
//! ```

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line program prints"
)]

use std::process::ExitCode;

use deploystatus::{Account, Client, Error};
use futures_util::TryStreamExt;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [repository, id] = &arguments[..] else {
        eprintln!("usage: read OWNER/NAME DEPLOYMENT");
        return ExitCode::FAILURE;
    };
    let Ok(id) = id.parse() else {
        eprintln!("invalid deployment ID {id:?}: expected a number");
        return ExitCode::FAILURE;
    };
    match read(repository, id).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cannot read the statuses: {error}");
            if let Some(advice) = error.advice() {
                eprintln!("{advice}");
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

    // Pages are read while the stream is consumed, so a long history does not have to fit into memory.
    let mut statuses = deployment.statuses().into_stream();
    while let Some(status) = statuses.try_next().await? {
        let creator = status
            .creator
            .as_ref()
            .map_or("a deleted account", Account::login);
        println!(
            "{} {:<11} by {creator} {}",
            status.created_at,
            status.state,
            status.description.as_deref().unwrap_or_default()
        );
    }
    Ok(())
}
