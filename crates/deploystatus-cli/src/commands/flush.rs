//! `flush`: sends the reports left in the outbox.

use std::path::Path;

use deploystatus::{FlushReport, OnSuperseded, Outbox, Undelivered};
use serde_json::{Value, json};

use super::list;
use super::time_limit::TimeLimit;
use crate::advice;
use crate::arguments::FlushArgs;
use crate::error::{Error, TimedOut};
use crate::exit::{self, Code};
use crate::output::Output;
use crate::output::format::Format;
use crate::settings::{Settings, outbox_directory};

pub(crate) async fn run(
    arguments: &FlushArgs,
    settings: &Settings,
    output: &Output,
) -> Result<Code, Error> {
    let directory = outbox_directory(&arguments.outbox)?;
    if !directory.exists() {
        if arguments.outbox.outbox.is_some() {
            return Err(Error::Usage(format!(
                "no outbox at {} (from --outbox): expected an existing directory",
                directory.display()
            )));
        }
        output.note(&format!("no outbox at {}", directory.display()));
        print_result(&FlushReport::default(), output)?;
        return Ok(Code::Done);
    }
    let limit = TimeLimit::new(arguments.timeout, output);
    let client = settings.client(output)?;
    let superseded = if arguments.send_superseded {
        OnSuperseded::Send
    } else {
        OnSuperseded::Drop
    };
    let outbox = Outbox::open(&directory).map_err(Error::call("open the outbox"))?;
    let flush = async {
        let flushed = outbox.flush_with(&client, superseded, |_| limit.on_progress());
        flushed.await.map_err(Error::call("read the outbox"))
    };
    let flushed = limit.run(TimedOut::Reading, flush).await?;
    print_result(&flushed, output)?;
    print_notes(&flushed, &directory, output);
    Ok(print_failures(flushed, output))
}

/// Prints the statuses that were created; the JSON document also lists all other reports.
fn print_result(flushed: &FlushReport, output: &Output) -> Result<(), Error> {
    match output.format() {
        Format::Text if flushed.delivered.is_empty() => Ok(()),
        Format::Text => {
            let delivered = flushed.delivered.iter().map(|outcome| &outcome.status);
            output.table(&list::table(delivered, output.times()))
        }
        Format::JsonLines => flushed
            .delivered
            .iter()
            .try_for_each(|outcome| output.json(&outcome.status)),
        Format::Json => {
            let delivered: Vec<_> = flushed
                .delivered
                .iter()
                .map(|outcome| &outcome.status)
                .collect();
            let unreadable: Vec<_> = flushed
                .unreadable
                .iter()
                .map(|error| advice::message(error))
                .collect();
            output.json(&json!({
                "delivered": delivered,
                "dropped": documents(&flushed.dropped),
                "kept": documents(&flushed.kept),
                "skipped": flushed.skipped,
                "unreadable": unreadable,
            }))
        }
    }
}

/// Prints the reports that were dropped, skipped or unreadable.
fn print_notes(flushed: &FlushReport, directory: &Path, output: &Output) {
    for report in &flushed.dropped {
        output.note(&format!(
            "dropped the report for deployment {} of {}, because a newer status exists",
            report.deployment(),
            report.repository()
        ));
    }
    for path in &flushed.skipped {
        output.warning(&format!(
            "skipped {}: it is for another server, follows a report that was not sent, or is in use by another process",
            path.display()
        ));
    }
    for error in &flushed.unreadable {
        output.warning(&advice::message(error));
    }
    if flushed.is_complete() && flushed.delivered.is_empty() && flushed.dropped.is_empty() {
        output.note(&format!("the outbox at {} is empty", directory.display()));
    }
}

/// Prints an error for each report that was not sent and returns the exit code of the first.
fn print_failures(flushed: FlushReport, output: &Output) -> Code {
    let mut code = Code::Done;
    if !flushed.skipped.is_empty() || !flushed.unreadable.is_empty() {
        code = Code::Failed;
    }
    for (index, report) in flushed.kept.into_iter().enumerate() {
        let error = Error::Undelivered(report);
        output.error(&error);
        if index == 0 {
            code = exit::code_of(&error);
        }
    }
    code
}

fn documents(reports: &[Undelivered]) -> Vec<Value> {
    reports.iter().map(|report| json!(report)).collect()
}
