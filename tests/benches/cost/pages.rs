//! Lists of 3,000 statuses over links with a delay and a limited rate.

use std::time::Duration;

use crate::callers::{CONCURRENT, Caller, FACADE, REQWEST, STREAM};
use crate::link::Link;
use crate::machine::{Machine, describe};
use crate::report::{Headline, Limit, Section, figure, ratio};
use crate::server::Server;

const ROUND_TRIP: Duration = Duration::from_millis(30);

/// Names and bits per second of the links.
const LINKS: [(&str, Option<u32>); 3] = [
    ("30 ms", None),
    ("30 ms, 100 Mbit/s", Some(100_000_000)),
    ("30 ms, 20 Mbit/s", Some(20_000_000)),
];

/// Upper limits of the times: link, caller, number of round trips.
const LIMITS: [(usize, &str, f64); 5] = [
    (0, FACADE, 5.0),
    (0, STREAM, 5.0),
    (0, CONCURRENT, 3.2),
    (1, FACADE, 6.0),
    (2, FACADE, 8.0),
];

/// Number of readings of each caller, in turns. The best counts.
const ROUNDS: usize = 2;

/// All statuses, read by one caller over one link.
struct Reading {
    link: usize,
    caller: &'static str,
    milliseconds: f64,
    memory_kib: f64,
    requests: usize,
}

pub(crate) fn measure(machine: &Machine) -> Vec<Section> {
    let server = Server::start(3_000);
    let octocrab = machine.octocrab();
    let mut callers = Caller::all(octocrab.as_deref());
    callers.splice(1..1, Caller::variants());
    let mut readings = Vec::new();
    for (at, (name, rate)) in LINKS.iter().enumerate() {
        eprintln!("{name}");
        let link = Link::start(server.address, ROUND_TRIP, *rate);
        readings.extend(best(&callers, at, &link, &server));
    }

    let mut section = Section::new("tests/benches/README.md", "pages");
    let described = describe(&[]);
    section.line(&format!("`cargo bench -p tests -- pages`, on {described}."));
    if octocrab.is_none() {
        section.missing("octocrab could not be built here, so its rows are missing.");
    }
    let find = |link, caller| {
        let mut readings = readings.iter();
        readings.find(|it| it.link == link && it.caller == caller)
    };
    section.limits(&LIMITS.map(|(link, caller, at_most)| Limit {
        name: format!("{}: {caller}: round trips", LINKS[link].0),
        measured: find(link, caller).map(Reading::round_trips),
        at_most,
    }));
    let rows = readings.iter().map(|reading| {
        let theirs = find(reading.link, REQWEST).unwrap();
        reading.row(theirs)
    });
    let rows: Vec<_> = rows.collect();
    section.table(2, &HEADER, &rows);
    if let (Some(ours), Some(theirs)) = (find(0, FACADE), find(0, REQWEST)) {
        section.headline(Headline {
            subject: "reading 3,000 statuses at 30 ms per round trip",
            than: REQWEST,
            ours: ours.milliseconds,
            theirs: theirs.milliseconds,
            unit: "ms",
        });
        section.headline(Headline {
            subject: "peak memory of that",
            than: REQWEST,
            ours: ours.memory_kib / 1024.0,
            theirs: theirs.memory_kib / 1024.0,
            unit: "MiB",
        });
    }
    vec![section]
}

/// Returns the fastest reading of each caller.
fn best(callers: &[Caller], at: usize, link: &Link, server: &Server) -> Vec<Reading> {
    let round = || callers.iter().map(|caller| read(caller, at, link, server));
    let mut best: Vec<_> = round().collect();
    for _ in 1..ROUNDS {
        for (best, reading) in best.iter_mut().zip(round()) {
            if reading.milliseconds < best.milliseconds {
                *best = reading;
            }
        }
    }
    best
}

fn read(caller: &Caller, at: usize, link: &Link, server: &Server) -> Reading {
    let costs = caller.measure("list-all", 1, &link.url);
    Reading {
        link: at,
        caller: caller.name,
        milliseconds: costs.clock_us / 1e3,
        memory_kib: costs.memory_kib,
        requests: server.take_requests(),
    }
}

const HEADER: [&str; 7] = [
    "link",
    "",
    "of reqwest's time",
    "of reqwest's memory",
    "time, ms",
    "peak memory, MiB",
    "requests",
];

impl Reading {
    fn round_trips(&self) -> f64 {
        self.milliseconds / 1e3 / ROUND_TRIP.as_secs_f64()
    }

    fn row(&self, theirs: &Self) -> Vec<String> {
        vec![
            LINKS[self.link].0.to_owned(),
            self.caller.to_owned(),
            ratio(self.milliseconds / theirs.milliseconds),
            ratio(self.memory_kib / theirs.memory_kib),
            figure(self.milliseconds),
            figure(self.memory_kib / 1024.0),
            self.requests.to_string(),
        ]
    }
}
