//! How fast the command starts, beside `curl` doing the same, and how large it is.
//!
//! `cargo bench -p deploystatus-cli` prints it; the ratio is of one run on one machine.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use deploystatus_emulator::{Emulator, NewDeployment, NewStatus};

const COMMAND: &str = env!("CARGO_BIN_EXE_deploystatus");
const RUNS: usize = 60;

#[expect(clippy::print_stdout, reason = "a benchmark has nobody else to tell")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let github = runtime.block_on(Emulator::start())?;
    github.create_deployment("octocat/example", NewDeployment::new("main").id(42))?;
    github.create_status(42, NewStatus::new("success"))?;

    let bytes = fs::metadata(COMMAND)?.len();
    println!(
        "size: {}.{} MiB",
        bytes >> 20,
        ((bytes & 0xf_ffff) * 10) >> 20
    );

    let first_byte = median(RUNS, || first_byte().map_err(Into::into))?;
    println!("start to first byte: {} us", first_byte.as_micros());

    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        ours.push(time(&mut latest(&github.api_url()))?);
        theirs.push(time(&mut curl(&github.api_url()))?);
    }
    let (ours, theirs) = (middle(ours), middle(theirs));
    println!(
        "cold latest: {} us, curl: {} us, {:.2} of curl's time",
        ours.as_micros(),
        theirs.as_micros(),
        ours.as_secs_f64() / theirs.as_secs_f64()
    );
    Ok(())
}

fn latest(api: &str) -> Command {
    let mut command = Command::new(COMMAND);
    command
        .args(["latest", "--json", "--repo", "octocat/example"])
        .args(["--deployment", "42", "--api-url", api])
        .env_clear()
        .env("GITHUB_TOKEN", "token");
    command
}

fn curl(api: &str) -> Command {
    let mut command = Command::new("curl");
    command
        .args([
            "--silent",
            "--fail",
            "--header",
            "Authorization: Bearer token",
        ])
        .arg(format!(
            "{api}/repos/octocat/example/deployments/42/statuses?per_page=1"
        ));
    command
}

/// How long a process takes from its start to its end.
fn time(command: &mut Command) -> Result<Duration, Box<dyn std::error::Error>> {
    let begun = Instant::now();
    let output = command.stdin(Stdio::null()).output()?;
    let took = begun.elapsed();
    if output.status.success() && !output.stdout.is_empty() {
        Ok(took)
    } else {
        Err(format!(
            "{command:?} failed: {}",
            String::from_utf8_lossy(&output.stderr)
        )
        .into())
    }
}

/// How long it takes from the start of the process until a server has a byte of its request.
fn first_byte() -> std::io::Result<Duration> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let api = format!("http://{}", listener.local_addr()?);
    let begun = Instant::now();
    let mut child = latest(&api)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let (mut stream, _) = listener.accept()?;
    let mut byte = [0];
    stream.read_exact(&mut byte)?;
    let took = begun.elapsed();
    // An answer that ends the command at once, instead of a lost connection that it would try again.
    stream
        .write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")?;
    child.wait()?;
    Ok(took)
}

fn median(
    runs: usize,
    mut once: impl FnMut() -> Result<Duration, Box<dyn std::error::Error>>,
) -> Result<Duration, Box<dyn std::error::Error>> {
    let times: Result<Vec<_>, _> = (0..runs).map(|_| once()).collect();
    Ok(middle(times?))
}

fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
