//! The task of a caller, and its costs. The program for octocrab uses this file too.

use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// A way to call GitHub, with one client that keeps its connection.
pub(crate) trait Caller: Sized {
    async fn new(url: &str) -> Self;

    /// Creates a status and decodes the response.
    async fn create(&mut self);

    /// Reads one status.
    async fn get(&mut self);

    /// Reads the newest page of 100 and returns the number of its statuses.
    async fn list(&mut self) -> usize;

    /// Reads all statuses in the client's own way and returns their number.
    async fn list_all(&mut self) -> usize;
}

/// Makes the calls and prints their costs: microseconds of processor time, microseconds by the clock
/// and the peak memory of this process in KiB.
pub(crate) fn run<C: Caller>(operation: &str, times: &str, url: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let times: u32 = times.parse().unwrap();
    runtime.block_on(async {
        let mut caller = C::new(url).await;
        if operation == "list-all" {
            let start = Instant::now();
            assert_eq!(caller.list_all().await, 3_000);
            print(processor_time(Processes::Own), start.elapsed());
            return;
        }
        // The first call opens the connection.
        call(&mut caller, operation).await;
        let used = processor_time(Processes::Own);
        let start = Instant::now();
        for _ in 0..times {
            call(&mut caller, operation).await;
        }
        let clock = start.elapsed();
        let processor = processor_time(Processes::Own);
        print(processor.saturating_sub(used), clock);
    });
}

async fn call<C: Caller>(caller: &mut C, operation: &str) {
    match operation {
        "create" => caller.create().await,
        "get" => caller.get().await,
        "list" => assert_eq!(black_box(caller.list().await), 100),
        other => panic!("unknown operation {other:?}"),
    }
}

fn print(processor: Duration, clock: Duration) {
    println!(
        "{} {} {}",
        processor.as_micros(),
        clock.as_micros(),
        peak_memory()
    );
}

/// Processes whose time is measured.
#[derive(Clone, Copy)]
pub(crate) enum Processes {
    /// This process.
    Own,
    /// The child processes that have ended.
    Children,
}

/// Returns the processor time in user and system mode.
#[cfg(unix)]
pub(crate) fn processor_time(of: Processes) -> Duration {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike;

    let usage = getrusage(match of {
        Processes::Own => UsageWho::RUSAGE_SELF,
        Processes::Children => UsageWho::RUSAGE_CHILDREN,
    });
    let usage = usage.unwrap();
    let times = [usage.user_time(), usage.system_time()];
    let microseconds: i64 = times.iter().map(TimeValLike::num_microseconds).sum();
    Duration::from_micros(microseconds.unsigned_abs())
}

/// Stands in for the function above, so that the bench compiles everywhere. It needs Linux to run.
#[cfg(not(unix))]
pub(crate) fn processor_time(_of: Processes) -> Duration {
    unimplemented!("the bench needs Linux")
}

/// Returns the peak memory in KiB.
///
/// `getrusage` would include the memory that the parent process had before `exec`.
fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.unwrap()
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .unwrap()
}
