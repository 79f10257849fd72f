use std::time::Duration;

use deploystatus_emulator::{Clock, Emulator, Fault, FaultMix, NewDeployment, NewStatus};
use jiff::Timestamp;
use reqwest::Method;
use serde_json::json;
use tokio::runtime::Builder;
use tokio::time::Instant;

use super::github::{Github, statuses};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn dates_follow_the_clock() {
    let start: Timestamp = "2026-02-28T23:59:59.9Z".parse().unwrap();
    let clock = Clock::manual().starting_at(start);
    let github = Github::from(Emulator::builder().clock(clock)).await;
    let deployment = github.deployment();
    let path = statuses(&deployment);
    let response = github.post(&path, json!({"state": "queued"})).await;
    assert_eq!(response.header("date"), "Sat, 28 Feb 2026 23:59:59 GMT");
    assert_eq!(response.json()["created_at"], "2026-02-28T23:59:59Z");
    github.emulator.advance(Duration::from_secs(1));
    let response = github.post(&path, json!({"state": "success"})).await;
    assert_eq!(response.header("date"), "Sun, 01 Mar 2026 00:00:00 GMT");
    assert_eq!(response.json()["created_at"], "2026-03-01T00:00:00Z");
    github
        .emulator
        .set_time("2020-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(
        github.get(&path).await.header("date"),
        "Wed, 01 Jan 2020 00:00:00 GMT"
    );
}

#[tokio::test]
async fn created_at_of_a_status_can_be_set() {
    let emulator = Emulator::start().await.unwrap();
    let new = NewDeployment::new("main");
    let deployment = emulator.create_deployment("octocat/example", new).unwrap();
    let time: Timestamp = "2024-09-01T12:00:00Z".parse().unwrap();
    let status = NewStatus::new("success").created_at(time);
    assert_eq!(
        emulator
            .create_status(deployment.id, status)
            .unwrap()
            .created_at,
        time
    );
}

#[tokio::test(start_paused = true)]
async fn paused_time_advances_only_between_requests() {
    let github = Github::from(Emulator::builder().clock(Clock::tokio())).await;
    let path = statuses(&github.deployment());
    let start = Instant::now();
    for _ in 0..100 {
        let request = github
            .request(Method::GET, &path)
            .timeout(Duration::from_secs(1));
        assert_eq!(request.send().await.unwrap().status(), 200);
        tokio::time::sleep(HOUR).await;
    }
    assert_eq!(start.elapsed().as_secs(), 360_000);
    assert_eq!(
        github.emulator.now().to_string()[..19],
        *"2026-01-05T04:00:00"
    );
}

#[tokio::test(start_paused = true)]
async fn delays_take_no_real_time_while_paused() {
    let github = Github::from(Emulator::builder().clock(Clock::tokio())).await;
    let deployment = github.deployment();
    let path = statuses(&deployment);
    for (delay, confirmed) in [(9, true), (11, false)] {
        github
            .emulator
            .fault(Fault::delay(Duration::from_secs(delay)));
        let start = Instant::now();
        let request = github
            .request(Method::POST, &path)
            .json(&json!({"state": "success"}));
        let response = request.timeout(Duration::from_secs(10)).send().await;
        assert_eq!(response.is_ok(), confirmed);
        assert_eq!(start.elapsed().as_secs(), delay.min(10));
    }
    // The work continues after the client's timeout.
    assert_eq!(github.emulator.history(deployment.id).len(), 1);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(github.emulator.history(deployment.id).len(), 2);
}

#[test]
fn random_faults_repeat_for_a_seed() {
    for seed in 0..50 {
        assert_eq!(replay(seed), replay(seed), "seed {seed}");
    }
}

/// Returns the status codes of ten requests under the faults of a seed, and the number of stored statuses.
fn replay(seed: u64) -> (Vec<Option<u16>>, usize) {
    let mut runtime = Builder::new_current_thread();
    let runtime = runtime.enable_all().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let mix = FaultMix::seeded(seed).percent(60).max_faults(6);
        let builder = Emulator::builder().clock(Clock::tokio()).fault_mix(mix);
        let github = Github::from(builder).await;
        let deployment = github.deployment();
        let mut codes = Vec::new();
        for _ in 0..10 {
            let request = github.request(Method::POST, &statuses(&deployment));
            let request = request.json(&json!({"state": "success"}));
            let response = request.timeout(Duration::from_secs(5)).send().await;
            codes.push(response.ok().map(|it| it.status().as_u16()));
        }
        tokio::time::sleep(HOUR).await;
        (codes, github.emulator.history(deployment.id).len())
    })
}
