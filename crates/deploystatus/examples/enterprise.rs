//! Reads the newest status from a GitHub Enterprise Server with a private certificate authority.
//!
//! ```text
//! GITHUB_TOKEN=… cargo run --example enterprise -- https://git.example.com corporate-ca.pem octocat/example 42
//! ```

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line program prints"
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
            eprintln!("cannot read the newest status: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn newest() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [server, certificates, repository, id] = &arguments[..] else {
        return Err("usage: enterprise https://HOST CERTIFICATES.pem OWNER/NAME DEPLOYMENT".into());
    };
    let policy = RetryPolicy::new().timeout(Duration::from_secs(60));
    let client = Client::builder()
        // The client adds /api/v3, the path of the API.
        .base_url(server)
        .root_certificates(std::fs::read(certificates)?)
        // Called before every request, so that a rotated token is used immediately.
        .token_source(|| async { std::env::var("GITHUB_TOKEN") })
        .user_agent("example-deployer/1.0")
        .retry_policy(policy)
        .pacing(Pacing::new().max_concurrent(10))
        .build()?;
    let deployment = client.deployment(repository, id.parse()?)?;

    match deployment.latest_status().await? {
        Some(status) => println!("{} since {}", status.state, status.created_at),
        None => println!("the deployment has no status"),
    }
    // The client has detected the server's version from the response.
    println!("server: {}", client.profile());
    Ok(())
}
