//! Errors of the command line itself, before any command runs.

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::json;
use super::print::{print_json, print_labelled};
use super::workflow::Level;
use crate::error::Error;
use crate::escape::message::Message;
use crate::escape::{Log, shorten};
use crate::exit::Code;

/// Maximum number of characters of an argument in a message.
const MAX_ARGUMENT: usize = 200;

/// Prints a usage error, or the help that was requested.
pub(crate) fn print_usage_error(error: clap::Error) -> Code {
    if !error.use_stderr() {
        // A closed pipe is not an error: its reader has read enough.
        let _ = error.print();
        return Code::Done;
    }
    let log = Log::from_environment();
    let is_help = error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    if wants_json() {
        print_json(&json::error(&Error::CommandLine(message(error)), None));
    } else if log == Log::Actions || !is_help {
        print_labelled(Level::Error, &message(error), log);
    } else {
        let _ = error.print();
    }
    Code::Usage
}

/// Returns `true` if the command line contains a flag for JSON, although it cannot be parsed.
fn wants_json() -> bool {
    std::env::args_os()
        .skip(1)
        .take_while(|argument| argument != "--")
        .any(|argument| argument == "--json" || argument == "--jsonl")
}

fn message(error: clap::Error) -> Message {
    let command = run_without_dashes(&error);
    let text = with_short_arguments(error).render().to_string();
    let text = text.trim().trim_start_matches("error: ");
    let mut message = Message::default();
    text.lines().for_each(|line| message.push_line(line));
    if let Some(command) = command {
        let command = shorten(&command, MAX_ARGUMENT);
        message.push_line(&format!(
            "help: write `--` before the command: deploystatus run -- {command}"
        ));
    }
    message
}

/// Makes every argument in the error one short line, because the rendered text also contains line feeds of clap.
fn with_short_arguments(mut error: clap::Error) -> clap::Error {
    let short = |text: &str| Message::from(&*shorten(text, MAX_ARGUMENT)).to_string();
    let styled = |text: &StyledStr| StyledStr::from(short(&text.to_string()));
    let context: Vec<_> = error
        .context()
        .filter_map(|(kind, value)| {
            let value = match value {
                ContextValue::String(text) => ContextValue::String(short(text)),
                ContextValue::Strings(texts) => {
                    ContextValue::Strings(texts.iter().map(|text| short(text)).collect())
                }
                ContextValue::StyledStrs(texts) => {
                    ContextValue::StyledStrs(texts.iter().map(styled).collect())
                }
                _ => return None,
            };
            Some((kind, value))
        })
        .collect();
    for (kind, value) in context {
        error.insert(kind, value);
    }
    error
}

/// Returns the first word of the command to run, or `None` if `--` is not what is missing.
fn run_without_dashes(error: &clap::Error) -> Option<String> {
    let is_run = std::env::args_os().any(|argument| argument == "run");
    let unknown = error.kind() == ErrorKind::UnknownArgument;
    let argument = error.get(ContextKind::InvalidArg)?.to_string();
    (is_run && unknown && !argument.starts_with('-')).then_some(argument)
}
