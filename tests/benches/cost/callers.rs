//! Callers of the API, each in a process of its own.

mod facade;
mod hyper;
mod plain;
mod reqwest;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::task;

/// A program that makes calls with one of the clients.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) name: &'static str,
    program: PathBuf,
    /// Arguments of the program that select the client.
    arguments: &'static [&'static str],
}

pub(crate) const FACADE: &str = "deploystatus";
pub(crate) const REQWEST: &str = "reqwest by hand";
pub(crate) const HYPER: &str = "hyper by hand";
pub(crate) const OCTOCRAB: &str = "octocrab";
pub(crate) const CONCURRENT: &str = "deploystatus, all pages at once";
pub(crate) const STREAM: &str = "deploystatus, stream";

/// Costs of one call, averaged over a run. The memory is that of the whole run.
#[derive(Clone, Copy)]
pub(crate) struct Costs {
    pub(crate) processor_us: f64,
    pub(crate) clock_us: f64,
    pub(crate) memory_kib: f64,
}

impl Caller {
    /// Returns all callers that read pages one by one, without octocrab if its program could not be built.
    pub(crate) fn all(octocrab: Option<&Path>) -> Vec<Self> {
        let mut callers = vec![
            Self::ours(FACADE, &["call", "facade"]),
            Self::ours(REQWEST, &["call", "reqwest"]),
            Self::ours(HYPER, &["call", "hyper"]),
        ];
        callers.extend(octocrab.map(|program| Self {
            name: OCTOCRAB,
            program: program.to_owned(),
            arguments: &[],
        }));
        callers
    }

    /// Returns the other ways in which the library reads all statuses.
    pub(crate) fn variants() -> [Self; 2] {
        [
            Self::ours(STREAM, &["call", "facade-stream"]),
            Self::ours(CONCURRENT, &["call", "facade-concurrent"]),
        ]
    }

    fn ours(name: &'static str, arguments: &'static [&'static str]) -> Self {
        Self {
            name,
            program: std::env::current_exe().unwrap(),
            arguments,
        }
    }

    /// Makes the calls and returns their costs.
    pub(crate) fn measure(&self, operation: &str, times: u32, url: &str) -> Costs {
        let mut command = Command::new(&self.program);
        let output = command.args(self.arguments(operation, times, url)).output();
        let output = output.unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {error}", self.name);
        let text = String::from_utf8(output.stdout).unwrap();
        let numbers: Vec<f64> = text
            .split_whitespace()
            .map(|it| it.parse().unwrap())
            .collect();
        Costs {
            processor_us: numbers[0] / f64::from(times),
            clock_us: numbers[1] / f64::from(times),
            memory_kib: numbers[2],
        }
    }

    /// Returns the number of instructions of one call.
    ///
    /// It is the difference of two run lengths, so that the start of the process does not count.
    pub(crate) fn instructions(&self, operation: &str, few: u32, many: u32, url: &str) -> f64 {
        let of = |times| self.instructions_of(operation, times, url);
        (of(many) - of(few)) / f64::from(many - few)
    }

    fn instructions_of(&self, operation: &str, times: u32, url: &str) -> f64 {
        let mut command = Command::new("valgrind");
        command
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(&self.program)
            .args(self.arguments(operation, times, url));
        let output = command.output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{text}");
        let collected = text.split("Collected :").nth(1).unwrap();
        collected
            .split_whitespace()
            .next()
            .unwrap()
            .parse()
            .unwrap()
    }

    fn arguments(&self, operation: &str, times: u32, url: &str) -> Vec<String> {
        let rest = [operation.to_owned(), times.to_string(), url.to_owned()];
        self.arguments
            .iter()
            .map(|&argument| argument.to_owned())
            .chain(rest)
            .collect()
    }
}

/// Makes the calls in this process, with the given client.
pub(crate) fn run(client: &str, operation: &str, times: &str, url: &str) {
    match client {
        "facade" => task::run::<facade::Facade<{ facade::DEFAULT }>>(operation, times, url),
        "facade-concurrent" => {
            task::run::<facade::Facade<{ facade::CONCURRENT }>>(operation, times, url);
        }
        "facade-stream" => task::run::<facade::Facade<{ facade::STREAM }>>(operation, times, url),
        "reqwest" => task::run::<reqwest::Reqwest>(operation, times, url),
        "hyper" => task::run::<hyper::Hyper>(operation, times, url),
        other => panic!("unknown client {other:?}"),
    }
}
