//! `run`: runs a command and reports its result.

mod child;
mod ending;
mod reports;
mod signals;
mod supervisor;

use deploystatus::State;

use super::create;
use crate::arguments::RunArgs;
use crate::error::Error;
use crate::exit::Code;
use crate::output::Output;
use crate::settings::Settings;
use reports::Reports;
use signals::Signals;
use supervisor::Supervisor;

pub(crate) async fn run(
    arguments: RunArgs,
    settings: &Settings,
    output: &Output,
) -> Result<Code, Error> {
    // From here on a stop signal does not end this process before the final status is reported.
    let mut signals = Signals::listen().map_err(Error::Runtime)?;
    let report = &arguments.report;
    let status = create::new_status(State::InProgress, report)?;
    let deployment = settings.deployment()?;
    if report.dry_run {
        create::print_request(&deployment, &status, output)?;
        output.note("the command was not run");
        return Ok(Code::Done);
    }
    let mut reports = Reports::start(deployment, status, &arguments, output)?;
    let stop = tokio::select! {
        biased;
        stop = signals.next() => Some(stop),
        () = reports.wait_started(arguments.report_timeout) => None,
    };
    let mut supervisor = Supervisor::new(&arguments, reports, output);
    match stop {
        Some(stop) => supervisor.stop_before_start(stop),
        None => supervisor.start(),
    }
    Ok(supervisor.run(&mut signals).await)
}
