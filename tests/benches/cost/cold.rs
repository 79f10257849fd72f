//! Time of a whole process that reads the newest status, and the size of the command.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::machine::{Machine, describe, version};
use crate::report::{Limit, Section, ratio};
use crate::server::Server;

/// Number of runs of each program, in turns.
const RUNS: usize = 60;

/// Upper limit of the command's time, relative to curl.
const LIMIT_TO_CURL: f64 = 1.0;
/// Upper limit of the time until the server receives a byte.
const LIMIT_FIRST_BYTE_MS: f64 = 15.0;
/// Upper limit of the size of the command.
const LIMIT_SIZE_MIB: f64 = 12.0;

/// A program that reads the newest status from a server, without the settings of this machine.
struct Program {
    name: &'static str,
    /// Creates the command for a server with this URL.
    command: Box<dyn Fn(&str) -> Command>,
}

/// Median times of all runs, in milliseconds.
struct Times {
    whole: f64,
    first_byte: f64,
}

pub(crate) fn measure(machine: &Machine) -> Vec<Section> {
    let arguments = [
        "build",
        "--release",
        "--locked",
        "--package",
        "deploystatus-cli",
    ];
    let built = machine.cargo(&arguments, &machine.target).status().unwrap();
    assert!(built.success(), "the command could not be built");
    let command = machine.target.join("release").join("deploystatus");
    let size = fs::metadata(&command).unwrap().len();
    let settings = tempfile::tempdir().unwrap();
    let programs = programs(&command, settings.path());

    let server = Server::start(100, Duration::ZERO);
    let times = time_all(&programs, &server.url);
    let find = |name| programs.iter().position(|program| program.name == name);
    let ours = &times[0];
    let theirs = find("curl").map(|at| times[at].whole);

    let mut section = Section::new("tests/benches/README.md", "cold");
    let described = describe(&["gh", "curl"]);
    section.line(&format!("`cargo bench -p tests -- cold`, on {described}."));
    for missing in ["gh api", "curl"]
        .iter()
        .filter(|name| find(name).is_none())
    {
        section.missing(&format!(
            "{missing} is not installed, so its row is missing."
        ));
    }
    #[expect(clippy::cast_precision_loss, reason = "a few million")]
    let mebibytes = size as f64 / f64::from(1 << 20);
    section.limits(&[
        Limit {
            name: "latest: time, of curl".to_owned(),
            measured: theirs.map(|theirs| ours.whole / theirs),
            at_most: LIMIT_TO_CURL,
        },
        Limit {
            name: "latest: ms to the first byte".to_owned(),
            measured: Some(ours.first_byte),
            at_most: LIMIT_FIRST_BYTE_MS,
        },
        Limit {
            name: "size of the command, MiB".to_owned(),
            measured: Some(mebibytes),
            at_most: LIMIT_SIZE_MIB,
        },
    ]);
    let row = |(program, times): (&Program, &Times)| {
        let relative = theirs.map_or("—".to_owned(), |theirs| ratio(times.whole / theirs));
        let name = program.name.to_owned();
        vec![name, relative, ratio(times.whole), ratio(times.first_byte)]
    };
    let rows: Vec<_> = programs.iter().zip(&times).map(row).collect();
    let header = [
        "",
        "of curl's time",
        "start to end, ms",
        "start to first byte, ms",
    ];
    section.table(1, &header, &rows);
    vec![section]
}

fn programs(command: &Path, settings: &Path) -> Vec<Program> {
    let (command, settings) = (command.to_owned(), settings.to_owned());
    let path = std::env::var_os("PATH").unwrap_or_default();
    let bare = move |program: &Path| {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", &path)
            .env("HOME", &settings);
        command
    };
    let (gh, curl) = (bare.clone(), bare.clone());
    let mut programs = vec![Program {
        name: "deploystatus latest",
        command: Box::new(move |url| {
            let mut command = bare(&command);
            command.env("GITHUB_TOKEN", "token");
            command.args(["latest", "--json", "--repo", "octocat/example"]);
            command.args(["--deployment", "42", "--api-url", url]);
            command
        }),
    }];
    if version("gh").is_some() {
        programs.push(Program {
            name: "gh api",
            command: Box::new(move |url| {
                let mut command = gh(Path::new("gh"));
                command.env("GH_TOKEN", "token").arg("api");
                command.args(headers()).arg(newest(url));
                command
            }),
        });
    }
    if version("curl").is_some() {
        programs.push(Program {
            name: "curl",
            command: Box::new(move |url| {
                let mut command = curl(Path::new("curl"));
                command.args(["--silent", "--fail"]).args(headers());
                command.arg(newest(url));
                command
            }),
        });
    }
    programs
}

/// Returns the headers as arguments of gh and curl.
fn headers() -> impl Iterator<Item = &'static str> {
    let headers = [
        "Accept: application/vnd.github+json",
        "Authorization: Bearer token",
        "X-GitHub-Api-Version: 2026-03-10",
    ];
    headers.into_iter().flat_map(|header| ["--header", header])
}

/// Returns the URL of the newest status.
fn newest(url: &str) -> String {
    format!("{url}/repos/octocat/example/deployments/42/statuses?per_page=1")
}

fn time_all(programs: &[Program], url: &str) -> Vec<Times> {
    let mut runs = vec![(Vec::new(), Vec::new()); programs.len()];
    for _ in 0..RUNS {
        for (program, (wholes, first_bytes)) in programs.iter().zip(&mut runs) {
            wholes.push(whole(&mut (program.command)(url)));
            first_bytes.push(first_byte(program));
        }
    }
    let median = |mut times: Vec<Duration>| {
        times.sort();
        times[times.len() / 2].as_secs_f64() * 1e3
    };
    let times = runs.into_iter().map(|(wholes, first_bytes)| Times {
        whole: median(wholes),
        first_byte: median(first_bytes),
    });
    times.collect()
}

/// Returns the time from the start of a process to its end.
fn whole(command: &mut Command) -> Duration {
    let start = Instant::now();
    let output = command.stdin(Stdio::null()).output().unwrap();
    let took = start.elapsed();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} failed: {error}");
    assert!(!output.stdout.is_empty(), "{command:?} printed nothing");
    took
}

/// Returns the time from the start of a process until the server receives a byte of its request.
fn first_byte(program: &Program) -> Duration {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut command = (program.command)(&url);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let start = Instant::now();
    let mut child = command.spawn().unwrap();
    let (mut stream, _) = listener.accept().unwrap();
    stream.read_exact(&mut [0]).unwrap();
    let took = start.elapsed();
    // A response that ends every program immediately. A lost connection would be retried.
    let response = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    stream.write_all(response).unwrap();
    child.wait().unwrap();
    took
}
