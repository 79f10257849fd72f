//! Costs of the library and the command, measured beside their alternatives in one run.
//!
//! `cargo bench -p tests` measures all parts except `providers`, and `cargo bench -p tests -- calls pages` some of them.
//! `--write` writes the tables into the READMEs. The bench fails if a measurement exceeds its limit.

#![expect(
    clippy::unwrap_used,
    reason = "the bench cannot continue after a failure"
)]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "prints the results and its progress"
)]

mod callers;
mod calls;
mod certificates;
mod clean_build;
mod cold;
mod fleet;
mod link;
mod machine;
mod pages;
mod process;
mod project;
mod providers;
mod report;
mod response;
mod server;
mod task;

use std::process::ExitCode;

use machine::Machine;
use report::Section;

/// A part of the bench that can be run on its own.
struct Part {
    name: &'static str,
    measure: fn(&Machine) -> Vec<Section>,
    is_default: bool,
}

const PARTS: [Part; 6] = [
    Part {
        name: "cold",
        measure: cold::measure,
        is_default: true,
    },
    Part {
        name: "pages",
        measure: pages::measure,
        is_default: true,
    },
    Part {
        name: "fleet",
        measure: fleet::measure,
        is_default: true,
    },
    Part {
        name: "build",
        measure: clean_build::measure,
        is_default: true,
    },
    Part {
        name: "calls",
        measure: calls::measure,
        is_default: true,
    },
    // The reasons for a decision, which change seldom.
    Part {
        name: "providers",
        measure: providers::measure,
        is_default: false,
    },
];

/// Number of measurements on the first page of the project. With fewer, it is not written.
const HEADLINES: usize = 4;

fn main() -> ExitCode {
    if !cfg!(target_os = "linux") {
        eprintln!("the bench needs Linux");
        return ExitCode::from(2);
    }
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let mut arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    if let ["call", client, operation, times, url] = arguments[..] {
        callers::run(client, operation, times, url);
        return ExitCode::SUCCESS;
    }
    let mode = if arguments.contains(&"--write") {
        Mode::Write
    } else {
        Mode::Print
    };
    // Cargo passes `--bench`.
    arguments.retain(|argument| !["--bench", "--write"].contains(argument));
    if let Some(unknown) = arguments.iter().find(|argument| !is_part(argument)) {
        let parts = PARTS.map(|part| part.name).join(", ");
        eprintln!("unknown part {unknown:?}: expected {parts} or --write");
        return ExitCode::from(2);
    }
    measure(&arguments, mode)
}

fn is_part(name: &str) -> bool {
    PARTS.iter().any(|part| part.name == name)
}

/// Use of the results.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Print,
    /// Print them and write them into the READMEs.
    Write,
}

/// Measures the parts with these names, or all default parts if there are no names.
fn measure(names: &[&str], mode: Mode) -> ExitCode {
    let machine = Machine::new();
    let mut is_exceeded = false;
    let mut headlines = Vec::new();
    let is_wanted = |part: &&Part| match names {
        [] => part.is_default,
        names => names.contains(&part.name),
    };
    for part in PARTS.iter().filter(is_wanted) {
        eprintln!("── {}", part.name);
        for section in (part.measure)(&machine) {
            println!("{}", section.markdown);
            is_exceeded |= section.is_exceeded;
            headlines.extend_from_slice(&section.headlines);
            if mode == Mode::Write {
                section.write(&machine.root);
            }
        }
    }
    let first_page = Section::first_page(&headlines);
    if !headlines.is_empty() {
        println!("{}", first_page.markdown);
    }
    if mode == Mode::Write && headlines.len() == HEADLINES {
        first_page.write(&machine.root);
    }
    if is_exceeded {
        eprintln!("a limit was exceeded");
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
