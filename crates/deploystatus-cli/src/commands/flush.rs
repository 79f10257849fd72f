//! `flush`: sends the reports left in the outbox.

use std::path::{Path, PathBuf};

use deploystatus::{DeploymentStatus, FlushEvent, FlushReport, OnSuperseded, Outbox};
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
        Results::default().print(output)?;
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
    let mut results = Results::default();
    let flush = async {
        let on_event = |event: FlushEvent<'_>| {
            limit.on_progress();
            results.add(&event);
        };
        let flushed = outbox.flush_with(&client, superseded, on_event);
        flushed.await.map_err(Error::call("read the outbox"))
    };
    match limit.run(TimedOut::Flushing, flush).await {
        Ok(flushed) => {
            results.print(output)?;
            print_notes(&flushed, &directory, output);
            Ok(print_failures(flushed, output))
        }
        Err(error @ Error::TimedOut(..)) => {
            results.print(output)?;
            results.print_kept(output);
            Err(error)
        }
        Err(error) => Err(error),
    }
}

/// The results that have arrived, which are printed even if the time limit is reached.
#[derive(Default)]
struct Results {
    delivered: Vec<DeploymentStatus>,
    dropped: Vec<Value>,
    kept: Vec<Value>,
    /// The errors of the reports that are kept.
    problems: Vec<String>,
    in_use: Vec<PathBuf>,
    skipped: Vec<PathBuf>,
    unreadable: Vec<String>,
}

impl Results {
    fn add(&mut self, event: &FlushEvent<'_>) {
        match event {
            FlushEvent::Delivered { outcome, .. } => self.delivered.push(outcome.status.clone()),
            FlushEvent::Dropped(report) => self.dropped.push(json!(report)),
            FlushEvent::Kept(report) => {
                self.kept.push(json!(report));
                self.problems.push(advice::message(*report));
            }
            FlushEvent::InUse(path) => self.in_use.push((*path).to_owned()),
            FlushEvent::Skipped(path) => self.skipped.push((*path).to_owned()),
            FlushEvent::Unreadable(error) => self.unreadable.push(advice::message(*error)),
            _ => {}
        }
    }

    /// Prints the statuses that were created; the JSON document also lists all other reports.
    fn print(&self, output: &Output) -> Result<(), Error> {
        match output.format() {
            Format::Text if self.delivered.is_empty() => Ok(()),
            Format::Text => output.table(&list::table(&self.delivered, output.times())),
            Format::JsonLines => self
                .delivered
                .iter()
                .try_for_each(|status| output.json(status)),
            Format::Json => output.json(&json!({
                "delivered": self.delivered,
                "dropped": self.dropped,
                "kept": self.kept,
                "in_use": self.in_use,
                "skipped": self.skipped,
                "unreadable": self.unreadable,
            })),
        }
    }

    fn print_kept(&self, output: &Output) {
        for problem in &self.problems {
            output.warning(problem);
        }
    }
}

/// Prints the reports that were dropped, left alone, skipped or unreadable.
fn print_notes(flushed: &FlushReport, directory: &Path, output: &Output) {
    for report in &flushed.dropped {
        output.note(&format!(
            "dropped the report for deployment {} of {}, because a newer status exists",
            report.deployment(),
            report.repository()
        ));
    }
    for path in &flushed.in_use {
        output.note(&format!(
            "left {} alone, because another process uses it",
            path.display()
        ));
    }
    for path in &flushed.skipped {
        output.warning(&format!(
            "skipped {}: it is for another server or follows a report that was not sent",
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
