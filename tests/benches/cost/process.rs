//! Costs of whole processes that read the newest status.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::certificates::{Certificates, Trust};
use crate::machine::version;
use crate::server::Server;
use crate::task::{Processes, processor_time};

/// A server, and the certificates with which programs trust it if it has TLS.
pub(crate) struct Target<'a> {
    pub(crate) name: &'static str,
    pub(crate) server: &'a Server,
    pub(crate) trust: Option<(&'a Certificates, Trust)>,
}

/// A program that reads the newest status from a server.
pub(crate) struct Program<'a> {
    pub(crate) name: &'static str,
    /// Creates the command for a server.
    pub(crate) command: Box<dyn Fn(&Target) -> Command + 'a>,
}

/// Median times of all runs, in milliseconds.
#[derive(Clone, Copy)]
pub(crate) struct Times {
    pub(crate) clock: f64,
    pub(crate) processor: f64,
}

impl Target<'_> {
    /// Returns the URL of the newest status.
    pub(crate) fn newest(&self) -> String {
        let url = &self.server.url;
        format!("{url}/repos/octocat/example/deployments/42/statuses?per_page=1")
    }

    /// Creates a command without the settings of this machine.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>, home: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", home);
        if let Some((certificates, trust)) = self.trust {
            command.envs(certificates.variables(trust));
        }
        command
    }
}

/// Returns curl, or `None` if it is not installed.
pub(crate) fn curl(home: &Path) -> Option<Program<'_>> {
    version("curl")?;
    Some(Program {
        name: "curl",
        command: Box::new(|target| {
            let mut command = target.command("curl", home);
            command.args(["--silent", "--fail"]).args(headers());
            if let Some((certificates, trust)) = target.trust {
                command.arg("--cacert").arg(certificates.file(trust));
            }
            command.arg(target.newest());
            command
        }),
    })
}

/// Returns the headers as arguments of gh and curl.
pub(crate) fn headers() -> impl Iterator<Item = &'static str> {
    let headers = [
        "Accept: application/vnd.github+json",
        "Authorization: Bearer token",
        "X-GitHub-Api-Version: 2026-03-10",
    ];
    headers.into_iter().flat_map(|header| ["--header", header])
}

/// Runs each program this number of times, in turns.
pub(crate) fn time_all(programs: &[Program], target: &Target, runs: usize) -> Vec<Times> {
    let mut times = vec![(Vec::new(), Vec::new()); programs.len()];
    for _ in 0..runs {
        for (program, (clocks, processors)) in programs.iter().zip(&mut times) {
            let (clock, processor) = run(&mut (program.command)(target));
            clocks.push(clock);
            processors.push(processor);
        }
    }
    let times = times.into_iter().map(|(clocks, processors)| Times {
        clock: median(clocks),
        processor: median(processors),
    });
    times.collect()
}

/// Returns the time from the start of a process to its end, and its processor time.
fn run(command: &mut Command) -> (Duration, Duration) {
    let used = processor_time(Processes::Children);
    let start = Instant::now();
    let output = command.stdin(Stdio::null()).output().unwrap();
    let clock = start.elapsed();
    let processor = processor_time(Processes::Children).saturating_sub(used);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} failed: {error}");
    assert!(!output.stdout.is_empty(), "{command:?} printed nothing");
    (clock, processor)
}

/// Returns the median in milliseconds.
pub(crate) fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e3
}
