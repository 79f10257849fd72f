//! `wait`: waits for a deployment to finish.

use deploystatus::{Outcome, PollEvent, WaitPolicy};
use serde_json::json;

use crate::advice;
use crate::arguments::WaitArgs;
use crate::duration;
use crate::error::Error;
use crate::exit::Code;
use crate::output::{Format, Output, Spinner};
use crate::settings::Settings;

pub(crate) async fn run(
    arguments: WaitArgs,
    settings: &Settings,
    output: &Output,
) -> Result<Code, Error> {
    let deployment = settings.deployment(output)?;
    let policy = WaitPolicy::new().timeout(arguments.timeout);
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
    let outcome = wait
        .on_poll(|poll| {
            let result = print_poll(poll, &spinner, output);
            if printed.is_ok() {
                printed = result;
            }
        })
        .await;
    drop(spinner);
    printed?;
    let outcome = outcome.map_err(Error::call("wait for the deployment"))?;
    if let Some(status) = outcome.status() {
        output.set_outputs(status);
        output.add_summary(&deployment, status);
    }
    print_outcome(&outcome, output)?;
    Ok(code(&outcome))
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
