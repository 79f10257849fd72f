//! Reads the newest status from a GitHub Enterprise Server with a certificate of its own.
//!
//! ```text
//! GITHUB_TOKEN=… cargo run --example enterprise -- https://git.example.com corporate-ca.pem octo/example 42
//! ```

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program talks to people"
)]

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use deploystatus::{Client, Pacing, RetryPolicy};

#[tokio::main]
async fn main() -> ExitCode {
    match newest().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("failed to read the newest status: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn newest() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [server, certificates, repository, id] = &arguments[..] else {
        return Err("usage: enterprise https://HOST CERTIFICATES.pem OWNER/REPO DEPLOYMENT".into());
    };
    let policy = RetryPolicy::new().total_time(Duration::from_secs(60));
    let client = Client::builder()
        // The path of the API, /api/v3, is added.
        .base_url(server)
        .root_certificates(std::fs::read(certificates)?)
        // A rotating token is read anew for every attempt.
        .token_source(|| async { std::env::var("GITHUB_TOKEN") })
        // Where the firewall lets nothing out but through a proxy.
        .proxy_from_environment()
        .user_agent("example-deployer/1.0")
        .retry(policy)
        // Most Enterprise Servers have no limits; then this changes nothing.
        .pacing(Pacing::new().at_once(10))
        .build()?;
    let deployment = client.deployment(repository, id.parse()?)?;

    match deployment.statuses().newest().await? {
        Some(status) => println!("{} since {}", status.state, status.created_at),
        None => println!("nothing was reported yet"),
    }
    // By now the server has told what it is.
    println!("{:?}", client.profile());
    Ok(())
}
