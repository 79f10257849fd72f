//! Runs a program as a rollout: its end is reported whatever happens to it or to this one.
//!
//! ```text
//! GITHUB_TOKEN=… cargo run --example rollout --features outbox -- octocat/example 42 -- ./deploy.sh production
//! ```

#![expect(clippy::print_stderr, reason = "a program talks to people")]

use std::process::ExitCode;

use deploystatus::{Client, Error, NewStatus, Outbox, Overtaken, State};
use tokio::process::Command;
use tokio::signal::ctrl_c;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [repository, id, dashes, program, options @ ..] = &arguments[..] else {
        eprintln!("usage: rollout OWNER/REPO DEPLOYMENT -- PROGRAM [ARGUMENT]…");
        return ExitCode::FAILURE;
    };
    if dashes != "--" {
        eprintln!("the program to run comes after --");
        return ExitCode::FAILURE;
    }
    let mut command = Command::new(program);
    command.args(options).kill_on_drop(true);
    match roll_out(repository, id, command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let cause = std::error::Error::source(&error);
            eprintln!("failed to roll out: {error}");
            if let Some(cause) = cause {
                eprintln!("because {cause}");
            }
            if let Some(hint) = error.hint() {
                eprintln!("{hint}");
            }
            ExitCode::FAILURE
        }
    }
}

async fn roll_out(repository: &str, id: &str, mut command: Command) -> Result<(), Error> {
    let client = client()?;

    // What an earlier run could not deliver comes first.
    let outbox = Outbox::open(std::env::temp_dir().join("deploystatus-outbox"))?;
    let flushed = outbox.flush(&client, Overtaken::Drop).await?;
    for report in &flushed.kept {
        eprintln!("still to be delivered: {report}");
    }

    // What is not a number is refused like a number that cannot be one.
    let deployment = client.deployment(repository, id.parse().unwrap_or(0))?;
    let log_url = std::env::var("LOG_URL").unwrap_or_default();
    let first = NewStatus::new(State::InProgress).log_url(log_url);
    let rollout = deployment.rollout(first).outbox(&outbox);
    let work = async |_| {
        let status = tokio::select! {
            status = command.status() => status?,
            _ = ctrl_c() => return Err("Interrupted".into()),
        };
        if status.success() {
            Ok(())
        } else {
            Err(status.to_string().into())
        }
    };
    let success = rollout.run(work).await?;
    eprintln!("reported as {}", success.delivered().status().id);
    Ok(())
}

fn client() -> Result<Client, Error> {
    let mut client = Client::builder();
    if let Ok(token) = std::env::var("GITHUB_TOKEN") {
        client = client.token(token);
    }
    // In a workflow this names the server, an Enterprise one too.
    if let Ok(url) = std::env::var("GITHUB_API_URL") {
        client = client.base_url(url);
    }
    client.build()
}
