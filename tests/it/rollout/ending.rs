//! The ends of a rollout.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use deploystatus::{Confirmation, ErrorKind, NewStatus, Outbox, Pacing, RetryPolicy, State};
use deploystatus_emulator::{Fault, Limits, Operation, RetryAfter};
use tests::{Scene, on_tokio_time};
use tokio::time::{Instant, sleep};

use super::{LOG, first, history, pair};

#[tokio::test(start_paused = true)]
async fn success_has_url_and_description() {
    let scene = Scene::start().await;
    let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
    let url = "https://staging.example.com";
    rollout.environment_url(url).unwrap();
    rollout
        .handle()
        .success_description("Version 1.2.3 is live");
    let outcome = rollout.succeed().await.unwrap();
    assert_eq!(outcome.confirmation, Confirmation::Created);
    let status = outcome.status;
    assert_eq!(status.state, State::Success);
    assert_eq!(status.log_url.as_deref(), Some(LOG));
    assert_eq!(status.environment.as_deref(), Some("staging"));
    assert_eq!(status.environment_url.as_deref(), Some(url));
    assert_eq!(status.description.as_deref(), Some("Version 1.2.3 is live"));
    assert_eq!(scene.stored(), ["in_progress", "success"]);
}

#[tokio::test(start_paused = true)]
async fn invalid_environment_url_is_rejected() {
    let scene = Scene::start().await;
    let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
    let error = rollout.environment_url("staging.example.com").unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid environment_url \"staging.example.com\": expected a URL that starts with https:// or http://"
    );
    assert!(rollout.handle().log_url("file:///log").is_err());
    rollout.succeed().await.unwrap();
    assert_eq!(scene.stored(), ["in_progress", "success"]);
}

#[tokio::test(start_paused = true)]
async fn failure_reasons_are_truncated() {
    let scene = Scene::start().await;
    let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
    rollout.fail("No space left").await.unwrap();
    let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
    rollout.cancel("ü".repeat(500)).await.unwrap();
    let history = history(&scene);
    assert_eq!(history[1], pair("failure", "No space left"));
    assert_eq!(history[3], pair("error", &format!("{}…", "ü".repeat(139))));
}

#[tokio::test(start_paused = true)]
async fn rollout_can_end_as_inactive() {
    let scene = Scene::start().await;
    let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
    rollout.deactivate("Superseded").await.unwrap();
    assert_eq!(history(&scene)[1], pair("inactive", "Superseded"));
}

#[tokio::test(start_paused = true)]
async fn end_has_its_own_retry_limits() {
    let never = RetryPolicy::never();
    let scene = Scene::with_client(|client| client.retry_policy(never)).await;
    let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
    let busy = Fault::secondary_limit(RetryAfter::Seconds(1)).times(5);
    scene.fault(busy.on(Operation::CreateStatus));
    rollout.succeed().await.unwrap();
    assert_eq!(scene.stored(), ["in_progress", "success"]);
}

#[tokio::test(start_paused = true)]
async fn undelivered_end_is_returned_after_timeout() {
    for seconds in [30, 120] {
        let scene = Scene::start().await;
        let timeout = Duration::from_secs(seconds);
        let rollout = scene.deployment.rollout(first()).end_timeout(timeout);
        let rollout = rollout.begin().await.unwrap();
        scene.fault(Fault::close(deploystatus_emulator::Stage::BeforeWork).times(10_000));
        let started = Instant::now();
        let report = rollout.fail("Out of memory").await.unwrap_err();
        assert!(report.may_be_stored());
        // Two requests of 30 seconds, and the search.
        assert!(started.elapsed() <= timeout + Duration::from_secs(70));
        assert_eq!(report.status().state, State::Failure);
        assert_eq!(
            report.status().description.as_deref(),
            Some("Out of memory")
        );
        assert_eq!(report.status().log_url.as_deref(), Some(LOG));
    }
}

