//! `run`: runs a command and reports its result.

pub(super) mod child;
mod child_output;
pub(super) mod ending;
mod outbox;
#[cfg(unix)]
mod parent;
mod pending_exit;
mod pending_report;
#[cfg(unix)]
mod processes;
mod reports;
pub(super) mod signals;
mod strictness;
mod supervisor;

use deploystatus::{Deployment, State};
use tokio::process::Command;

use super::create;
use crate::arguments::report::RunArgs;
use crate::error::Error;
use crate::exit::Code;
use crate::output::Output;
use crate::settings::Settings;
use crate::settings::pipeline::is_in_pipeline;
use child_output::ChildOutput;
use reports::Reports;
use signals::{ParentPolicy, Signals};
use supervisor::Supervisor;

pub(crate) async fn run(
    arguments: RunArgs,
    settings: &Settings,
    output: &Output,
) -> Result<Code, Error> {
    // From here on a stop request does not end this process before the final status is reported.
    let parent_policy = parent_policy(&arguments);
    let mut signals = Signals::listen(parent_policy).map_err(Error::Runtime)?;
    let report = &arguments.report;
    let status = create::new_status(State::InProgress, report)?;
    let deployment = settings.deployment(output)?;
    if report.dry_run {
        create::print_request(&deployment, &status, output)?;
        output.note("the command was not run");
        return Ok(Code::Done);
    }
    let child_output = create_child_output(output);
    let command = command(&arguments, settings, &deployment, child_output.as_ref())?;
    let mut reports = Reports::start(deployment, status, &arguments, settings, output)?;
    let stop = tokio::select! {
        biased;
        stop = signals.next() => Some(stop),
        () = reports.wait_started(arguments.report_timeout) => None,
        never = output.break_silence() => never,
    };
    let mut supervisor = Supervisor::new(&arguments, reports, child_output, parent_policy, output);
    match stop {
        Some(stop) => supervisor.stop_before_start(stop),
        None => supervisor.start(command),
    }
    Ok(supervisor.run(&mut signals).await)
}

/// Returns the policy for the exit of the parent.
///
/// In a pipeline the parent belongs to a step, whose shell the runner ends when the job is cancelled.
/// Elsewhere a shell may exit and leave this process in the background.
fn parent_policy(arguments: &RunArgs) -> ParentPolicy {
    if arguments.stop_with_parent.unwrap_or_else(is_in_pipeline) {
        ParentPolicy::Watch
    } else {
        ParentPolicy::Ignore
    }
}

/// Creates the file for the command's values, or returns `None` with a warning.
fn create_child_output(output: &Output) -> Option<ChildOutput> {
    match ChildOutput::create() {
        Ok(file) => Some(file),
        Err(error) => {
            output.warning(format!(
                "cannot create the file for DEPLOYSTATUS_OUTPUT: {error}"
            ));
            None
        }
    }
}

/// Creates the command with the variables that describe the deployment.
fn command(
    arguments: &RunArgs,
    settings: &Settings,
    deployment: &Deployment,
    child_output: Option<&ChildOutput>,
) -> Result<Command, Error> {
    let (program, rest) = arguments
        .command
        .split_first()
        .ok_or_else(|| Error::Usage("missing command after `--`".to_owned()))?;
    let mut command = Command::new(program);
    command
        .args(rest)
        .env("DEPLOYSTATUS_DEPLOYMENT", deployment.id().to_string())
        .env("DEPLOYSTATUS_REPOSITORY", deployment.repository())
        .env("DEPLOYSTATUS_API_URL", settings.api_url()?.value);
    if let Some(file) = child_output {
        command.env("DEPLOYSTATUS_OUTPUT", file.path());
    }
    if arguments.without_token {
        command.env_remove("GITHUB_TOKEN").env_remove("GH_TOKEN");
    }
    Ok(command)
}
