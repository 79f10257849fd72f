//! The only module that prints: the result to standard output, everything else to standard error.
//!
//! All text passes through [`crate::escape`] here, and the functions that write take no other text.

mod card;
mod delays;
pub(crate) mod format;
mod json;
mod json_array;
mod live_line;
mod notes;
mod print;
mod silence;
pub(crate) mod style;
pub(crate) mod table;
mod traces;
pub(crate) mod usage;
mod workflow;

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use deploystatus::{Client, Deployment, DeploymentStatus};
use serde::Serialize;
use serde_json::{Value, json};

use crate::arguments::OutputArgs;
use crate::error::Error;
use crate::escape::message::Message;
use crate::escape::{Safe, escape_json, escape_lines};
use format::{Format, Verbosity};
use json_array::JsonArray;
use notes::Notes;
use print::{coloured_for, print_json, print_labelled};
use style::{Span, Times};
use table::Table;
use workflow::{Level, Workflow};

/// The destinations and the format of everything that is printed.
pub(crate) struct Output {
    format: Format,
    notes: Arc<Notes>,
    /// `true` if standard output is a terminal.
    is_terminal: bool,
    workflow: Workflow,
    /// `true` once the reader of standard output has closed it.
    is_closed: AtomicBool,
    /// The client of the command, which knows the server after its first response.
    client: OnceLock<Client>,
}

impl Output {
    /// Creates the output for the given arguments and starts printing traces to standard error.
    pub(crate) fn new(arguments: &OutputArgs) -> Self {
        let format = match arguments {
            OutputArgs { json: true, .. } => Format::Json,
            OutputArgs { jsonl: true, .. } => Format::JsonLines,
            _ => Format::Text,
        };
        let workflow = Workflow::from_environment();
        traces::start(arguments.verbose, format, workflow.log);
        let verbosity = if arguments.quiet {
            Verbosity::Quiet
        } else {
            Verbosity::Normal
        };
        Self {
            format,
            notes: Arc::new(Notes::new(format, verbosity, workflow.log)),
            is_terminal: io::stdout().is_terminal(),
            workflow,
            is_closed: AtomicBool::new(false),
            client: OnceLock::new(),
        }
    }

    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// Returns the form in which times are printed to standard output.
    pub(crate) fn times(&self) -> Times {
        if self.is_terminal {
            Times::Relative
        } else {
            Times::Absolute
        }
    }

