//! `wait`: waits for a deployment to finish.

use std::time::Duration;

use deploystatus::{Deployment, DeploymentStatus, Outcome, PollEvent, State, WaitPolicy};
use serde_json::json;
use tokio::time::{Instant, timeout};

use super::summary;
use crate::advice;
use crate::arguments::WaitArgs;
use crate::duration;
use crate::error::Error;
use crate::exit::Code;
use crate::output::Output;
use crate::output::format::Format;
use crate::settings::Settings;

pub(crate) async fn run(
    arguments: WaitArgs,
    settings: &Settings,
    output: &Output,
) -> Result<Code, Error> {
    let deployment = settings.deployment(output)?;
    output.show_wait(&format!(
        "waiting for deployment {} of {}",
        deployment.id(),
        deployment.repository()
    ));
    let limit = arguments.timeout;
    let goal = arguments.goal.clone();
    let started = Instant::now();
    let result = wait(&deployment, arguments, output).await?;
    let waited = started.elapsed();
    if let Some(status) = result.status() {
        output.set_outputs(status);
        let left = limit
            .saturating_add(OVERRUN)
            .saturating_sub(started.elapsed());
        summary::add(&deployment, status, left, output).await;
    }
    print_result(&result, output)?;
    if let Some(problem) = result.problem(goal.as_ref(), limit, waited) {
        output.warning(problem);
    }
    Ok(result.code())
}

/// Waits until the deployment has reached the goal or the time limit, and shows new statuses.
async fn wait(
    deployment: &Deployment,
    arguments: WaitArgs,
    output: &Output,
) -> Result<WaitResult, Error> {
    let mut policy = WaitPolicy::new().timeout(arguments.timeout);
    if let Some(interval) = arguments.interval {
        policy = policy.initial_interval(interval).max_interval(interval);
    }
    let wait = match arguments.goal {
        Some(state) => deployment.wait_for(state, &policy),
        None => deployment.wait(&policy),
    };
    let mut printed = Ok(());
    let mut newest = None;
    let wait = wait.on_poll(|poll| {
        newest = poll.status.cloned().map(Box::new);
        let result = print_poll(poll, output);
        if printed.is_ok() {
            printed = result;
        }
    });
    let wait = async {
        tokio::select! {
            biased;
            result = wait.into_future() => result,
            never = output.break_silence() => never,
        }
    };
    let limit = arguments.timeout.saturating_add(OVERRUN);
    let outcome = timeout(limit, wait).await;
    output.stop_waiting();
    printed?;
    match outcome {
        Ok(Ok(outcome)) => Ok(WaitResult::from(outcome)),
        // The server fails, or its rate limit lasts, until after the time limit.
        Ok(Err(error)) if newest.is_some() && is_temporary(&error) => {
            let cause = advice::message(&error) + &advice::required_wait(&error);
            let cause = Some(format!("cannot read the deployment: {cause}"));
            Ok(WaitResult::OutOfTime { newest, cause })
        }
        Ok(Err(error)) => Err(Error::call("wait for the deployment")(error)),
        Err(_) => Ok(WaitResult::OutOfTime {
            newest,
            cause: None,
        }),
    }
}

/// Returns `true` if a later poll could have succeeded.
fn is_temporary(error: &deploystatus::Error) -> bool {
    error.is_rate_limited() || error.is_retryable()
}

/// Time after the limit in which a last poll can end. A slower server is not waited for.
const OVERRUN: Duration = Duration::from_millis(1_500);

/// The end of a wait.
enum WaitResult {
    Ended(Box<Outcome>),
    /// The time limit was reached, or the next poll would be later.
    OutOfTime {
        /// The newest status that was read.
        newest: Option<Box<DeploymentStatus>>,
        /// The failure because of which the next poll would be too late, or `None` if the limit was reached.
        cause: Option<String>,
    },
}

impl From<Outcome> for WaitResult {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::StillRunning { last, .. } => Self::OutOfTime {
                newest: last.map(Box::new),
                cause: None,
            },
            outcome => Self::Ended(Box::new(outcome)),
        }
    }
}

impl WaitResult {
    fn status(&self) -> Option<&DeploymentStatus> {
        match self {
            Self::Ended(outcome) => outcome.status(),
            Self::OutOfTime { newest, .. } => newest.as_deref(),
        }
    }

    /// Returns the reason why the wait did not succeed, or `None` if it did.
    fn problem(&self, goal: Option<&State>, limit: Duration, waited: Duration) -> Option<String> {
        let limit = duration::format(limit.as_secs());
        let outcome = match self {
            Self::Ended(outcome) => outcome,
            Self::OutOfTime { cause: None, .. } => {
                let missed = goal.map_or("finish".to_owned(), |state| format!("reach {state}"));
                return Some(format!("the deployment did not {missed} within {limit}"));
            }
            Self::OutOfTime {
                cause: Some(cause), ..
            } => {
                let waited = duration::format(waited.as_secs());
                return Some(format!(
                    "stopped waiting after {waited} of {limit}: {cause}"
                ));
            }
        };
        match &**outcome {
            outcome if outcome.is_success() => None,
            Outcome::Gone => Some("the deployment no longer exists".to_owned()),
            _ => Some(format!("the deployment did not succeed: {}", self.name())),
        }
    }

    /// Returns the value of `outcome` in the output.
    fn name(&self) -> &'static str {
        let Self::Ended(outcome) = self else {
            return "still_running";
        };
        match **outcome {
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

    fn code(&self) -> Code {
        match self {
            Self::OutOfTime { .. } => Code::OutOfTime,
            Self::Ended(outcome) if outcome.is_success() => Code::Done,
            Self::Ended(outcome) if matches!(**outcome, Outcome::Gone) => Code::Rejected,
            Self::Ended(_) => Code::Failed,
        }
    }
}

/// Prints a new status or a failed poll. The last status is printed with the outcome instead.
fn print_poll(poll: &PollEvent<'_>, output: &Output) -> Result<(), Error> {
    let is_last = poll.next_in.is_none();
    if let Some(error) = poll.error.filter(|_| !is_last) {
        let error = advice::message(error);
        output.note(format!(
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
    output.show_wait(&text);
    if output.format() == Format::JsonLines && !is_last {
        output.json(status)?;
    }
    Ok(())
}

fn print_result(result: &WaitResult, output: &Output) -> Result<(), Error> {
    let name = result.name();
    match result.status() {
        Some(status) => output.status(status, &[("outcome", json!(name))]),
        None if output.format() == Format::Text => output.text(format!("outcome  {name}")),
        None => output.json(&json!({ "outcome": name })),
    }
}
