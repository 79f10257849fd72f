//! Lists of 3,000 statuses from a distant server.

use std::time::Duration;

use crate::callers::{CONCURRENT, Caller, FACADE};
use crate::machine::{Machine, describe};
use crate::report::{Limit, Section, figure, ratio};
use crate::server::{Requests, Server};

const ROUND_TRIP: Duration = Duration::from_millis(30);

/// Upper limits in round trips.
const LIMITS: [(&str, f64); 2] = [(FACADE, 5.0), (CONCURRENT, 3.2)];

/// Number of readings of each caller, in turns. The best counts.
const ROUNDS: usize = 3;

/// A list read by one caller.
struct Reading {
    caller: &'static str,
    round_trips: f64,
    requests: Requests,
}

pub(crate) fn measure(machine: &Machine) -> Vec<Section> {
    let server = Server::start(3_000, ROUND_TRIP);
    let octocrab = machine.octocrab();
    let mut callers = Caller::all(octocrab.as_deref());
    callers.insert(1, Caller::concurrent());
    let round = || callers.iter().map(|caller| read(caller, &server));
    let mut best: Vec<_> = round().collect();
    for _ in 1..ROUNDS {
        for (best, reading) in best.iter_mut().zip(round()) {
            if reading.round_trips < best.round_trips {
                *best = reading;
            }
        }
    }

    let mut section = Section::new("tests/benches/README.md", "pages");
    let described = describe(&[]);
    section.line(&format!("`cargo bench -p tests -- pages`, on {described}."));
    if octocrab.is_none() {
        section.missing("octocrab could not be built here, so its row is missing.");
    }
    section.limits(&LIMITS.map(|(caller, at_most)| {
        Limit {
            name: format!("{caller}: round trips"),
            measured: best
                .iter()
                .find(|it| it.caller == caller)
                .map(|it| it.round_trips),
            at_most,
        }
    }));
    let header = ["", "round trips", "requests", "at the same time"];
    let rows: Vec<_> = best.iter().map(row).collect();
    section.table(1, &header, &rows);
    vec![section]
}

fn read(caller: &Caller, server: &Server) -> Reading {
    let costs = caller.measure("list-all", 1, &server.url);
    Reading {
        caller: caller.name,
        round_trips: costs.clock_us / 1e6 / ROUND_TRIP.as_secs_f64(),
        requests: server.take_requests(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "the numbers are small")]
fn row(reading: &Reading) -> Vec<String> {
    vec![
        reading.caller.to_owned(),
        ratio(reading.round_trips),
        figure(reading.requests.count as f64),
        figure(reading.requests.max_concurrent as f64),
    ]
}