    /// Returns `true` if the reader of standard output has closed it, so that a long result can be cut.
    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Relaxed)
    }

    /// Prints one status and additional fields.
    pub(crate) fn status(
        &self,
        status: &DeploymentStatus,
        more: &[(&str, Value)],
    ) -> Result<(), Error> {
        match self.format {
            Format::Text => {
                let mut text = Safe::default();
                for line in card::card(status, more, self.times()) {
                    text.push(&table::line(&line, &[], self.workflow.log));
                }
                self.write(&text)
            }
            Format::Json | Format::JsonLines => {
                let more = more.iter().map(|(key, value)| (*key, value)).collect();
                self.json(&json::Extended { status, more })
            }
        }
    }

    /// Prints a JSON value: one document, or one line.
    pub(crate) fn json(&self, value: &impl Serialize) -> Result<(), Error> {
        let text = match self.format {
            Format::JsonLines => serde_json::to_string(value),
            Format::Text | Format::Json => serde_json::to_string_pretty(value),
        };
        let text = text.map_err(|error| Error::Output(error.into()))?;
        self.write_line(escape_json(&text))
    }

    /// Starts a JSON array that is printed element by element.
    pub(crate) fn json_array(&self) -> JsonArray<'_> {
        JsonArray::new(self)
    }

    /// Prints a table, at most as wide as the terminal.
    pub(crate) fn table(&self, table: &Table) -> Result<(), Error> {
        let width = terminal_size::terminal_size_of(io::stdout());
        let width = width.map(|(width, _)| usize::from(width.0));
        self.write(&table.render(self.workflow.log, width))
    }

    /// Prints a line of spans, separated by two spaces.
    pub(crate) fn line(&self, spans: &[Span]) -> Result<(), Error> {
        self.write(&table::line(spans, &[], self.workflow.log))
    }

    /// Prints a message to standard output.
    pub(crate) fn text(&self, text: impl Into<Message>) -> Result<(), Error> {
        self.write_line(escape_lines(&text.into(), self.workflow.log))
    }

    /// Prints text that the command generated itself, such as completions.
    pub(crate) fn generated(&self, text: String) -> Result<(), Error> {
        self.write(&Safe::generated(text))
    }

    /// Prints a message to standard error, except with `--quiet`.
    pub(crate) fn note(&self, text: impl Into<Message>) {
        self.notes.print(&text.into());
    }

    /// Shows what the command waits for: in the live line of a terminal, and in a line elsewhere.
    pub(crate) fn show_wait(&self, text: &str) {
        self.notes.show_wait(text);
    }

    /// Starts the wait again, with the live line.
    pub(crate) fn start_waiting(&self) {
        self.notes.start_waiting();
    }

    /// Ends the wait and removes the live line, because another process uses the terminal or the result follows.
    pub(crate) fn stop_waiting(&self) {
        self.notes.stop_waiting();
    }

    /// Shows that the command still waits whenever there was no message for a minute; never completes.
    pub(crate) async fn break_silence(&self) -> ! {
        self.notes.break_silence().await
    }

    /// Returns the reason of the last delay, or `None` if there was none.
    pub(crate) fn last_delay(&self) -> Option<String> {
        self.notes.last_delay()
    }

    /// Discards the last delay, because a request has succeeded since.
    pub(crate) fn clear_last_delay(&self) {
        self.notes.clear_last_delay();
    }

    /// Prints a problem that does not stop the command.
    pub(crate) fn warning(&self, text: impl Into<Message>) {
        let text = text.into();
        match (self.format, self.workflow.log) {
            (Format::Text, log) => print_labelled(Level::Warning, &text, log),
            _ => print_json(&json!({ "warning": text })),
        }
    }

    /// Prints the reason why the command failed, and the steps that fix it.
    pub(crate) fn error(&self, error: &Error) {
        let server = self.client.get().map(Client::profile);
        let help = error.help(server.as_ref());
        if self.format != Format::Text {
            print_json(&json::error(error, help.as_ref()));
            return;
        }
        let mut text = error.message();
        if let Some(help) = help {
            let mut lines = Message::from("help: ");
            lines.append_lines(&help);
            text.push_lines(&lines);
        }
        print_labelled(Level::Error, &text, self.workflow.log);
    }

    /// Sets the client of the command. A later one is for the same server.
    pub(crate) fn set_client(&self, client: &Client) {
        self.client.get_or_init(|| client.clone());
    }

    /// Sets the outputs of a workflow step to the values of a status.
    pub(crate) fn set_outputs(&self, status: &DeploymentStatus) {
        if let Err(error) = self.workflow.set_outputs(status) {
            self.warning(error.message());
        }
    }

    /// Returns `true` if the workflow step has a summary.
    pub(crate) fn has_summary(&self) -> bool {
        self.workflow.has_summary()
    }

    /// Adds an error and statuses, newest first, to the summary of a workflow step.
    pub(crate) fn add_summary(
        &self,
        deployment: &Deployment,
        error: Option<&Error>,
        statuses: &[DeploymentStatus],
    ) {
        if let Err(error) = self.workflow.add_summary(deployment, error, statuses) {
            self.warning(error.message());
        }
    }

    fn write_line(&self, mut text: Safe) -> Result<(), Error> {
        text.push_static("\n");
        self.write(&text)
    }

    /// Writes text to standard output. A closed pipe is not an error.
    fn write(&self, text: &Safe) -> Result<(), Error> {
        if self.is_closed() {
            return Ok(());
        }
        let text = coloured_for(&io::stdout(), text);
        let write = || {
            let mut stdout = io::stdout().lock();
            stdout.write_all(text.as_str().as_bytes())?;
            stdout.flush()
        };
        match live_line::suspend(write) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.is_closed.store(true, Ordering::Relaxed);
                Ok(())
            }
            result => result.map_err(Error::Output),
        }
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        live_line::clear();
    }
}
