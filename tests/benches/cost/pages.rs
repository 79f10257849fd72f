//! Three thousand statuses from a server that is far away.

use std::time::Duration;

use crate::callers::{AT_ONCE, Caller, FACADE};
use crate::machine::{Machine, describe};
use crate::report::{Bar, Section, figure, ratio};
use crate::server::{Asked, Server};

const ROUND_TRIP: Duration = Duration::from_millis(30);

/// It takes at most as long as so many round trips.
const BARS: [(&str, f64); 2] = [(FACADE, 5.0), (AT_ONCE, 3.2)];

/// Everybody reads this often, in turns, and the best counts.
const ROUNDS: usize = 3;

struct Reading {
    caller: &'static str,
    round_trips: f64,
    asked: Asked,
}

pub(crate) fn measure(machine: &Machine) -> Vec<Section> {
    let server = Server::start(3_000, ROUND_TRIP);
    let octocrab = machine.octocrab();
    let mut callers = Caller::all(octocrab.as_deref());
    callers.insert(1, Caller::at_once());
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
        section.lacks("octocrab could not be built here, so its row is missing.");
    }
    section.bars(&BARS.map(|(caller, at_most)| {
        Bar {
            what: format!("{caller}: round trips"),
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
    let told = caller.measure("list-all", 1, &server.url);
    Reading {
        caller: caller.name,
        round_trips: told.clock_us / 1e6 / ROUND_TRIP.as_secs_f64(),
        asked: server.asked(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "dozens")]
fn row(reading: &Reading) -> Vec<String> {
    vec![
        reading.caller.to_owned(),
        ratio(reading.round_trips),
        figure(reading.asked.requests as f64),
        figure(reading.asked.most_at_once as f64),
    ]
}
