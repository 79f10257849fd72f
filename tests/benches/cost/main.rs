//! What the library and the command cost, beside what people would use instead, in one run.
//!
//! `cargo bench -p tests` measures all parts, `cargo bench -p tests -- calls pages` some of them;
//! `--write` puts the tables where they belong. It fails when a bar is missed.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on fails")]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it prints what it measured, and what it is doing"
)]

mod answer;
mod callers;
mod calls;
mod clean_build;
mod cold;
mod machine;
mod pages;
mod report;
mod server;
mod task;

use std::process::ExitCode;

use machine::Machine;
use report::Section;

struct Part {
    name: &'static str,
    measure: fn(&Machine) -> Vec<Section>,
}

const PARTS: [Part; 4] = [
    Part {
        name: "calls",
        measure: calls::measure,
    },
    Part {
        name: "pages",
        measure: pages::measure,
    },
    Part {
        name: "cold",
        measure: cold::measure,
    },
    Part {
        name: "build",
        measure: clean_build::measure,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let mut words: Vec<_> = arguments.iter().map(String::as_str).collect();
    if let ["call", who, operation, times, url] = words[..] {
        callers::be(who, operation, times, url);
        return ExitCode::SUCCESS;
    }
    let write = words.contains(&"--write");
    // Cargo gives `--bench`.
    words.retain(|word| !["--bench", "--write"].contains(word));
    if let Some(word) = words.iter().find(|word| !is_part(word)) {
        let parts = PARTS.map(|part| part.name).join(", ");
        eprintln!("there is no part `{word}`; there are {parts}, and --write");
        return ExitCode::from(2);
    }
    measure(&words, write)
}

fn is_part(word: &str) -> bool {
    PARTS.iter().any(|part| part.name == word)
}

fn measure(words: &[&str], write: bool) -> ExitCode {
    let machine = Machine::new();
    let mut missed = false;
    let wanted = |part: &&Part| words.is_empty() || words.contains(&part.name);
    for part in PARTS.iter().filter(wanted) {
        eprintln!("── {}", part.name);
        for section in (part.measure)(&machine) {
            println!("{}", section.markdown);
            missed |= section.missed;
            if write {
                section.write(&machine.root);
            }
        }
    }
    if missed {
        eprintln!("a bar was missed");
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
