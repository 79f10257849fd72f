//! `create`: creates one status.

use std::time::Duration;

use deploystatus::{Confirmation, CreateOutcome, Deployment, DeploymentStatus, NewStatus, State};
use serde_json::{Value, json};

use super::summary;
use super::time_limit::TimeLimit;
use crate::advice;
use crate::arguments::parsers::ReportedState;
use crate::arguments::report::{CreateArgs, ReportArgs};
use crate::error::{Activity, Error};
use crate::escape::secrets::without_secrets;
use crate::exit::Code;
use crate::output::Output;
use crate::output::format::Format;
use crate::settings::Settings;
use crate::settings::given::Given;
use crate::settings::pipeline::log_url;

pub(crate) async fn run(
    arguments: CreateArgs,
    settings: &Settings,
    output: &Output,
) -> Result<Code, Error> {
    let report = &arguments.report;
    let state = match arguments.state {
        ReportedState::State(state) => state,
        ReportedState::Cancelled => arguments.cancelled_as,
    };
    let status = new_status(state, report)?;
    let limit = TimeLimit::new(arguments.timeout, output);
    let deployment = limit.deployment(settings)?;
    if report.dry_run {
        print_request(&deployment, &status, output)?;
        return Ok(Code::Done);
    }
    if arguments.unless_finished
        && let Some(finished) = limit
            .run(Activity::Reading, read_finished(&deployment))
            .await?
    {
        output.set_outputs(&finished);
        let printed = output.status(&finished, &[("delivery", json!("already_finished"))]);
        summary::add(&deployment, &finished, limit.left(), output).await;
        return printed.map(|()| Code::Done);
    }
    if report.if_changed {
        // As long as the server does not respond to a reading, no creation is sent.
        let reading = async {
            let newest = deployment.latest_status().await;
            newest.map_err(Error::call("read the newest status"))
        };
        limit.run(Activity::Reading, reading).await?;
    }
    let create = create(&deployment, status, report);
    let created = limit.run(Activity::Creating, create).await?;
    let status = &created.status;
    // Later steps need the outputs even if standard output cannot be written.
    output.set_outputs(status);
    let mut more = vec![("delivery", json!(delivery(&created)))];
    if let (Some(search), Format::Json | Format::JsonLines) = (created.search, output.format()) {
        more.push(("search", json!(search)));
    }
    let printed = output.status(status, &more);
    if printed.is_err() {
        output.warning(format!("stored as status {}", status.id));
    }
    summary::add(&deployment, status, limit.left(), output).await;
    printed?;
    Ok(Code::Done)
}

async fn create(
    deployment: &Deployment,
    status: NewStatus,
    report: &ReportArgs,
) -> Result<CreateOutcome, Error> {
    let created = if report.if_changed {
        deployment.create_status_if_changed(status).await
    } else {
        deployment.create_status(status).await
    };
    created.map_err(Error::call("create the status"))
}

/// Returns the newest status if it is final, or `None` if two readings of the list end otherwise.
///
/// GitHub may return a list without the newest statuses, so one reading is not enough.
async fn read_finished(deployment: &Deployment) -> Result<Option<DeploymentStatus>, Error> {
    for pause in [Duration::ZERO, BETWEEN_READINGS] {
        tokio::time::sleep(pause).await;
        let newest = deployment.latest_status().await;
        let newest = newest.map_err(Error::call("read the newest status"))?;
        if let Some(status) = newest.filter(|status| status.state.is_finished()) {
            return Ok(Some(status));
        }
    }
    Ok(None)
}

/// Time between two readings of the list of statuses.
const BETWEEN_READINGS: Duration = Duration::from_secs(5);

/// Creates the status that the arguments describe.
///
/// # Errors
///
/// Returns a usage error if GitHub would reject the status.
pub(crate) fn new_status(state: State, report: &ReportArgs) -> Result<NewStatus, Error> {
    let mut status = NewStatus::new(state);
    let log_url = match &report.log_url {
        Some(url) => Some(Given::new(url, "--log-url")),
        None => log_url()?,
    };
    if let Some(url) = &log_url {
        status = status.log_url(&url.value);
    }
    if let Some(url) = &report.environment_url {
        status = status.environment_url(url);
    }
    if let Some(name) = &report.environment {
        status = status.environment(name);
    }
    if let Some(description) = &report.description {
        status = if report.truncate {
            status.description_truncated(description)
        } else {
            status.description(description)
        };
    }
    if let Some(auto_inactive) = report.auto_inactive {
        status = status.auto_inactive(auto_inactive);
    }
    match status.check() {
        Ok(()) => Ok(status),
        Err(invalid) => Err(explain(invalid.into(), report, log_url.as_ref())),
    }
}

/// Returns the error for a status that GitHub would reject, with the value and its origin.
fn explain(error: deploystatus::Error, report: &ReportArgs, log_url: Option<&Given>) -> Error {
    const URL: &str = "a URL that starts with https:// or http://";
    const TEXT: &str = "text without control characters";
    let field = advice::invalid_field(&error).unwrap_or_default();
    let (name, value, origin, expected) = match field {
        "log_url" => ("URL", log_url.map(|url| &url.value), "--log-url", URL),
        "environment_url" => (
            "URL",
            report.environment_url.as_ref(),
            "--environment-url",
            URL,
        ),
        "environment" => (
            "environment",
            report.environment.as_ref(),
            "--environment",
            TEXT,
        ),
        "description" => (
            "description",
            report.description.as_ref(),
            "--description",
            TEXT,
        ),
        _ => return Error::call("create the status")(error),
    };
    let value = value.map(String::as_str).unwrap_or_default();
    let length = value.chars().count();
    if field == "description" && length > MAX_DESCRIPTION {
        return Error::Usage(format!(
            "description is too long: {length} characters (maximum {MAX_DESCRIPTION}); use --truncate to shorten it"
        ));
    }
    let origin = match log_url {
        Some(url) if field == "log_url" => url.origin,
        _ => origin,
    };
    if name == "URL" {
        return Error::invalid(name, &without_secrets(value), origin, expected);
    }
    Error::invalid(name, value, origin, expected)
}

/// Maximum number of characters of a description on GitHub.
const MAX_DESCRIPTION: usize = 140;

/// Prints the request that would create a status.
pub(crate) fn print_request(
    deployment: &Deployment,
    status: &NewStatus,
    output: &Output,
) -> Result<(), Error> {
    let body = serde_json::to_value(status).unwrap_or(Value::Null);
    output.note(format!(
        "dry run: this request for deployment {} of {} was not sent",
        deployment.id(),
        deployment.repository()
    ));
    output.json(&body)
}

/// Returns the value of `delivery` in the output.
fn delivery(created: &CreateOutcome) -> &'static str {
    match created.confirmation {
        Confirmation::Created => "created",
        Confirmation::Adopted => "adopted",
        _ => "already_there",
    }
}
