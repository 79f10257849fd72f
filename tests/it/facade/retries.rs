//! Retries and backoff.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use deploystatus::{Advice, ClientBuilder, Confirmation, NewStatus, RetryPolicy, State};
use deploystatus_emulator::{Fault, Operation, RetryAfter, Stage};
use tests::{Scene, in_paused_time};
use tokio::time::Instant;

#[test]
fn reads_are_retried_after_transient_failures() {
    let faults = [
        Fault::status(500),
        Fault::status(502),
        Fault::html(503),
        Fault::status(504),
        Fault::close(Stage::BeforeReading),
        Fault::close(Stage::BeforeWork),
        Fault::close(Stage::AfterWork),
        Fault::cut_body(),
        Fault::delay(Duration::from_secs(40)),
    ];
    for fault in faults {
        in_paused_time(|| async {
            let scene = Scene::start().await;
            scene.fault(fault.clone().times(2));
            let newest = scene.deployment.latest_status().await;
            assert!(newest.is_ok(), "{fault:?}: {newest:?}");
        });
    }
}

#[tokio::test(start_paused = true)]
async fn reads_fail_after_max_attempts() {
    let scene = Scene::start().await;
    scene.fault(Fault::status(502).times(100));
    let error = scene.deployment.get_status(1).await.unwrap_err();
    assert_eq!(error.status(), Some(502));
    assert_eq!(scene.github.requests().len(), 5);
    assert_eq!(error.advice(), Some(Advice::CheckServerStatus));

    let deployment = {
        let policy = RetryPolicy::never();
        let builder = deploystatus::Client::builder().base_url(scene.github.api_url());
        let client = builder.retry_policy(policy).build().unwrap();
        client
            .deployment("octocat/example", scene.deployment.id())
            .unwrap()
    };
    deployment.get_status(1).await.unwrap_err();
    assert_eq!(scene.github.requests().len(), 6);
}

#[tokio::test(start_paused = true)]
async fn lost_read_is_a_connection_error() {
    let scene = Scene::start().await;
    scene.fault(Fault::close(Stage::AfterWork).times(100));
    let error = scene.deployment.get_status(1).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the connection was lost before the response"
    );
    assert!(!error.is_outcome_unknown());
}

#[test]
fn retry_after_accepts_seconds_and_dates() {
    for (asked, code) in [
        (RetryAfter::Seconds(17), 403),
        (RetryAfter::Seconds(17), 429),
        (RetryAfter::Date(17), 429),
    ] {
        in_paused_time(|| async {
            let scene = Scene::start().await;
            scene.fault(Fault::secondary_limit(asked).code(code));
            let started = Instant::now();
            scene.deployment.latest_status().await.unwrap();
            let waited = started.elapsed().as_secs_f64();
            assert!((16.0..19.0).contains(&waited), "{asked:?}: {waited}");
        });
    }
}

