//! Pacing within GitHub's limits.

use std::time::Duration;

use deploystatus::{Advice, NewStatus, Pacing, RetryPolicy, ServerProfile, State};
use deploystatus_emulator::{Fault, Limits, NewDeployment, Operation, SecondaryLimits};
use tests::{Scene, on_tokio_time};
use tokio::task::JoinSet;
use tokio::time::Instant;

const HOURS: Duration = Duration::from_secs(4 * 3600);

fn patient() -> RetryPolicy {
    RetryPolicy::new().max_retry_after(HOURS).timeout(HOURS)
}

async fn report(scene: &Scene, times: usize) {
    for _ in 0..times {
        scene
            .deployment
            .create_status(NewStatus::new(State::InProgress))
            .await
            .unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn creations_stay_within_github_limits() {
    let github = on_tokio_time().limits(Limits::github());
    let scene = Scene::with(github, |client| {
        client.pacing(Pacing::new()).retry_policy(patient())
    })
    .await;
    let started = Instant::now();
    report(&scene, 100).await;
    let elapsed = started.elapsed().as_secs();
    assert!((60..=63).contains(&elapsed), "{elapsed}");
    report(&scene, 401).await;
    let elapsed = started.elapsed().as_secs();
    assert!((3600..=3605).contains(&elapsed), "{elapsed}");
    assert!(
        scene
            .github
            .requests()
            .iter()
            .all(|it| it.status == Some(201))
    );
}

#[tokio::test(start_paused = true)]
async fn clones_share_one_budget() {
    let scene =
        Scene::with_client(|client| client.pacing(Pacing::new().creations_per_minute(4))).await;
    let started = Instant::now();
    let tasks: Vec<_> = (0..6)
        .map(|_| {
            let handle = scene
                .client
                .clone()
                .deployment("octocat/example", scene.deployment.id());
            let status = NewStatus::new(State::InProgress);
            tokio::spawn(async move { handle.unwrap().create_status(status).await.unwrap() })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    // The first response shows that the server has limits, while the other requests are under way.
    report(&scene, 5).await;
    assert!(started.elapsed() >= Duration::from_secs(60));
}

#[tokio::test(start_paused = true)]
async fn concurrent_requests_are_limited() {
    let secondary = SecondaryLimits::default()
        .concurrent(3)
        .points_per_minute(100_000);
    let github = on_tokio_time().limits(Limits::github().secondary(secondary));
    let scene = Scene::with(github, |client| {
        client.pacing(Pacing::new().max_concurrent(3))
    })
    .await;
    report(&scene, 1).await;
    scene.fault(Fault::delay(Duration::from_millis(100)).times(30));
    let tasks: Vec<_> = (0..30)
        .map(|_| {
            let deployment = scene.deployment.clone();
            tokio::spawn(async move { deployment.latest_status().await.unwrap() })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert!(
        scene
            .github
            .requests()
            .iter()
            .all(|it| it.status < Some(400))
    );
}

#[tokio::test(start_paused = true)]
async fn first_requests_are_limited() {
    // The server rejects the 101st concurrent request, and no response has shown its limits to the client.
    let secondary = SecondaryLimits::default()
        .points_per_minute(100_000)
        .creations_per_minute(10_000)
        .creations_per_hour(10_000);
    let github = on_tokio_time().limits(Limits::github().secondary(secondary));
    let scene = Scene::with(github, |client| client.pacing(Pacing::new())).await;
    scene.fault(Fault::delay(Duration::from_millis(100)).times(1_000));
    let mut reporters = JoinSet::new();
    for _ in 0..1_000 {
        let new = NewDeployment::new("main");
        let id = scene.github.create_deployment("octocat/example", new);
        let deployment = scene.client.deployment("octocat/example", id.unwrap().id);
        let deployment = deployment.unwrap();
        reporters.spawn(async move {
            let status = NewStatus::new(State::Success);
            deployment.create_status(status).await.unwrap();
        });
    }
    reporters.join_all().await;
    let requests = scene.github.requests();
    assert_eq!(requests.len(), 1_000);
    assert!(requests.iter().all(|it| it.status == Some(201)));
}

#[tokio::test(start_paused = true)]
async fn low_quota_is_spread_until_reset() {
    let scene = Scene::with_client(|client| client.pacing(Pacing::new())).await;
    let low = Fault::status(200)
        .body("[]")
        .header("x-ratelimit-limit", "5000")
        .header("x-ratelimit-remaining", "60")
        .header(
            "x-ratelimit-reset",
            (scene.github.now().as_second() + 600).to_string(),
        );
    scene.fault(low);
    scene.deployment.latest_status().await.unwrap();
    let started = Instant::now();
    scene.deployment.latest_status().await.unwrap();
    let waited = started.elapsed().as_secs_f64();
    assert!((9.0..11.0).contains(&waited), "{waited}");
    // The response of the emulator showed a large quota.
    scene.deployment.latest_status().await.unwrap();
    assert!(started.elapsed().as_secs_f64() < waited + 1.0);
}

#[tokio::test(start_paused = true)]
async fn low_quota_delays_but_allows_calls() {
    let scene = Scene::with_client(|client| client.pacing(Pacing::new())).await;
    for (total, wait) in [(300, 30.0), (10, 0.0)] {
        let reset = scene.github.now().as_second() + 3000;
        let low = Fault::status(200)
            .body("[]")
            .header("x-ratelimit-limit", "5000")
            .header("x-ratelimit-remaining", "2")
            .header("x-ratelimit-reset", reset.to_string());
        scene.fault(low);
        let policy = RetryPolicy::new().timeout(Duration::from_secs(total));
        let client = deploystatus::Client::builder()
            .base_url(scene.github.api_url())
            .retry_policy(policy)
            .build()
            .unwrap();
        let id = scene.deployment.id();
        let deployment = client.deployment("octocat/example", id).unwrap();
        deployment.latest_status().await.unwrap();
        let started = Instant::now();
        deployment.latest_status().await.unwrap();
        let waited = started.elapsed().as_secs_f64();
        assert!((waited - wait).abs() < 1.0, "{waited}");
    }
}

#[tokio::test(start_paused = true)]
async fn overlong_pacing_delay_is_an_error() {
    let scene =
        Scene::with_client(|client| client.pacing(Pacing::new().creations_per_hour(2))).await;
    report(&scene, 2).await;
    let status = NewStatus::new(State::Success);
    let error = scene.deployment.create_status(status).await.unwrap_err();
    assert!(error.is_rate_limited());
    assert_eq!(error.status(), None);
    assert!(error.retry_at().is_some());
    assert!(
        error
            .to_string()
            .starts_with("client-side rate limit reached; next request allowed at "),
        "{error}"
    );
    assert!(matches!(error.advice(), Some(Advice::ReportLess { .. })));
    assert_eq!(scene.requests("POST"), 2);
}

#[tokio::test(start_paused = true)]
async fn server_without_limits_is_not_paced() {
    let github = on_tokio_time().profile("ghes:3.20".parse().unwrap());
    let scene = Scene::with(github, |client| client.pacing(Pacing::new())).await;
    let started = Instant::now();
    report(&scene, 600).await;
    assert!(started.elapsed() < Duration::from_secs(10));
    assert_eq!(
        scene
            .github
            .requests()
            .iter()
            .filter(|it| it.operation == Some(Operation::CreateStatus))
            .count(),
        600
    );
}

#[test]
fn defaults_match_the_documentation() {
    let github = Pacing::new()
        .max_concurrent(100)
        .creations_per_minute(80)
        .creations_per_hour(500);
    assert_eq!(Pacing::default(), github);
    assert_ne!(Pacing::off(), github);
}

#[tokio::test]
async fn exhausted_hourly_budget_is_an_error() {
    let scene = Scene::with_client(|client| {
        client
            .profile(ServerProfile::github())
            .pacing(Pacing::new().creations_per_hour(3))
    })
    .await;
    for attempt in 0..12 {
        let status = NewStatus::new(State::InProgress);
        let outcome = scene.deployment.create_status(status).await;
        assert_eq!(
            outcome.is_ok(),
            attempt < 3,
            "attempt {attempt}: {outcome:?}"
        );
    }
    assert_eq!(scene.stored().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn huge_quota_does_not_overflow() {
    let scene = Scene::with_client(|client| client.pacing(Pacing::new())).await;
    let huge = Fault::status(200)
        .body(serde_json::json!([]))
        .header("x-ratelimit-limit", "5000")
        .header("x-ratelimit-remaining", u64::MAX.to_string())
        .header("x-ratelimit-reset", "4102444800");
    scene.fault(huge);
    assert_eq!(scene.deployment.latest_status().await.unwrap(), None);
    report(&scene, 1).await;
}
