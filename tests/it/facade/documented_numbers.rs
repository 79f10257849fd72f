//! Defaults and limits that the documentation states, observed from outside.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use deploystatus::{
    Client, Confirmation, Delay, DeploymentStatus, NewStatus, Pacing, RetryPolicy, State,
    WaitPolicy,
};
use deploystatus_emulator::{Fault, NewStatus as Stored, Operation};
use tests::{Scene, in_paused_time};
use tokio::task::JoinSet;
use tokio::time::Instant;

#[test]
fn retry_policy_has_its_documented_defaults() {
    let documented = RetryPolicy::never()
        .max_attempts(5)
        .initial_backoff(Duration::from_millis(500))
        .max_retry_after(Duration::from_secs(2 * 60))
        .timeout(Duration::from_secs(5 * 60))
        .search_timeout(Duration::from_secs(10));
    assert_eq!(RetryPolicy::new(), documented);
}

/// Returns the waits before the attempts of a call that always fails.
async fn backoffs(scene: &Scene, policy: RetryPolicy) -> Vec<f64> {
    let waits = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&waits);
    let listener = move |delay: &Delay<'_>| {
        if let Delay::Retry { wait, .. } = delay {
            seen.lock().unwrap().push(wait.as_secs_f64());
        }
    };
    let handle = scene.another_client(|client| client.retry_policy(policy).on_delay(listener));
    handle.get_status(1).await.unwrap_err();
    std::mem::take(&mut waits.lock().unwrap())
}

#[tokio::test(start_paused = true)]
async fn backoff_doubles_from_500_ms_to_30_s() {
    let scene = Scene::start().await;
    scene.fault(Fault::status(503).times(100_000));
    let policy = RetryPolicy::new()
        .max_attempts(10)
        .timeout(Duration::from_secs(3600));
    let mut longest = [0.0_f64; 9];
    for seed in 0..50 {
        let waits = backoffs(&scene, policy.seed(seed)).await;
        assert_eq!(waits.len(), longest.len());
        for (longest, wait) in longest.iter_mut().zip(waits) {
            *longest = longest.max(wait);
        }
    }
    let limits = [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0];
    for (longest, limit) in longest.into_iter().zip(limits) {
        // The waits are random. The longest of 50 is close to the limit.
        assert!((limit * 0.8..=limit).contains(&longest), "{longest}");
    }
}

#[test]
fn retry_after_is_kept_up_to_two_minutes() {
    for (seconds, requests) in [(120, 2), (121, 1)] {
        in_paused_time(|| async {
            let scene = Scene::start().await;
            let busy = Fault::status(503).header("retry-after", seconds.to_string());
            scene.fault(busy);
            let read = scene.deployment.latest_status().await;
            assert_eq!(read.is_ok(), requests == 2, "{read:?}");
            assert_eq!(scene.requests("GET"), requests);
        });
    }
}

#[test]
fn no_attempt_starts_after_five_minutes() {
    for (seconds, requests) in [(99, 4), (101, 3)] {
        in_paused_time(|| async {
            let scene = Scene::start().await;
            let busy = Fault::status(503).header("retry-after", seconds.to_string());
            scene.fault(busy.times(100));
            scene.deployment.latest_status().await.unwrap_err();
            assert_eq!(scene.requests("GET"), requests);
        });
    }
}

#[tokio::test(start_paused = true)]
async fn search_takes_ten_seconds() {
    let scene = Scene::start().await;
    scene.fault(Fault::status(502).on(Operation::CreateStatus));
    let started = Instant::now();
    let status = NewStatus::new(State::Success);
    let created = scene.deployment.create_status(status).await.unwrap();
    assert_eq!(created.confirmation, Confirmation::Created);
    let took = started.elapsed().as_secs_f64();
    assert!((10.0..10.5).contains(&took), "{took}");
}

#[test]
fn requests_end_after_30_seconds() {
    for (seconds, is_received) in [(29, true), (31, false)] {
        in_paused_time(|| async {
            let once = RetryPolicy::never();
            let scene = Scene::with_client(|client| client.retry_policy(once)).await;
            scene.fault(Fault::delay(Duration::from_secs(seconds)));
            let started = Instant::now();
            let read = scene.deployment.latest_status().await;
            assert_eq!(read.is_ok(), is_received, "{read:?}");
            assert!(read.is_ok_and(|status| status.is_none()) || started.elapsed().as_secs() == 30);
        });
    }
}

