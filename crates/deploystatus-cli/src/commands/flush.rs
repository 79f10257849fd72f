//! `flush`: sends the reports left in the outbox.

use std::path::Path;

use deploystatus::{Delivered, Flushed, Outbox, Overtaken, Undelivered};
use serde_json::{Value, json};

use super::list;
use crate::advice;
use crate::arguments::FlushArgs;
use crate::error::Error;
use crate::exit::{self, Code};
use crate::output::{Format, Output};
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
        print_result(&Flushed::default(), output)?;
        return Ok(Code::Done);
    }
    let client = settings.client()?;
    let superseded = if arguments.send_superseded {
        Overtaken::Send
    } else {
        Overtaken::Drop
    };
    let outbox = Outbox::open(&directory).map_err(Error::call("open the outbox"))?;
    let flushed = outbox.flush(&client, superseded).await;
    let flushed = flushed.map_err(Error::call("read the outbox"))?;
    print_result(&flushed, output)?;
    print_notes(&flushed, &directory, output);
    Ok(print_failures(flushed, output))
}

/// Prints the statuses that were created; the JSON document also lists all other reports.
fn print_result(flushed: &Flushed, output: &Output) -> Result<(), Error> {
    match output.format() {
        Format::Text if flushed.delivered.is_empty() => Ok(()),
        Format::Text => {
            let delivered = flushed.delivered.iter().map(Delivered::status);
            output.table(&list::table(delivered, output.times()))
        }
        Format::JsonLines => flushed
            .delivered
            .iter()
            .try_for_each(|delivered| output.json(delivered.status())),
        Format::Json => {
            let delivered: Vec<_> = flushed.delivered.iter().map(Delivered::status).collect();
            let unreadable: Vec<_> = flushed.unreadable.iter().map(advice::message).collect();
            output.json(&json!({
                "delivered": delivered,
                "dropped": documents(&flushed.dropped),
                "kept": documents(&flushed.kept),
                "skipped": flushed.left,
                "unreadable": unreadable,
            }))
        }
    }
}

/// Prints the reports that were dropped, skipped or unreadable.
fn print_notes(flushed: &Flushed, directory: &Path, output: &Output) {
    for report in &flushed.dropped {
        output.note(&format!(
            "dropped the report for deployment {} of {}, because a newer status exists",
            report.deployment(),
            report.repository()
        ));
    }
    for path in &flushed.left {
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
fn print_failures(flushed: Flushed, output: &Output) -> Code {
    let mut code = Code::Done;
    if !flushed.left.is_empty() || !flushed.unreadable.is_empty() {
        code = Code::Failed;
    }
    for (index, report) in flushed.kept.into_iter().enumerate() {
        let error = Error::Call {
            action: "send a report",
            source: report.into(),
        };
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
