//! Single calls: instructions, processor time, requests per second and memory.

use crate::callers::{Caller, Costs, FACADE, OCTOCRAB, REQWEST};
use crate::machine::{Machine, describe, version};
use crate::report::{Limit, Section, figure, ratio};
use crate::server::Server;

struct Operation {
    /// Name of the operation as an argument.
    argument: &'static str,
    /// Name of the operation in the tables.
    name: &'static str,
    /// Numbers of calls in the two runs whose instructions are counted.
    counted: (u32, u32),
    /// Number of calls in the runs that are timed.
    timed: u32,
}

const OPERATIONS: [Operation; 3] = [
    Operation {
        argument: "create",
        name: "create",
        counted: (20, 120),
        timed: 3_000,
    },
    Operation {
        argument: "get",
        name: "get",
        counted: (20, 120),
        timed: 3_000,
    },
    Operation {
        argument: "list",
        name: "a list of 100",
        counted: (10, 40),
        timed: 200,
    },
];

/// Upper limits of the library's instructions, relative to another caller.
const LIMITS: [(&str, &str, f64); 6] = [
    ("create", REQWEST, 1.28),
    ("get", REQWEST, 1.22),
    ("list", REQWEST, 1.00),
    ("create", OCTOCRAB, 0.86),
    ("get", OCTOCRAB, 0.82),
    ("list", OCTOCRAB, 0.27),
];

/// Number of timed runs of each caller, in turns.
///
/// The best run counts, because other processes can only make a run slower.
const ROUNDS: usize = 7;

/// Costs of an operation with one caller.
struct Cost {
    operation: &'static Operation,
    caller: &'static str,
    instructions: Option<f64>,
    best: Costs,
}

pub(crate) fn measure(machine: &Machine) -> Vec<Section> {
    let server = Server::start(100);
    let octocrab = machine.octocrab();
    let callers = Caller::all(octocrab.as_deref());
    let valgrind = version("valgrind");
    let mut costs = Vec::new();
    for operation in &OPERATIONS {
        eprintln!("{}", operation.name);
        let best = best(operation, &callers, &server.url);
        for (caller, best) in callers.iter().zip(best) {
            let (few, many) = operation.counted;
            let count = || caller.instructions(operation.argument, few, many, &server.url);
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
        section.missing("Valgrind is not installed here, so no instructions were counted.");
    }
    if octocrab.is_none() {
        section.missing("octocrab could not be built here, so its rows are missing.");
    }
    section.limits(&LIMITS.map(|(argument, than, at_most)| limit(&costs, argument, than, at_most)));
    section.line("Each beside reqwest by hand, which is 1:");
    let relative = |cost: &Cost| numbers(&costs, cost, Some(REQWEST));
    section.table(2, &HEADER, &rows(&costs, relative));
    section.line("The numbers themselves:");
    section.table(
        2,
        &HEADER,
        &rows(&costs, |cost| numbers(&costs, cost, None)),
    );
    vec![section]
}

/// Returns the lowest costs of all rounds, for each caller.
fn best(operation: &Operation, callers: &[Caller], url: &str) -> Vec<Costs> {
    let round = || {
        callers
            .iter()
            .map(|it| it.measure(operation.argument, operation.timed, url))
            .collect::<Vec<_>>()
    };
    let mut best = round();
    for _ in 1..ROUNDS {
        for (best, costs) in best.iter_mut().zip(round()) {
            best.processor_us = best.processor_us.min(costs.processor_us);
            best.clock_us = best.clock_us.min(costs.clock_us);
            best.memory_kib = best.memory_kib.min(costs.memory_kib);
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

/// Returns the numbers of a row, relative to another caller if there is one.
fn numbers(costs: &[Cost], cost: &Cost, than: Option<&str>) -> [String; 4] {
    let all = |cost: &Cost| {
        [
            cost.instructions,
            Some(cost.best.processor_us),
            Some(1e6 / cost.best.clock_us),
            Some(cost.best.memory_kib),
        ]
    };
    let units = ["", " µs", "", " KiB"];
    let theirs = than.and_then(|than| find(costs, cost.operation.argument, than));
    let number = |at: usize| {
        let ours = all(cost)[at]?;
        match theirs {
            Some(theirs) => Some(ratio(ours / all(theirs)[at]?)),
            None => Some(figure(ours) + units[at]),
        }
    };
    std::array::from_fn(|at| number(at).unwrap_or("—".to_owned()))
}

fn find<'a>(costs: &'a [Cost], argument: &str, caller: &str) -> Option<&'a Cost> {
    let mut costs = costs.iter();
    costs.find(|cost| cost.operation.argument == argument && cost.caller == caller)
}

fn limit(costs: &[Cost], argument: &str, than: &str, at_most: f64) -> Limit {
    let ours = find(costs, argument, FACADE);
    Limit {
        name: format!("{}: instructions, of {than}", ours.unwrap().operation.name),
        measured: relative_instructions(costs, argument, than),
        at_most,
    }
}

fn relative_instructions(costs: &[Cost], argument: &str, than: &str) -> Option<f64> {
    let of = |caller| find(costs, argument, caller)?.instructions;
    Some(of(FACADE)? / of(than)?)
}