#[tokio::test(start_paused = true)]
async fn secondary_limit_without_header_waits_a_minute() {
    let scene = Scene::start().await;
    scene.fault(Fault::secondary_limit(RetryAfter::Absent));
    let started = Instant::now();
    scene.deployment.latest_status().await.unwrap();
    assert!(started.elapsed() >= Duration::from_secs(60));
    assert_eq!(scene.github.requests().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn quota_reset_uses_the_server_clock() {
    // The emulator's clock differs from that of this machine by months.
    let scene = Scene::start().await;
    let reset = scene.github.now().as_second() + 40;
    let used_up = Fault::status(403)
        .body(serde_json::json!({"message": "API rate limit exceeded for user ID 1."}))
        .header("x-ratelimit-limit", "5000")
        .header("x-ratelimit-remaining", "0")
        .header("x-ratelimit-reset", reset.to_string());
    scene.fault(used_up);
    let started = Instant::now();
    scene.deployment.latest_status().await.unwrap();
    let waited = started.elapsed().as_secs_f64();
    assert!((39.0..43.0).contains(&waited), "{waited}");
}

#[tokio::test(start_paused = true)]
async fn overlong_wait_is_an_error() {
    let scene = Scene::start().await;
    scene.fault(Fault::secondary_limit(RetryAfter::Seconds(3000)).times(2));
    let reading = scene.deployment.latest_status().await.unwrap_err();
    let report = NewStatus::new(State::Success);
    let creating = scene.deployment.create_status(report).await.unwrap_err();
    for error in [reading, creating] {
        assert!(error.is_rate_limited());
        assert!(!error.is_outcome_unknown());
        assert_eq!(error.status(), Some(403));
        let until = error.retry_at().unwrap();
        let away = until.as_second() - scene.github.now().as_second();
        assert!((2998..=3000).contains(&away), "{away}");
        assert!(
            error
                .to_string()
                .contains("; rate limited until 2026-01-01T00:"),
            "{error}"
        );
        assert!(matches!(error.advice(), Some(Advice::WaitUntil { .. })));
    }
}

#[test]
fn other_rejections_are_not_retried() {
    for status in [400, 401, 403, 404, 410, 422, 451] {
        in_paused_time(|| async {
            let scene = Scene::start().await;
            scene.fault(Fault::status(status));
            let error = scene.deployment.get_status(1).await.unwrap_err();
            assert_eq!(error.status(), Some(status));
            assert!(!error.is_rate_limited());
            assert_eq!(scene.github.requests().len(), 1);
        });
    }
}

#[tokio::test(start_paused = true)]
async fn backoff_grows_within_the_timeout() {
    let patient = RetryPolicy::new()
        .max_attempts(1000)
        .timeout(Duration::from_secs(90))
        .seed(7);
    let scene = Scene::with_client(|client| client.retry_policy(patient)).await;
    scene.fault(Fault::status(503).times(1000).on(Operation::GetStatus));
    let started = Instant::now();
    scene.deployment.get_status(1).await.unwrap_err();
    assert!(started.elapsed() <= Duration::from_secs(90));
    let requests = scene.github.requests().len();
    assert!((6..25).contains(&requests), "{requests}");
}

#[test]
fn defaults_match_the_documentation() {
    let policy = RetryPolicy::new();
    assert_eq!(policy, RetryPolicy::default());
    assert_eq!(
        policy,
        RetryPolicy::never()
            .max_attempts(5)
            .initial_backoff(Duration::from_millis(500))
            .max_retry_after(Duration::from_secs(2 * 60))
            .timeout(Duration::from_secs(5 * 60))
    );
}

/// Sets a token source that fails at its second call.
fn stumbling(client: ClientBuilder) -> ClientBuilder {
    let asked = Arc::new(AtomicU32::new(0));
    client.token_source(move || {
        let time = asked.fetch_add(1, Ordering::Relaxed);
        async move {
            match time {
                1 => Err("the token service is busy"),
                _ => Ok("token".to_owned()),
            }
        }
    })
}

#[tokio::test(start_paused = true)]
async fn failed_token_source_is_retried() {
    let scene = Scene::with_client(stumbling).await;
    for state in [State::InProgress, State::Success] {
        scene
            .deployment
            .create_status(NewStatus::new(state))
            .await
            .unwrap();
    }
    assert_eq!(scene.stored(), ["in_progress", "success"]);
}

#[tokio::test(start_paused = true)]
async fn failed_token_source_does_not_end_search() {
    let scene = Scene::with_client(stumbling).await;
    let lost = Fault::status(502).after_work().on(Operation::CreateStatus);
    scene.fault(lost);
    let created = scene
        .deployment
        .create_status(NewStatus::new(State::Success))
        .await
        .unwrap();
    assert!(created.confirmation == Confirmation::Adopted, "{created:?}");
    assert_eq!(scene.stored(), ["success"]);
}

#[tokio::test(start_paused = true)]
async fn huge_backoff_does_not_overflow() {
    let endless = RetryPolicy::new().initial_backoff(Duration::MAX);
    let scene = Scene::with_client(|client| client.retry_policy(endless)).await;
    scene.fault(Fault::status(500).times(2));
    assert_eq!(scene.deployment.latest_status().await.unwrap(), None);
}
