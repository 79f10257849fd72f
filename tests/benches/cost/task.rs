//! What a caller is told to do, and what it tells of it. The program for octocrab has this file too.

use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};

/// One way to make GitHub's calls, with one client that is used again and again.
pub(crate) trait Caller: Sized {
    async fn new(url: &str) -> Self;

    /// Reports a status, and reads what the server made of it.
    async fn create(&mut self);

    async fn get(&mut self);

    /// Reads the newest hundred, and tells how many came.
    async fn list(&mut self) -> usize;

    /// Reads all there are, in the way that comes with the client.
    async fn list_all(&mut self) -> usize;
}

/// Makes the calls that the words ask for, and prints what they cost this process:
/// microseconds of the processor, microseconds by the clock, and kibibytes of memory at the most.
pub(crate) fn run<C: Caller>(operation: &str, times: &str, url: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let times: u32 = times.parse().unwrap();
    runtime.block_on(async {
        let mut caller = C::new(url).await;
        if operation == "list-all" {
            let begun = Instant::now();
            assert_eq!(caller.list_all().await, 3_000);
            tell(processor_time(UsageWho::RUSAGE_SELF), begun.elapsed());
            return;
        }
        // The first call makes the connection.
        call(&mut caller, operation).await;
        let used = processor_time(UsageWho::RUSAGE_SELF);
        let begun = Instant::now();
        for _ in 0..times {
            call(&mut caller, operation).await;
        }
        let clock = begun.elapsed();
        let processor = processor_time(UsageWho::RUSAGE_SELF);
        tell(processor.saturating_sub(used), clock);
    });
}

async fn call<C: Caller>(caller: &mut C, operation: &str) {
    match operation {
        "create" => caller.create().await,
        "get" => caller.get().await,
        "list" => assert_eq!(black_box(caller.list().await), 100),
        other => panic!("{other} is no operation"),
    }
}

fn tell(processor: Duration, clock: Duration) {
    println!(
        "{} {} {}",
        processor.as_micros(),
        clock.as_micros(),
        most_memory()
    );
}

/// In the program and in the system on its behalf.
pub(crate) fn processor_time(of: UsageWho) -> Duration {
    let usage = getrusage(of).unwrap();
    let times = [usage.user_time(), usage.system_time()];
    let microseconds: i64 = times
        .iter()
        .map(nix::sys::time::TimeValLike::num_microseconds)
        .sum();
    Duration::from_micros(microseconds.unsigned_abs())
}

/// The system's own count includes what the parent had before this process was another.
fn most_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.unwrap()
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .unwrap()
}
