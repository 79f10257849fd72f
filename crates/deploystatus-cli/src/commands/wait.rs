//! `wait`: waits for a deployment to finish.

use std::time::Duration;

use deploystatus::{Outcome, PollEvent, WaitPolicy};
use serde_json::json;
use tokio::time::Instant;

use crate::advice;
use crate::arguments::WaitArgs;
use crate::duration;
use crate::error::Error;
use crate::exit::Code;
use crate::output::Output;
use crate::output::format::Format;
use crate::output::spinner::Spinner;
use crate::settings::Settings;

pub(crate) async fn run(
    arguments: WaitArgs,
    settings: &Settings,
    output: &Output,
) -> Result<Code, Error> {
    let deployment = settings.deployment(output)?;
    let mut policy = WaitPolicy::new().timeout(arguments.timeout);
    if let Some(interval) = arguments.interval {
        policy = policy.initial_interval(interval).max_interval(interval);
    }
    let wait = match arguments.goal {
        Some(state) => deployment.wait_for(state, &policy),
        None => deployment.wait(&policy),
    };
    let spinner = output.spinner(&format!(
        "waiting for deployment {} of {}",
        deployment.id(),
        deployment.repository()
    ));
    let mut printed = Ok(());
    let wait = wait.on_poll(|poll| {
        let result = print_poll(poll, &spinner, output);
        if printed.is_ok() {
            printed = result;
        }
    });
    let outcome = with_heartbeat(wait.into_future(), &spinner).await;
    drop(spinner);
    printed?;
    let outcome = outcome.map_err(Error::call("wait for the deployment"))?;
    if let Some(status) = outcome.status() {
        output.set_outputs(status);
        output.add_summary(&deployment, status);
    }
    print_outcome(&outcome, output)?;
    if let Some(problem) = problem(&outcome, arguments.timeout) {
        output.warning(&problem);
    }
    Ok(code(&outcome))
}

/// Completes a wait and prints a line each minute, so that a log shows that the command still runs.
async fn with_heartbeat<T>(wait: impl Future<Output = T>, spinner: &Spinner<'_>) -> T {
    const INTERVAL: Duration = Duration::from_secs(60);
    let started = Instant::now();
    let mut wait = std::pin::pin!(wait);
    loop {
        tokio::select! {
            biased;
            result = &mut wait => return result,
            () = tokio::time::sleep(INTERVAL) => {
                let waited = duration::format(started.elapsed().as_secs());
                spinner.heartbeat(&format!("still waiting after {waited}"));
            }
        }
    }
}

/// Returns the reason why the wait did not succeed, or `None` if it did.
fn problem(outcome: &Outcome, timeout: Duration) -> Option<String> {
    Some(match outcome {
        outcome if outcome.is_success() => return None,
        Outcome::StillRunning { .. } => {
            let timeout = duration::format(timeout.as_secs());
            format!("the deployment did not finish within {timeout}")
        }
        Outcome::Gone => "the deployment no longer exists".to_owned(),
        outcome => format!("the deployment did not succeed: {}", name(outcome)),
    })
}

/// Prints a new status or a failed poll. The last status is printed with the outcome instead.
fn print_poll(poll: &PollEvent<'_>, spinner: &Spinner, output: &Output) -> Result<(), Error> {
    let is_last = poll.next_in.is_none();
    if let Some(error) = poll.error.filter(|_| !is_last) {
        let error = advice::message(error);
        spinner.print(&format!(
            "cannot read the deployment: {error}; still waiting"
        ));
    }
    let Some(status) = poll.status.filter(|_| poll.is_new) else {
        return Ok(());
    };
    let waited = duration::format(poll.waited.as_secs());
    let mut text = format!("{} after {waited}", status.state);
    if let Some(description) = &status.description {
        text = format!("{text}: {description}");
    }
    spinner.update(&text);
    if output.format() == Format::JsonLines && !is_last {
        output.json(status)?;
    }
    Ok(())
}

fn print_outcome(outcome: &Outcome, output: &Output) -> Result<(), Error> {
    let name = name(outcome);
    match outcome.status() {
        Some(status) => output.status(status, &[("outcome", json!(name))]),
        None if output.format() == Format::Text => output.text(&format!("outcome  {name}")),
        None => output.json(&json!({ "outcome": name })),
    }
}

/// Returns the value of `outcome` in the output.
fn name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Succeeded(_) => "succeeded",
        Outcome::Failed(_) => "failed",
        Outcome::Errored(_) => "errored",
        Outcome::Superseded { .. } => "superseded",
        Outcome::Abandoned { .. } => "abandoned",
        Outcome::Gone => "gone",
        Outcome::Reached(_) => "reached",
        _ => "still_running",
    }
}

fn code(outcome: &Outcome) -> Code {
    match outcome {
        Outcome::StillRunning { .. } => Code::OutOfTime,
        Outcome::Gone => Code::Rejected,
        outcome if outcome.is_success() => Code::Done,
        _ => Code::Failed,
    }
}
