//! One client in another process, which makes many calls while its server is restarted.
//!
//! `DEPLOYSTATUS_SOAK=100000 cargo test -p tests --test it soak -- --nocapture` sets the number of calls.

#![expect(
    clippy::print_stdout,
    reason = "the calling process prints its progress"
)]

use std::collections::BTreeMap;
use std::env;
use std::io::{BufRead, BufReader, Lines};
use std::process::ChildStdout;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use deploystatus::{Client, Deployment, NewStatus, Pacing, RetryPolicy, State};
use deploystatus_emulator::{Emulator, EmulatorBuilder, NewDeployment};
use tests::{TOKEN, another_process};
use tokio::task::JoinSet;

const PLAN: &str = "DEPLOYSTATUS_TEST_SOAK";
const REPORTERS: u64 = 8;
/// Number of creations in ten calls. Half of the other calls read one status, half the newest.
const CREATIONS: u64 = 4;
/// Memory for searches after lost responses and for the allocator. A leak of 50 bytes per call would exceed it.
const SLACK_KIB: u64 = 4_096;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long_lived_client_stays_small() {
    if let Ok(plan) = env::var(PLAN) {
        return call(&plan).await;
    }
    let calls = env::var("DEPLOYSTATUS_SOAK").map_or(10_000, |it| it.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let begin = || Emulator::builder().snapshot(folder.path().join("state.json"));
    let github = begin().start().await.unwrap();
    for id in 1..=REPORTERS {
        let new = NewDeployment::new("main").id(id);
        github.create_deployment("octocat/example", new).unwrap();
    }
    let plan = format!("{} {calls}", github.api_url());
    let mut client = Soaked::start(&plan);

    let early = client.reached("a tenth").await;
    client.reached("half").await;
    let github = restart(github, begin()).await;
    let late = client.reached("all").await;

    let mut stored = BTreeMap::new();
    for deployment in github.deployments() {
        for status in github.history(deployment.id) {
            *stored.entry(status.description).or_insert(0) += 1;
        }
    }
    println!(
        "{calls} calls, {} statuses, {early} KiB became {late} KiB",
        stored.len()
    );
    let creations = (0..calls).filter(|number| creates(*number));
    let reported: BTreeMap<_, _> = creations.map(|number| (number.to_string(), 1)).collect();
    assert_eq!(stored, reported);
    assert!(late <= early + SLACK_KIB, "{early} KiB became {late} KiB");
}

fn creates(number: u64) -> bool {
    number % 10 < CREATIONS
}

/// Stops an emulator and starts another one with its snapshot at the same address.
async fn restart(github: Emulator, builder: EmulatorBuilder) -> Emulator {
    let address = github.address();
    let before = github.deployments();
    github.stop().await.unwrap();
    let github = builder.address(address).start().await.unwrap();
    assert_eq!(github.deployments().len(), before.len());
    github
}

/// The calling process.
struct Soaked {
    output: Option<Lines<BufReader<ChildStdout>>>,
}

impl Soaked {
    fn start(plan: &str) -> Self {
        let name = "endurance::soak::long_lived_client_stays_small";
        let mut child = another_process(name, PLAN, plan)
            // With several arenas, the memory that each keeps is random.
            .env("MALLOC_ARENA_MAX", "1")
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap()).lines();
        std::thread::spawn(move || child.wait());
        Self {
            output: Some(output),
        }
    }

    /// Waits until this part of the calls is made, and returns the memory of the process in KiB.
    async fn reached(&mut self, mark: &'static str) -> u64 {
        let mut output = self.output.take().unwrap();
        let heard = tokio::task::spawn_blocking(move || {
            let memory = output.find_map(|line| {
                let line = line.unwrap();
                line.strip_prefix(mark)
                    .map(|rest| rest.trim().parse().unwrap())
            });
            (memory, output)
        });
        let (memory, output) = heard.await.unwrap();
        self.output = Some(output);
        memory.unwrap_or_else(|| panic!("the process ended before {mark} of its calls"))
    }
}

async fn call(plan: &str) {
    let (url, calls) = plan.split_once(' ').unwrap();
    let calls: u64 = calls.parse().unwrap();
    let client = Client::builder()
        .base_url(url)
        .token(TOKEN)
        .pacing(Pacing::off())
        .retry_policy(RetryPolicy::new().max_attempts(20))
        .build()
        .unwrap();
    let next = Arc::new(AtomicU64::new(0));
    let mut reporters = JoinSet::new();
    println!();
    for id in 1..=REPORTERS {
        let deployment = client.deployment("octocat/example", id).unwrap();
        reporters.spawn(report(deployment, Arc::clone(&next), calls));
    }
    reporters.join_all().await;
    println!("all {}", memory());
}

/// Makes calls until none is left.
async fn report(deployment: Deployment, next: Arc<AtomicU64>, calls: u64) {
    let mut last = None;
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= calls {
            return;
        }
        for (mark, when) in [("a tenth", calls / 10), ("half", calls / 2)] {
            if number == when {
                println!("{mark} {}", memory());
            }
        }
        match last {
            _ if creates(number) => {
                let status = NewStatus::new(State::InProgress).description(number.to_string());
                let created = deployment.create_status(status).await.unwrap();
                last = Some(created.status.id);
            }
            Some(id) if number.is_multiple_of(2) => {
                assert_eq!(deployment.get_status(id).await.unwrap().id, id);
            }
            _ => {
                let newest = deployment.latest_status().await.unwrap();
                assert_eq!(newest.map(|status| status.id), last);
            }
        }
    }
}

/// Returns the anonymous memory of this process in KiB, or 0 if the system does not show it.
fn memory() -> u64 {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else {
        return 0;
    };
    let taken = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"));
    let taken = taken.unwrap().trim().trim_end_matches(" kB");
    taken.parse().unwrap()
}
