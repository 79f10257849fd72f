//! The command from its start to its end, beside what else asks for the newest status; and its size.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::machine::{Machine, describe, version};
use crate::report::{Bar, Section, ratio};
use crate::server::Server;

/// Everybody runs this often, in turns.
const RUNS: usize = 60;

const BAR_OF_CURL: f64 = 1.0;
const BAR_FIRST_BYTE_MS: f64 = 15.0;
const BAR_SIZE_MIB: f64 = 12.0;

/// A program that asks the server at an address for the newest status, and must not know of this machine's settings.
struct Program {
    name: &'static str,
    command: Box<dyn Fn(&str) -> Command>,
}

/// The middle of all runs, in milliseconds.
struct Times {
    whole: f64,
    first_byte: f64,
}

pub(crate) fn measure(machine: &Machine) -> Vec<Section> {
    let words = [
        "build",
        "--release",
        "--locked",
        "--package",
        "deploystatus-cli",
    ];
    let built = machine.cargo(&words, &machine.target).status().unwrap();
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
        section.lacks(&format!(
            "{missing} is not installed here, so its row is missing."
        ));
    }
    #[expect(clippy::cast_precision_loss, reason = "a few million")]
    let mebibytes = size as f64 / f64::from(1 << 20);
    section.bars(&[
        Bar {
            what: "latest: time, of curl".to_owned(),
            measured: theirs.map(|theirs| ours.whole / theirs),
            at_most: BAR_OF_CURL,
        },
        Bar {
            what: "latest: ms to the first byte".to_owned(),
            measured: Some(ours.first_byte),
            at_most: BAR_FIRST_BYTE_MS,
        },
        Bar {
            what: "size of the command, MiB".to_owned(),
            measured: Some(mebibytes),
            at_most: BAR_SIZE_MIB,
        },
    ]);
    let row = |(program, times): (&Program, &Times)| {
        let beside = theirs.map_or("—".to_owned(), |theirs| ratio(times.whole / theirs));
        let name = program.name.to_owned();
        vec![name, beside, ratio(times.whole), ratio(times.first_byte)]
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

/// Both gh and curl take them like this.
fn headers() -> impl Iterator<Item = &'static str> {
    let headers = [
        "Accept: application/vnd.github+json",
        "Authorization: Bearer token",
        "X-GitHub-Api-Version: 2026-03-10",
    ];
    headers.into_iter().flat_map(|header| ["--header", header])
}

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
    let middle = |mut times: Vec<Duration>| {
        times.sort();
        times[times.len() / 2].as_secs_f64() * 1e3
    };
    let times = runs.into_iter().map(|(wholes, first_bytes)| Times {
        whole: middle(wholes),
        first_byte: middle(first_bytes),
    });
    times.collect()
}

/// How long a process takes from its start to its end.
fn whole(command: &mut Command) -> Duration {
    let begun = Instant::now();
    let output = command.stdin(Stdio::null()).output().unwrap();
    let took = begun.elapsed();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} failed: {error}");
    assert!(!output.stdout.is_empty(), "{command:?} says nothing");
    took
}

/// How long it takes from the start of a process until a server has a byte of its request.
fn first_byte(program: &Program) -> Duration {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut command = (program.command)(&url);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let begun = Instant::now();
    let mut child = command.spawn().unwrap();
    let (mut stream, _) = listener.accept().unwrap();
    stream.read_exact(&mut [0]).unwrap();
    let took = begun.elapsed();
    // An answer that ends everybody at once, instead of a lost connection that may be tried again.
    let answer = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    stream.write_all(answer).unwrap();
    child.wait().unwrap();
    took
}
