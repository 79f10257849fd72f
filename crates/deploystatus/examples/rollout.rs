//! Runs a program as a rollout, whose final status is reported even if the program or this process fails.
//!
//! ```text
//! GITHUB_TOKEN=… cargo run --example rollout -- octocat/example 42 -- ./deploy.sh production
//! ```

#![expect(clippy::print_stderr, reason = "the program reports to its user")]

use std::error::Error;
use std::process::ExitCode;

use deploystatus::{Client, NewStatus, OnSuperseded, Outbox, State};
use tokio::process::Command;
use tokio::signal::ctrl_c;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [repository, id, dashes, program, options @ ..] = &arguments[..] else {
        eprintln!("usage: rollout OWNER/NAME DEPLOYMENT -- PROGRAM [ARGUMENT]…");
        return ExitCode::FAILURE;
    };
    if dashes != "--" {
        eprintln!("usage: rollout OWNER/NAME DEPLOYMENT -- PROGRAM [ARGUMENT]…");
        return ExitCode::FAILURE;
    }
    let mut command = Command::new(program);
    command.args(options).kill_on_drop(true);
    match roll_out(repository, id, command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            let mut source = error.source();
            while let Some(cause) = source {
                eprintln!("caused by: {cause}");
                source = cause.source();
            }
            ExitCode::FAILURE
        }
    }
}

async fn roll_out(repository: &str, id: &str, mut command: Command) -> Result<(), Box<dyn Error>> {
    let client = client()?;

    // Send the reports that earlier runs left in the outbox.
    let outbox = Outbox::open(std::env::temp_dir().join("deploystatus-outbox"))?;
    let flushed = outbox.flush(&client, OnSuperseded::Drop).await?;
    for report in &flushed.kept {
        eprintln!("warning: {report}");
    }

    let deployment = client.deployment(repository, id.parse()?)?;
    let log_url = std::env::var("LOG_URL").unwrap_or_default();
    let first = NewStatus::new(State::InProgress).log_url(log_url);
    let finished = deployment
        .rollout(first)
        .outbox(&outbox)
        .run(async |_| -> Result<(), Box<dyn Error>> {
            let status = tokio::select! {
                status = command.status() => status?,
                _ = ctrl_c() => return Err("interrupted".into()),
            };
            if status.success() {
                Ok(())
            } else {
                Err(status.to_string().into())
            }
        })
        .await?;
    eprintln!("reported as status {}", finished.outcome.status.id);
    Ok(())
}

fn client() -> Result<Client, deploystatus::Error> {
    let mut client = Client::builder();
    if let Ok(token) = std::env::var("GITHUB_TOKEN") {
        client = client.token(token);
    }
    // GitHub Actions sets this variable, also on Enterprise Server.
    if let Ok(url) = std::env::var("GITHUB_API_URL") {
        client = client.base_url(url);
    }
    client.build()
}
