//! Errors of the command line itself, before any command runs.

use clap::error::{ContextKind, ErrorKind};

use super::json;
use super::print::{print_json, print_labelled};
use super::workflow::Level;
use crate::error::Error;
use crate::escape::Log;
use crate::exit::Code;

/// Prints a usage error, or the help that was requested.
pub(crate) fn print_usage_error(error: &clap::Error) -> Code {
    if !error.use_stderr() {
        // A closed pipe is not an error: its reader has read enough.
        let _ = error.print();
        return Code::Done;
    }
    let log = Log::from_environment();
    if wants_json() {
        print_json(&json::error(&Error::Usage(message(error)), None));
    } else if log == Log::Actions
        || error.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    {
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

fn message(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let text = text.trim().trim_start_matches("error: ").to_owned();
    match run_without_dashes(error) {
        Some(command) => {
            format!("{text}\nhelp: write `--` before the command: deploystatus run -- {command}")
        }
        None => text,
    }
}

/// Returns the first word of the command to run, or `None` if `--` is not what is missing.
fn run_without_dashes(error: &clap::Error) -> Option<String> {
    let is_run = std::env::args_os().any(|argument| argument == "run");
    let unknown = error.kind() == ErrorKind::UnknownArgument;
    let argument = error.get(ContextKind::InvalidArg)?.to_string();
    (is_run && unknown && !argument.starts_with('-')).then_some(argument)
}