#[test]
fn hundred_requests_run_concurrently() {
    for (requests, seconds) in [(100, 1), (101, 2)] {
        in_paused_time(|| async {
            let scene = Scene::with_client(|client| client.pacing(Pacing::new())).await;
            scene.fault(Fault::delay(Duration::from_secs(1)).times(requests));
            let started = Instant::now();
            let mut reads = JoinSet::new();
            for _ in 0..requests {
                let deployment = scene.deployment.clone();
                reads.spawn(async move { deployment.latest_status().await.unwrap() });
            }
            reads.join_all().await;
            assert_eq!(started.elapsed().as_secs(), seconds, "{requests}");
        });
    }
}

#[test]
fn quota_is_spread_below_five_percent() {
    for (remaining, is_spread) in [("250", false), ("249", true)] {
        in_paused_time(|| async {
            let scene = Scene::with_client(|client| client.pacing(Pacing::new())).await;
            let reset = scene.github.now().as_second() + 600;
            let low = Fault::status(200)
                .body("[]")
                .header("x-ratelimit-limit", "5000")
                .header("x-ratelimit-remaining", remaining)
                .header("x-ratelimit-reset", reset.to_string());
            scene.fault(low);
            scene.deployment.latest_status().await.unwrap();
            let started = Instant::now();
            scene.deployment.latest_status().await.unwrap();
            let waited = started.elapsed().as_secs_f64();
            assert_eq!(waited > 2.0, is_spread, "{waited}");
        });
    }
}

#[tokio::test(start_paused = true)]
async fn pages_contain_100_statuses() {
    let scene = Scene::start().await;
    scene.store_states(&["in_progress"; 101]);
    let mut pages = scene.deployment.statuses();
    let mut sizes = Vec::new();
    while let Some(page) = pages.next_page().await.unwrap() {
        sizes.push(page.len());
    }
    assert_eq!(sizes, [100, 1]);
}

#[tokio::test(start_paused = true)]
async fn ten_pages_are_read_in_parallel() {
    let scene = Scene::start().await;
    scene.store_states(&["in_progress"; 21]);
    scene.fault(Fault::delay(Duration::from_secs(1)).times(100));
    // The first page, and two rounds of ten.
    for seconds in [3, 4] {
        let started = Instant::now();
        let pages = scene.deployment.statuses().per_page(1);
        let all: Vec<DeploymentStatus> = pages.collect().await.unwrap();
        assert_eq!(all.len(), scene.stored().len());
        assert_eq!(started.elapsed().as_secs(), seconds);
        scene.store(Stored::new("in_progress"));
    }
}

#[tokio::test(start_paused = true)]
async fn polls_are_at_least_100_ms_apart() {
    let scene = Scene::start().await;
    let policy = WaitPolicy::new()
        .initial_interval(Duration::ZERO)
        .timeout(Duration::from_secs(2));
    let mut intervals = Vec::new();
    let wait = scene.deployment.wait(&policy);
    let wait = wait.on_poll(|event| intervals.extend(event.next_in));
    wait.await.unwrap();
    // The timeout shortens the last interval.
    intervals.pop();
    assert!(intervals.len() > 10, "{intervals:?}");
    let is_shortest = |interval: &Duration| *interval == Duration::from_millis(100);
    assert!(intervals.iter().all(is_shortest), "{intervals:?}");
}

#[tokio::test(start_paused = true)]
async fn token_source_is_called_after_1_and_3_seconds() {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&calls);
    let scene = Scene::with_client(|client| {
        client.token_source(move || {
            seen.lock().unwrap().push(Instant::now());
            async { Ok::<_, std::io::Error>("token".to_owned()) }
        })
    })
    .await;
    scene.fault(Fault::status(401).times(3));
    let error = scene.deployment.get_status(1).await.unwrap_err();
    assert!(error.is_auth());
    let calls = calls.lock().unwrap();
    let pauses = calls.windows(2).map(|two| (two[1] - two[0]).as_secs());
    assert_eq!(pauses.collect::<Vec<_>>(), [1, 3]);
}

#[test]
fn client_builder_has_its_documented_defaults() {
    let client = Client::builder().token("token").build().unwrap();
    assert_eq!(client.base_url(), "https://api.github.com");
    let builder = format!("{:?}", Client::builder());
    assert!(builder.contains("connect_timeout: 10s"), "{builder}");
}
