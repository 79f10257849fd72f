//! The only place that prints: the answer to standard output, everything else to standard error.

mod card;
mod live;
mod table;
mod text;
mod workflow;

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use deploystatus::DeploymentStatus;
use serde::Serialize;
use serde_json::{Value, json};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::arguments::Manner;
use crate::error::Error;
use crate::exit::{self, Code};

pub(crate) use live::Live;
pub(crate) use table::{Cell, Table};
pub(crate) use text::{Style, harmless, length};
use workflow::Workflow;

/// Where and how the command prints.
pub(crate) struct Output {
    form: Form,
    quiet: bool,
    answers: Style,
    remarks: Style,
    workflow: Workflow,
    /// Whether whoever read the answer has gone.
    is_closed: AtomicBool,
}

/// What the answer is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// For people.
    Plain,
    /// One document.
    Json,
    /// One status a line.
    JsonLines,
}

impl Output {
    /// As the command line and the environment ask for. Traces go to standard error from here on.
    pub(crate) fn new(manner: &Manner) -> Self {
        trace(manner.verbose);
        Self {
            form: match manner {
                Manner { json: true, .. } => Form::Json,
                Manner { jsonl: true, .. } => Form::JsonLines,
                _ => Form::Plain,
            },
            quiet: manner.quiet,
            answers: Style::of(io::stdout().is_terminal()),
            remarks: Style::of(io::stderr().is_terminal()),
            workflow: Workflow::from_process(),
            is_closed: AtomicBool::new(false),
        }
    }

    pub(crate) fn form(&self) -> Form {
        self.form
    }

    /// Whether a line on standard error may change while somebody looks at it.
    pub(crate) fn is_live(&self) -> bool {
        self.remarks.is_terminal && !self.quiet
    }

    /// Whether nobody reads the answer any more, so that a longer one can be cut short.
    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Relaxed)
    }

    /// Answers with one status, and with what else is to be said of it.
    pub(crate) fn status(
        &self,
        status: &DeploymentStatus,
        more: &[(&str, Value)],
    ) -> Result<(), Error> {
        match self.form {
            Form::Plain => self.answer(&card::card(status, more, self.answers)),
            Form::Json | Form::JsonLines => {
                let more = more.iter().map(|(key, value)| (*key, value)).collect();
                self.json(&Extended { status, more })
            }
        }
    }

    /// Answers with a JSON value: one document, or one line.
    pub(crate) fn json(&self, value: &impl Serialize) -> Result<(), Error> {
        let text = match self.form {
            Form::JsonLines => serde_json::to_string(value),
            Form::Plain | Form::Json => serde_json::to_string_pretty(value),
        };
        let text = text.map_err(|error| Error::Output(error.into()))?;
        self.answer(&format!("{text}\n"))
    }

    /// Answers with a table.
    pub(crate) fn table(&self, table: &Table) -> Result<(), Error> {
        self.answer(&table.render(self.answers))
    }

    /// How the answer is to look.
    pub(crate) fn style(&self) -> Style {
        self.answers
    }

    /// Answers with text, written whole.
    ///
    /// A reader who has gone is no error: then there is nobody to answer.
    pub(crate) fn answer(&self, text: &str) -> Result<(), Error> {
        self.bytes(text.as_bytes())
    }

    /// Answers with bytes, written whole.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> Result<(), Error> {
        if self.is_closed() {
            return Ok(());
        }
        let mut stdout = io::stdout().lock();
        match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.is_closed.store(true, Ordering::Relaxed);
                Ok(())
            }
            done => done.map_err(Error::Output),
        }
    }

    /// Says something by the way, unless told to be quiet.
    pub(crate) fn remark(&self, text: &str) {
        if !self.quiet {
            say(text);
        }
    }

    /// Says what is not well although the command goes on.
    pub(crate) fn warning(&self, text: &str) {
        match self.workflow.annotation("warning", text) {
            Some(line) if self.form == Form::Plain => say(&line),
            _ => say(&format!("{} {text}", self.remarks.yellow("warning:"))),
        }
    }

    /// Says why the command failed, and what to do.
    pub(crate) fn error(&self, error: &Error) {
        let hint = error.hint();
        if self.form != Form::Plain {
            say(&as_json(error, hint.as_deref()));
            return;
        }
        let mut text = error.to_string();
        if let Some(hint) = hint {
            text = format!("{text}\n{hint}");
        }
        match self.workflow.annotation("error", &text) {
            Some(line) => say(&line),
            None => say(&format!("{} {text}", self.remarks.red("error:"))),
        }
    }

    /// Hands a status to the later steps of a workflow, if this is one.
    pub(crate) fn tell_workflow(&self, status: &DeploymentStatus) {
        if let Err(error) = self.workflow.set_outputs(status) {
            self.warning(&error.to_string());
        }
    }
}

/// Says what is wrong with a command line, or gives the help that was asked for.
pub(crate) fn explain_usage(error: &clap::Error) -> Code {
    let wants_json = std::env::args_os()
        .skip(1)
        .take_while(|argument| argument != "--")
        .any(|argument| argument == "--json" || argument == "--jsonl");
    if !error.use_stderr() {
        // Whoever closed the pipe has read enough.
        let _ = error.print();
        return Code::Done;
    }
    if wants_json {
        let text = error.render().to_string();
        let text = text.trim().trim_start_matches("error: ");
        say(&as_json(&Error::Usage(text.to_owned()), None));
    } else {
        let _ = error.print();
    }
    Code::Usage
}

fn as_json(error: &Error, hint: Option<&str>) -> String {
    let call = error.source_call();
    json!({
        "error": exit::code_of(error).word(),
        "status": call.and_then(deploystatus::Error::status),
        "message": error.to_string(),
        "hint": hint,
        "request_id": call.and_then(deploystatus::Error::request_id),
    })
    .to_string()
}

/// One line or more to standard error; when that is closed, there is nobody to tell.
fn say(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

fn trace(verbosity: u8) {
    let level = match verbosity {
        0 => return,
        1 => LevelFilter::INFO,
        2 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    // A second one in the same process would be ours as well.
    let _ = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(io::stderr)
        .with_ansi(false)
        // A call is one span, which knows how it went when it ends.
        .with_span_events(FmtSpan::CLOSE)
        .try_init();
}

/// A status with more keys.
#[derive(Serialize)]
struct Extended<'a> {
    #[serde(flatten)]
    status: &'a DeploymentStatus,
    #[serde(flatten)]
    more: std::collections::BTreeMap<&'a str, &'a Value>,
}
