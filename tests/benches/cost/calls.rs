//! One call after the other: instructions, processor time, requests a second, memory.

use std::time::Duration;

use crate::callers::{Caller, FACADE, OCTOCRAB, REQWEST, Told};
use crate::machine::{Machine, describe, version};
use crate::report::{Bar, Section, figure, ratio};
use crate::server::Server;

struct Operation {
    word: &'static str,
    name: &'static str,
    /// The two lengths of the run whose instructions are counted.
    counted: (u32, u32),
    /// The length of the runs that are timed.
    timed: u32,
}

const OPERATIONS: [Operation; 3] = [
    Operation {
        word: "create",
        name: "create",
        counted: (20, 120),
        timed: 3_000,
    },
    Operation {
        word: "get",
        name: "get",
        counted: (20, 120),
        timed: 3_000,
    },
    Operation {
        word: "list",
        name: "a list of 100",
        counted: (10, 40),
        timed: 200,
    },
];

/// Instructions of ours are at most so much of theirs.
const BARS: [(&str, &str, f64); 6] = [
    ("create", REQWEST, 1.15),
    ("get", REQWEST, 1.15),
    ("list", REQWEST, 0.65),
    ("create", OCTOCRAB, 0.76),
    ("get", OCTOCRAB, 0.76),
    ("list", OCTOCRAB, 0.17),
];

/// Everybody is timed this often, in turns, and the best counts: what disturbs only ever adds.
const ROUNDS: usize = 7;

struct Cost {
    operation: &'static Operation,
    caller: &'static str,
    instructions: Option<f64>,
    best: Told,
}

pub(crate) fn measure(machine: &Machine) -> Vec<Section> {
    let server = Server::start(100, Duration::ZERO);
    let octocrab = machine.octocrab();
    let callers = Caller::all(octocrab.as_deref());
    let valgrind = version("valgrind");
    let mut costs = Vec::new();
    for operation in &OPERATIONS {
        eprintln!("{}", operation.name);
        let best = best(operation, &callers, &server.url);
        for (caller, best) in callers.iter().zip(best) {
            let (few, many) = operation.counted;
            let count = || caller.instructions(operation.word, few, many, &server.url);
            costs.push(Cost {
                operation,
                caller: caller.name,
                instructions: valgrind.is_some().then(count),
                best,
            });
        }
    }
    let mut section = Section::new("tests/benches/README.md", "calls");
    let described = describe(&["valgrind"]);
    section.line(&format!("`cargo bench -p tests -- calls`, on {described}."));
    if valgrind.is_none() {
        section.lacks("Valgrind is not installed here, so no instructions were counted.");
    }
    if octocrab.is_none() {
        section.lacks("octocrab could not be built here, so its rows are missing.");
    }
    section.bars(&BARS.map(|(word, than, at_most)| bar(&costs, word, than, at_most)));
    section.line("Each beside reqwest by hand, which is 1:");
    let beside = |cost: &Cost| numbers(&costs, cost, Some(REQWEST));
    section.table(2, &HEADER, &rows(&costs, beside));
    section.line("The numbers themselves:");
    section.table(
        2,
        &HEADER,
        &rows(&costs, |cost| numbers(&costs, cost, None)),
    );
    vec![section, first_page(&costs)]
}

fn best(operation: &Operation, callers: &[Caller], url: &str) -> Vec<Told> {
    let round = || {
        let told = callers
            .iter()
            .map(|it| it.measure(operation.word, operation.timed, url));
        told.collect::<Vec<_>>()
    };
    let mut best = round();
    for _ in 1..ROUNDS {
        for (best, told) in best.iter_mut().zip(round()) {
            best.processor_us = best.processor_us.min(told.processor_us);
            best.clock_us = best.clock_us.min(told.clock_us);
            best.memory_kib = best.memory_kib.min(told.memory_kib);
        }
    }
    best
}

const HEADER: [&str; 6] = [
    "",
    "",
    "instructions",
    "processor time",
    "requests a second",
    "peak memory",
];

fn rows(costs: &[Cost], numbers: impl Fn(&Cost) -> [String; 4]) -> Vec<Vec<String>> {
    let row = |cost: &Cost| {
        let names = [cost.operation.name.to_owned(), cost.caller.to_owned()];
        names.into_iter().chain(numbers(cost)).collect()
    };
    costs.iter().map(row).collect()
}

/// All that is known of a cost, or how it compares.
fn numbers(costs: &[Cost], cost: &Cost, beside: Option<&str>) -> [String; 4] {
    let all = |cost: &Cost| {
        [
            cost.instructions,
            Some(cost.best.processor_us),
            Some(1e6 / cost.best.clock_us),
            Some(cost.best.memory_kib),
        ]
    };
    let units = ["", " µs", "", " KiB"];
    let theirs = beside.and_then(|than| find(costs, cost.operation.word, than));
    let number = |at: usize| {
        let ours = all(cost)[at]?;
        match theirs {
            Some(theirs) => Some(ratio(ours / all(theirs)[at]?)),
            None => Some(figure(ours) + units[at]),
        }
    };
    std::array::from_fn(|at| number(at).unwrap_or("—".to_owned()))
}

fn find<'a>(costs: &'a [Cost], word: &str, caller: &str) -> Option<&'a Cost> {
    let mut costs = costs.iter();
    costs.find(|cost| cost.operation.word == word && cost.caller == caller)
}

fn bar(costs: &[Cost], word: &str, than: &str, at_most: f64) -> Bar {
    let ours = find(costs, word, FACADE);
    Bar {
        what: format!("{}: instructions, of {than}", ours.unwrap().operation.name),
        measured: instructions_beside(costs, word, than),
        at_most,
    }
}

fn instructions_beside(costs: &[Cost], word: &str, than: &str) -> Option<f64> {
    let of = |caller| find(costs, word, caller)?.instructions;
    Some(of(FACADE)? / of(than)?)
}

/// The ratios alone, for the project's first page.
fn first_page(costs: &[Cost]) -> Section {
    let row = |operation: &Operation| {
        let beside = |than| instructions_beside(costs, operation.word, than);
        let shown = |than| beside(than).map_or("—".to_owned(), ratio);
        vec![operation.name.to_owned(), shown(REQWEST), shown(OCTOCRAB)]
    };
    let mut section = Section::new("README.md", "costs");
    if BARS
        .iter()
        .any(|(word, than, _)| instructions_beside(costs, word, than).is_none())
    {
        section.lacks("Not all of it could be measured here.");
    }
    let header = ["instructions for", "of reqwest by hand", "of octocrab"];
    section.table(1, &header, &OPERATIONS.each_ref().map(row));
    section
}
