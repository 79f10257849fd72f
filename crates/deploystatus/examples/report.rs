//! Runs a program and reports its start and its result as deployment statuses.
//!
//! ```text
//! GITHUB_TOKEN=… cargo run --example report -- octocat/example 42 -- ./deploy.sh production
//! ```

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line program prints"
)]

use std::process::{Command, ExitCode};

use deploystatus::{Client, Deployment, Error, NewStatus, State};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [repository, id, dashes, program, options @ ..] = &arguments[..] else {
        eprintln!("usage: report OWNER/NAME DEPLOYMENT -- PROGRAM [ARGUMENT]…");
        return ExitCode::FAILURE;
    };
    let (Ok(id), "--") = (id.parse(), dashes.as_str()) else {
        eprintln!("invalid arguments: expected a deployment ID, and `--` before the program");
        return ExitCode::FAILURE;
    };
    match report(repository, id, program, options).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("cannot report the deployment: {error}");
            if let Some(advice) = error.advice() {
                eprintln!("{advice}");
            }
            ExitCode::FAILURE
        }
    }
}

async fn report(
    repository: &str,
    id: u64,
    program: &str,
    options: &[String],
) -> Result<bool, Error> {
    let deployment = handle(repository, id)?;

    let log_url = std::env::var("LOG_URL").unwrap_or_default();
    let started = NewStatus::new(State::InProgress).log_url(&log_url);
    deployment.create_status(started).await?;

    let program = program.to_owned();
    let options = options.to_owned();
    let work = tokio::task::spawn_blocking(move || Command::new(program).args(options).status());
    let outcome = work
        .await
        .unwrap_or_else(|error| Err(std::io::Error::other(error)));

    // Report every result, because a deployment without a final status stays in progress on GitHub.
    let report = match &outcome {
        Ok(status) if status.success() => NewStatus::new(State::Success),
        Ok(status) => NewStatus::new(State::Failure).description_truncated(status.to_string()),
        Err(error) => NewStatus::new(State::Error).description_truncated(error.to_string()),
    };
    let created = deployment.create_status(report.log_url(log_url)).await?;
    println!(
        "reported {} (ID {})",
        created.status.state, created.status.id
    );
    Ok(outcome.is_ok_and(|status| status.success()))
}

fn handle(repository: &str, id: u64) -> Result<Deployment, Error> {
    let mut client = Client::builder();
    if let Ok(token) = std::env::var("GITHUB_TOKEN") {
        client = client.token(token);
    }
    // GitHub Actions sets this variable, also on Enterprise Server.
    if let Ok(url) = std::env::var("GITHUB_API_URL") {
        client = client.base_url(url);
    }
    client.build()?.deployment(repository, id)
}
