//! Waits for a deployment that somebody else runs.

use deploystatus::{Outcome, Poll, WaitPolicy};
use serde_json::json;

use crate::arguments::WaitArguments;
use crate::error::Error;
use crate::exit::Code;
use crate::output::{Form, Live, Output, length};
use crate::settings::Settings;

pub(crate) async fn run(
    arguments: WaitArguments,
    settings: &Settings,
    output: &Output,
) -> Result<Code, Error> {
    let deployment = settings.deployment()?;
    let policy = WaitPolicy::new().timeout(arguments.timeout);
    let wait = match arguments.goal {
        Some(state) => deployment.wait_for(state, &policy),
        None => deployment.wait(&policy),
    };
    let live = output.live(&format!(
        "waiting for deployment {} of {}",
        deployment.id(),
        deployment.repository()
    ));
    let mut printed = Ok(());
    let outcome = wait
        .on_poll(|poll| {
            let told = tell(poll, &live, output);
            if printed.is_ok() {
                printed = told;
            }
        })
        .await;
    drop(live);
    printed?;
    let outcome = outcome.map_err(Error::call("wait for the deployment"))?;
    answer(&outcome, output)?;
    Ok(code(&outcome))
}

/// Says what a poll brought, if it is news and not the end, which is answered afterwards.
fn tell(poll: &Poll<'_>, live: &Live, output: &Output) -> Result<(), Error> {
    if let Some(error) = poll.error.filter(|_| poll.next_in.is_some()) {
        live.line(&format!(
            "the deployment cannot be looked at: {error}; waiting on"
        ));
    }
    let Some(status) = poll.status.filter(|_| poll.is_news) else {
        return Ok(());
    };
    let state = &status.state;
    let mut text = format!("{state} after {}", length(poll.waited.as_secs()));
    if let Some(remark) = &status.description {
        text = format!("{text}: {remark}");
    }
    live.news(&text);
    if output.form() == Form::JsonLines && poll.next_in.is_some() {
        output.json(status)?;
    }
    Ok(())
}

fn answer(outcome: &Outcome, output: &Output) -> Result<(), Error> {
    let word = json!(word(outcome));
    match outcome.status() {
        Some(status) => {
            output.tell_workflow(status);
            output.status(status, &[("outcome", word)])
        }
        None if output.form() == Form::Plain => {
            output.answer(&format!("outcome  {}\n", self::word(outcome)))
        }
        None => output.json(&json!({ "outcome": word })),
    }
}

/// The outcome in one word.
fn word(outcome: &Outcome) -> &'static str {
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
        outcome if outcome.is_good() => Code::Done,
        _ => Code::Failed,
    }
}