#[tokio::test(start_paused = true)]
async fn overlong_wait_returns_and_keeps_the_end() {
    let scene = Scene::start().await;
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(folder.path()).unwrap();
    let rollout = scene.deployment.rollout(first()).outbox(&outbox);
    let rollout = rollout.begin().await.unwrap();
    let limited = Fault::secondary_limit(RetryAfter::Seconds(3000));
    scene.fault(limited.on(Operation::CreateStatus));
    let started = Instant::now();
    let report = rollout.succeed().await.unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(5));
    assert!(!report.may_be_stored());
    let error = report.error().unwrap();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    let wait = error.retry_at().unwrap().duration_since(scene.github.now());
    assert!((2990..=3000).contains(&wait.as_secs()), "{wait}");
    assert_eq!(outbox.files().unwrap(), [report.kept_in().unwrap()]);
}

#[tokio::test(start_paused = true)]
async fn wait_within_the_end_timeout_is_kept() {
    let scene = Scene::start().await;
    let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
    let limited = Fault::secondary_limit(RetryAfter::Seconds(60));
    scene.fault(limited.on(Operation::CreateStatus));
    let started = Instant::now();
    rollout.succeed().await.unwrap();
    assert!(started.elapsed() >= Duration::from_secs(60));
    assert_eq!(scene.stored(), ["in_progress", "success"]);
}

#[tokio::test(start_paused = true)]
async fn end_timeout_defaults_to_three_minutes() {
    for (seconds, is_delivered) in [(150, true), (190, false)] {
        let scene = Scene::start().await;
        let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
        let limited = Fault::secondary_limit(RetryAfter::Seconds(seconds));
        scene.fault(limited.on(Operation::CreateStatus));
        let ended = rollout.succeed().await;
        assert_eq!(ended.is_ok(), is_delivered, "{seconds} s");
    }
}

#[tokio::test(start_paused = true)]
async fn hanging_token_source_does_not_block_end() {
    let calls = Arc::new(AtomicUsize::new(0));
    let scene = Scene::with_client(|client| {
        client.token_source(move || {
            let call = calls.fetch_add(1, Ordering::Relaxed);
            async move {
                if call > 0 {
                    std::future::pending::<()>().await;
                }
                Ok::<_, std::io::Error>("gho_1".to_owned())
            }
        })
    })
    .await;
    let rollout = scene.deployment.rollout(first()).begin().await.unwrap();
    let started = Instant::now();
    let report = rollout.succeed().await.unwrap_err();
    assert!(started.elapsed() <= Duration::from_secs(180 + 70));
    assert!(report.may_be_stored());
}

#[tokio::test(start_paused = true)]
async fn end_precedes_pending_progress() {
    let scene = Scene::start().await;
    let queued = NewStatus::new(State::Queued);
    let rollout = scene.deployment.rollout(queued).begin().await.unwrap();
    let down = Fault::status(500).times(6).on(Operation::CreateStatus);
    scene.fault(down);
    for number in 0..4 {
        rollout.progress(format!("{number} of 4"));
        sleep(Duration::from_millis(100)).await;
    }
    let ordered = Instant::now();
    // The result of the delivery does not matter here.
    let _ = rollout.fail("no").await;
    // One progress report was under way: its search, and the time in which it can still appear.
    let waited = ordered.elapsed().as_secs();
    assert!(waited < 60, "{waited}");
}

#[tokio::test(start_paused = true)]
async fn progress_never_uses_up_the_budget_of_the_end() {
    let github = on_tokio_time().limits(Limits::github());
    let pacing = Pacing::new().creations_per_hour(10);
    let scene = Scene::with(github, |client| client.pacing(pacing)).await;
    let rollout = scene.deployment.rollout(first());
    let rollout = rollout.progress_interval(Duration::ZERO);
    let rollout = rollout.begin().await.unwrap();
    for number in 0..30 {
        rollout.progress(format!("{number} of 30"));
        sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(scene.stored().len(), 8);
    let ordered = Instant::now();
    rollout.succeed().await.unwrap();
    assert!(ordered.elapsed() < Duration::from_secs(1));
}
