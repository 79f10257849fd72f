//! Reports one status.

use deploystatus::{Delivered, Deployment, NewStatus, State};
use serde_json::{Value, json};

use crate::arguments::{CreateArguments, Report};
use crate::error::Error;
use crate::exit::Code;
use crate::output::Output;
use crate::settings::Settings;

pub(crate) async fn run(
    arguments: CreateArguments,
    settings: &Settings,
    output: &Output,
) -> Result<Code, Error> {
    let report = &arguments.report;
    let status = new_status(arguments.state, report, settings);
    let check = status.check().map_err(deploystatus::Error::from);
    check.map_err(Error::call("report the status"))?;
    let deployment = settings.deployment()?;
    if report.dry_run {
        show(&deployment, &status, output)?;
        return Ok(Code::Done);
    }
    let delivered = if report.if_changed {
        deployment.create_status_if_changed(status).await
    } else {
        deployment.create_status(status).await
    };
    let delivered = delivered.map_err(Error::call("report the status"))?;
    output.status(delivered.status(), &[("delivery", json!(word(&delivered)))])?;
    output.tell_workflow(delivered.status());
    Ok(Code::Done)
}

/// The status that the options describe.
pub(crate) fn new_status(state: State, report: &Report, settings: &Settings) -> NewStatus {
    let mut status = NewStatus::new(state);
    if let Some(url) = report.log_url.clone().or_else(|| settings.run_page()) {
        status = status.log_url(url);
    }
    if let Some(url) = &report.environment_url {
        status = status.environment_url(url);
    }
    if let Some(name) = &report.environment {
        status = status.environment(name);
    }
    if let Some(remark) = &report.description {
        status = if report.truncate {
            status.description_truncated(remark)
        } else {
            status.description(remark)
        };
    }
    if let Some(retire) = report.auto_inactive {
        status = status.auto_inactive(retire);
    }
    status
}

/// Says what would be sent.
pub(crate) fn show(
    deployment: &Deployment,
    status: &NewStatus,
    output: &Output,
) -> Result<(), Error> {
    let body = serde_json::to_value(status).unwrap_or(Value::Null);
    output.remark(&format!(
        "nothing was sent; this would be, to deployment {} of {}",
        deployment.id(),
        deployment.repository()
    ));
    output.json(&body)
}

/// How it came to be on the server.
fn word(delivered: &Delivered) -> &'static str {
    match delivered {
        Delivered::Created(_) => "created",
        Delivered::Adopted(_) => "adopted",
        _ => "already_there",
    }
}
