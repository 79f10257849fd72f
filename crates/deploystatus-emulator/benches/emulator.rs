//! Measures start-up, memory, the effect of a long history, and requests per second.
//!
//! `cargo bench -p deploystatus-emulator`

use std::error::Error;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use deploystatus_emulator::{Emulator, NewDeployment, NewStatus};

type Outcome<T> = Result<T, Box<dyn Error>>;

const ROUNDS: u32 = 2_000;

const LONG_HISTORY: u32 = 100_000;

#[expect(clippy::print_stdout, reason = "a benchmark prints its results")]
fn main() -> Outcome<()> {
    let started = Instant::now();
    // The emulator runs on a thread of its own.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let emulator = runtime.block_on(Emulator::start())?;
    let mut client = Client::connect(emulator.address())?;
    client.send(&get("/zen"))?;
    println!("start to first response: {:?}", started.elapsed());

    let short = deployment_with(&emulator, 10)?;
    let before = resident_bytes();
    let long = deployment_with(&emulator, LONG_HISTORY)?;
    if let (Some(before), Some(after)) = (before, resident_bytes()) {
        let each = after.saturating_sub(before) / u64::from(LONG_HISTORY);
        println!("memory per status: {each} bytes");
    }
    println!(
        "first page with {LONG_HISTORY} statuses: {:.2} times the cost with 10",
        ratio(list(&mut client, long)?, list(&mut client, short)?)
    );
    let (at_long, at_short) = (create(&emulator, long)?, create(&emulator, short)?);
    println!(
        "next status with {LONG_HISTORY} statuses: {:.2} times the cost with 10",
        ratio(at_long, at_short)
    );
    println!("create without HTTP: {at_short:?} each");
    let status = emulator.history(short)[0].id;
    let rate = rate(&mut client, &get(&format!("{}/{status}", statuses(short))))?;
    println!("get, one connection, one core: {rate:.0} requests per second");
    let rate = self::rate(&mut client, &post(&statuses(short)))?;
    println!("create, one connection, one core: {rate:.0} requests per second");
    Ok(())
}

/// Measures the first page. It has 10 statuses, so that only the length of the history differs.
fn list(client: &mut Client, deployment: u64) -> Outcome<Duration> {
    let request = get(&format!("{}?per_page=10", statuses(deployment)));
    fastest(|| client.send(&request))
}

/// Measures a creation without HTTP.
fn create(emulator: &Emulator, deployment: u64) -> Outcome<Duration> {
    fastest(|| {
        emulator.create_status(deployment, NewStatus::new("in_progress"))?;
        Ok(())
    })
}

/// Returns the time of one call, from the fastest of several runs, because other programs slow some of them down.
fn fastest(mut call: impl FnMut() -> Outcome<()>) -> Outcome<Duration> {
    const RUNS: u32 = 10;
    let mut fastest = Duration::MAX;
    for _ in 0..RUNS {
        let start = Instant::now();
        for _ in 0..ROUNDS {
            call()?;
        }
        fastest = fastest.min(start.elapsed() / ROUNDS);
    }
    Ok(fastest)
}

/// Measures the number of pipelined requests per second.
fn rate(client: &mut Client, request: &str) -> Outcome<f64> {
    let rounds = 20 * ROUNDS;
    let start = Instant::now();
    for _ in 0..rounds / Client::BATCH {
        client.send_batch(request)?;
    }
    Ok(f64::from(rounds) / start.elapsed().as_secs_f64())
}

/// Returns the memory of this process in bytes, or `None` on systems other than Linux.
fn resident_bytes() -> Option<u64> {
    const PAGE: u64 = 4096;
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split(' ').nth(1)?.parse().ok()?;
    Some(pages * PAGE)
}

fn deployment_with(emulator: &Emulator, statuses: u32) -> Outcome<u64> {
    let deployment = emulator.create_deployment("octocat/example", NewDeployment::new("main"))?;
    for _ in 0..statuses {
        emulator.create_status(deployment.id, NewStatus::new("in_progress"))?;
    }
    Ok(deployment.id)
}

fn statuses(deployment: u64) -> String {
    format!("/repos/octocat/example/deployments/{deployment}/statuses")
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

/// A minimal client, so that its own cost does not distort the measurement.
struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    /// Number of pipelined requests, so that neither side waits for the other.
    const BATCH: u32 = 16;

    fn connect(address: SocketAddr) -> Outcome<Client> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Client {
            stream,
            buffer: Vec::new(),
        })
    }

    fn send(&mut self, request: &str) -> Outcome<()> {
        self.stream.write_all(request.as_bytes())?;
        self.read_response()
    }

    fn send_batch(&mut self, request: &str) -> Outcome<()> {
        let requests = request.repeat(Client::BATCH as usize);
        self.stream.write_all(requests.as_bytes())?;
        for _ in 0..Client::BATCH {
            self.read_response()?;
        }
        Ok(())
    }

    fn read_response(&mut self) -> Outcome<()> {
        loop {
            if let Some(length) = response_length(&self.buffer)? {
                self.buffer.drain(..length);
                return Ok(());
            }
            let mut chunk = [0; 16 * 1024];
            let count = self.stream.read(&mut chunk)?;
            if count == 0 {
                return Err("the emulator closed the connection".into());
            }
            self.buffer.extend_from_slice(&chunk[..count]);
        }
    }
}

fn get(path: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nhost: localhost\r\nuser-agent: bench\r\nauthorization: Bearer t\r\n\r\n"
    )
}

fn post(path: &str) -> String {
    const BODY: &str = r#"{"state": "in_progress", "description": "Copying files"}"#;
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nuser-agent: bench\r\nauthorization: Bearer t\r\n\
         content-length: {}\r\n\r\n{BODY}",
        BODY.len()
    )
}

/// Returns the length of the first response, or `None` if it is incomplete.
fn response_length(bytes: &[u8]) -> Outcome<Option<usize>> {
    let Some(end) = bytes.windows(4).position(|it| it == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(&bytes[..end])?;
    if !head.starts_with("HTTP/1.1 20") {
        return Err(head.to_owned().into());
    }
    let length = head
        .lines()
        .find_map(|it| it.strip_prefix("content-length: "));
    let length: usize = length.ok_or("no content-length")?.parse()?;
    let whole = end + 4 + length;
    Ok((bytes.len() >= whole).then_some(whole))
}
