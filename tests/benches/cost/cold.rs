//! Costs of a whole process that reads the newest status, and the size of the command.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, UNIX_EPOCH};

use crate::certificates::{Certificates, Trust};
use crate::link::Link;
use crate::machine::{Machine, describe, version};
use crate::process::{Program, Target, Times, curl, headers, median, time_all};
use crate::report::{Headline, Limit, Section, ratio};
use crate::server::Server;

/// Number of runs of each program with each server, in turns.
const RUNS: usize = 40;

/// Upper limits of the command's time, relative to curl, for each target.
const LIMITS_TO_CURL: [f64; 3] = [1.0, 1.3, 1.0];
/// Upper limit of the command's processor time over https with the certificates of the system.
const LIMIT_PROCESSOR_MS: f64 = 10.0;
/// Upper limit of the time from the start of `run` to the start of its command.
const LIMIT_START_MS: f64 = 75.0;
/// Upper limit of the size of the command.
const LIMIT_SIZE_MIB: f64 = 12.0;

/// A program with the times of its processes for one server.
struct Row<'a> {
    target: &'static str,
    program: &'a Program<'a>,
    times: Times,
    curl: Option<Times>,
}

pub(crate) fn measure(machine: &Machine) -> Vec<Section> {
    let arguments = "build --release --locked --package deploystatus-cli";
    let arguments: Vec<_> = arguments.split(' ').collect();
    let built = machine.cargo(&arguments, &machine.target).status().unwrap();
    assert!(built.success(), "the command could not be built");
    let command = machine.target.join("release").join("deploystatus");
    let home = tempfile::tempdir().unwrap();
    let programs = programs(&command, home.path());

    let certificates = Certificates::new();
    let secure = Server::start_tls(100, &certificates.server);
    let plain = Server::start(100);
    let target = |name, server, trust: Option<Trust>| Target {
        name,
        server,
        trust: trust.map(|trust| (&certificates, trust)),
    };
    let targets = [
        target("https", &secure, Some(Trust::System)),
        target("https, one certificate", &secure, Some(Trust::One)),
        target("http", &plain, None),
    ];
    let rows: Vec<_> = targets
        .iter()
        .flat_map(|target| rows(&programs, target))
        .collect();

    let mut section = Section::new("tests/benches/README.md", "cold");
    let described = describe(&["gh", "curl"]);
    section.line(&format!("`cargo bench -p tests -- cold`, on {described}."));
    for missing in ["gh", "curl"].iter().filter(|it| version(it).is_none()) {
        let text = format!("{missing} is not installed, so its rows are missing.");
        section.missing(&text);
    }
    let size = fs::metadata(&command).unwrap().len();
    let mut limits = limits(&rows, size);
    limits.push(Limit {
        name: "run over a link of 30 ms: until its command starts, ms".to_owned(),
        measured: Some(time_to_start(&command, &targets[0])),
        at_most: LIMIT_START_MS,
    });
    section.limits(&limits);
    let shown: Vec<_> = rows.iter().map(Row::show).collect();
    section.table(2, &HEADER, &shown);
    if let Some(curl) = rows[0].curl {
        section.headline(Headline {
            subject: "one call of the command over https, start to end",
            than: "curl",
            ours: rows[0].times.clock,
            theirs: curl.clock,
            unit: "ms",
        });
    }
    vec![section]
}

fn programs<'a>(command: &'a Path, home: &'a Path) -> Vec<Program<'a>> {
    let mut programs = vec![Program {
        name: "deploystatus latest",
        command: Box::new(move |target| {
            let mut command = target.command(command, home);
            command.args(["latest", "--repo", "octocat/example", "--deployment", "42"]);
            command.args(["--json", "--api-url", &target.server.url]);
            command.env("GITHUB_TOKEN", "token");
            command
        }),
    }];
    if version("gh").is_some() {
        programs.push(Program {
            name: "gh api",
            command: Box::new(|target| {
                let mut command = target.command("gh", home);
                command.env("GH_TOKEN", "token").arg("api");
                command.args(headers()).arg(target.newest());
                command
            }),
        });
    }
    programs.extend(curl(home));
    programs
}

fn rows<'a>(programs: &'a [Program], target: &Target) -> Vec<Row<'a>> {
    let times = time_all(programs, target, RUNS);
    let curl = programs.iter().position(|program| program.name == "curl");
    let curl = curl.map(|at| times[at]);
    let row = |(program, times)| Row {
        target: target.name,
        program,
        times,
        curl,
    };
    programs.iter().zip(times).map(row).collect()
}

/// Returns the median time from the start of `run` to the start of its command, in milliseconds.
///
/// `run` sends the initial report over a link with a round trip of 30 milliseconds.
fn time_to_start(command: &Path, target: &Target) -> f64 {
    let link = Link::start(target.server.address, Duration::from_millis(30), None);
    let url = link.url.replacen("http", "https", 1);
    let time = |()| {
        let home = tempfile::tempdir().unwrap();
        let mut run = target.command(command, home.path());
        run.args(["run", "--repo", "octocat/example", "--deployment", "42"])
            .args(["--api-url", &url, "--end-timeout", "0"])
            .args(["--", "date", "+%s%N"])
            .env("GITHUB_TOKEN", "token")
            .stdin(Stdio::null());
        let start = UNIX_EPOCH.elapsed().unwrap();
        let output = run.output().unwrap();
        let started = String::from_utf8(output.stdout).unwrap();
        let started = started.trim().parse().unwrap();
        Duration::from_nanos(started).checked_sub(start).unwrap()
    };
    median([(); RUNS].map(time).to_vec())
}

fn limits(rows: &[Row], size: u64) -> Vec<Limit> {
    let ours = rows
        .iter()
        .filter(|row| row.program.name.starts_with("deploystatus"));
    let relative = ours.zip(LIMITS_TO_CURL).map(|(row, at_most)| Limit {
        name: format!("{}: time, of curl", row.target),
        measured: row.curl.map(|curl| row.times.clock / curl.clock),
        at_most,
    });
    #[expect(clippy::cast_precision_loss, reason = "a few million")]
    let mebibytes = size as f64 / f64::from(1 << 20);
    let absolute = [
        Limit {
            name: format!("{}: processor time, ms", rows[0].target),
            measured: Some(rows[0].times.processor),
            at_most: LIMIT_PROCESSOR_MS,
        },
        Limit {
            name: "size of the command, MiB".to_owned(),
            measured: Some(mebibytes),
            at_most: LIMIT_SIZE_MIB,
        },
    ];
    relative.chain(absolute).collect()
}

const HEADER: [&str; 6] = [
    "server",
    "",
    "of curl's time",
    "of curl's processor time",
    "start to end, ms",
    "processor, ms",
];

impl Row<'_> {
    fn show(&self) -> Vec<String> {
        let relative = |of: fn(&Times) -> f64| {
            let theirs = self.curl.as_ref();
            theirs.map_or("—".to_owned(), |theirs| {
                ratio(of(&self.times) / of(theirs))
            })
        };
        vec![
            self.target.to_owned(),
            self.program.name.to_owned(),
            relative(|times| times.clock),
            relative(|times| times.processor),
            ratio(self.times.clock),
            ratio(self.times.processor),
        ]
    }
}
