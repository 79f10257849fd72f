//! `flush`: sends the reports left in the outbox.

use std::path::PathBuf;
use std::time::Duration;

use deploystatus::{DeploymentStatus, FlushEvent, OnSuperseded, Outbox, Undelivered};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::time_limit::TimeLimit;
use crate::advice;
use crate::arguments::FlushArgs;
use crate::error::{Activity, Error};
use crate::exit::{self, Code};
use crate::output::Output;
use crate::output::format::Format;
use crate::output::style::Span;
use crate::settings::pipeline::is_in_pipeline;
use crate::settings::{Settings, outbox_directory};

pub(crate) async fn run(
    arguments: &FlushArgs,
    settings: &Settings,
    output: &Output,
) -> Result<Code, Error> {
    let directory = outbox_directory(&arguments.outbox)?;
    let mut results = Results::new(output);
    if !directory.exists() {
        if arguments.outbox.outbox.is_some() {
            return Err(Error::Usage(format!(
                "no outbox at {} (from --outbox): expected an existing directory",
                directory.display()
            )));
        }
        output.note(format!("no outbox at {}", directory.display()));
        return results.finish();
    }
    let limit = TimeLimit::new(arguments.timeout, output);
    let client = settings.client(output)?;
    let superseded = if arguments.send_superseded {
        OnSuperseded::Send
    } else {
        OnSuperseded::Drop
    };
    let outbox = Outbox::open(&directory).map_err(Error::call("open the outbox"))?;
    if is_in_pipeline() {
        wait_for_others(&outbox, output).await?;
        limit.on_progress();
    }
    let flush = async {
        let on_event = |event| {
            // A report that fails is not progress.
            if matches!(event, FlushEvent::Delivered { .. } | FlushEvent::Dropped(_)) {
                limit.on_progress();
            }
            results.add(event);
        };
        let flushed = outbox.flush_with(&client, superseded, on_event);
        flushed.await.map_err(Error::call("read the outbox"))
    };
    let flushed = limit
        .run(Activity::Flushing(directory.clone()), flush)
        .await;
    if flushed.is_ok() && results.is_empty {
        output.note(format!("the outbox at {} is empty", directory.display()));
    }
    let code = results.finish()?;
    flushed.map(|()| code)
}

/// Waits for processes that send reports of the outbox, but not longer than five seconds.
///
/// The `run` of a cancelled step may still report its end when the next step starts.
async fn wait_for_others(outbox: &Outbox, output: &Output) -> Result<(), Error> {
    const LIMIT: Duration = Duration::from_secs(5);
    const INTERVAL: Duration = Duration::from_millis(100);
    let is_in_use = || outbox.is_in_use().map_err(Error::call("read the outbox"));
    let started = Instant::now();
    if is_in_use()? {
        output.show_wait("waiting up to 5s for another process that sends a report");
    }
    while started.elapsed() < LIMIT && is_in_use()? {
        sleep(INTERVAL).await;
    }
    Ok(())
}

/// The results, which are printed as they arrive. The JSON document follows at the end.
struct Results<'a> {
    output: &'a Output,
    document: Document,
    is_empty: bool,
    /// The exit code, unless printing has failed.
    code: Code,
    failure: Option<Error>,
}

/// The document that `--json` prints.
#[derive(Default, Serialize)]
struct Document {
    delivered: Vec<DeploymentStatus>,
    dropped: Vec<Undelivered>,
    kept: Vec<Value>,
    in_use: Vec<PathBuf>,
    skipped: Vec<PathBuf>,
    unreadable: Vec<String>,
}

impl<'a> Results<'a> {
    fn new(output: &'a Output) -> Self {
        Self {
            output,
            document: Document::default(),
            is_empty: true,
            code: Code::Done,
            failure: None,
        }
    }

    fn add(&mut self, event: FlushEvent) {
        self.is_empty = false;
        let output = self.output;
        match event {
            FlushEvent::Delivered {
                repository,
                deployment,
                outcome,
                ..
            } => {
                let printed = self.print_delivered(&repository, deployment, &outcome.status);
                self.failure = self.failure.take().or(printed.err());
                self.document.delivered.push(outcome.status);
            }
            FlushEvent::Dropped(report) => {
                output.note(format!(
                    "dropped the report for deployment {} of {}, because a newer status exists",
                    report.deployment(),
                    report.repository()
                ));
                self.document.dropped.push(report);
            }
            FlushEvent::Kept(report) => self.add_kept(report),
            FlushEvent::InUse(path) => {
                output.note(format!(
                    "left {} alone, because another process uses it",
                    path.display()
                ));
                self.document.in_use.push(path);
            }
            FlushEvent::Skipped(path) => {
                self.fail();
                output.warning(format!(
                    "skipped {}: it is for another server or follows a report that was not sent",
                    path.display()
                ));
                self.document.skipped.push(path);
            }
            FlushEvent::Unreadable(error) => {
                self.fail();
                let message = advice::message(&error);
                output.warning(&message);
                self.document.unreadable.push(message);
            }
            _ => {}
        }
    }

    fn add_kept(&mut self, report: Undelivered) {
        self.document.kept.push(json!(report));
        let error = Error::Undelivered(report);
        self.output.error(&error);
        if matches!(self.code, Code::Done | Code::Failed) {
            self.code = exit::code_of(&error);
        }
    }

    /// Sets the exit code, unless a report that was not sent has set another one.
    fn fail(&mut self) {
        if self.code == Code::Done {
            self.code = Code::Failed;
        }
    }

    fn print_delivered(
        &self,
        repository: &str,
        deployment: u64,
        status: &DeploymentStatus,
    ) -> Result<(), Error> {
        match self.output.format() {
            Format::Text => self.output.line(&[
                Span::state(&status.state),
                Span::plain(format!("deployment {deployment} of {repository}")),
                Span::plain(format!("status {}", status.id)),
            ]),
            Format::JsonLines => self.output.json(status),
            Format::Json => Ok(()),
        }
    }

    /// Prints the JSON document and returns the exit code.
    fn finish(self) -> Result<Code, Error> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        if self.output.format() == Format::Json {
            self.output.json(&self.document)?;
        }
        Ok(self.code)
    }
}
