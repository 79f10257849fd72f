//! Who makes the calls, each in a process of its own.

mod facade;
mod hyper;
mod plain;
mod reqwest;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::task::run;

#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) name: &'static str,
    program: PathBuf,
    words: &'static [&'static str],
}

pub(crate) const FACADE: &str = "deploystatus";
pub(crate) const REQWEST: &str = "reqwest by hand";
pub(crate) const HYPER: &str = "hyper by hand";
pub(crate) const OCTOCRAB: &str = "octocrab";
pub(crate) const AT_ONCE: &str = "deploystatus, all pages at once";

/// What one run told of itself.
#[derive(Clone, Copy)]
pub(crate) struct Told {
    pub(crate) processor_us: f64,
    pub(crate) clock_us: f64,
    pub(crate) memory_kib: f64,
}

impl Caller {
    /// All that make the calls one by one; octocrab's program is another one, if it could be built.
    pub(crate) fn all(octocrab: Option<&Path>) -> Vec<Self> {
        let mut callers = vec![
            Self::ours(FACADE, &["call", "facade"]),
            Self::ours(REQWEST, &["call", "reqwest"]),
            Self::ours(HYPER, &["call", "hyper"]),
        ];
        callers.extend(octocrab.map(|program| Self {
            name: OCTOCRAB,
            program: program.to_owned(),
            words: &[],
        }));
        callers
    }

    /// The facade, told to read all pages at the same time.
    pub(crate) fn at_once() -> Self {
        Self::ours(AT_ONCE, &["call", "facade-at-once"])
    }

    fn ours(name: &'static str, words: &'static [&'static str]) -> Self {
        Self {
            name,
            program: std::env::current_exe().unwrap(),
            words,
        }
    }

    pub(crate) fn measure(&self, operation: &str, times: u32, url: &str) -> Told {
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
        Told {
            processor_us: numbers[0] / f64::from(times),
            clock_us: numbers[1] / f64::from(times),
            memory_kib: numbers[2],
        }
    }

    /// Instructions for one call: the difference of two run lengths, so that what happens once does not count.
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
        self.words
            .iter()
            .map(|&word| word.to_owned())
            .chain(rest)
            .collect()
    }
}

/// Is one of the callers, as this program was told to be.
pub(crate) fn be(who: &str, operation: &str, times: &str, url: &str) {
    match who {
        "facade" => run::<facade::Facade<false>>(operation, times, url),
        "facade-at-once" => run::<facade::Facade<true>>(operation, times, url),
        "reqwest" => run::<reqwest::Reqwest>(operation, times, url),
        "hyper" => run::<hyper::Hyper>(operation, times, url),
        other => panic!("{other} is nobody"),
    }
}
