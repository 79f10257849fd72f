//! Waiting and trying again, in paused time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use deploystatus::{ClientBuilder, Delivered, NewStatus, RetryPolicy, State};
use deploystatus_emulator::{Fault, NewStatus as Seeded, Operation, RetryAfter, Stage};
use tokio::time::Instant;

use super::{Scene, in_paused_time, on_tokio_time};

async fn scene() -> Scene {
    let scene = Scene::with(on_tokio_time(), |client| client).await;
    scene
        .github
        .create_status(scene.deployment.id(), Seeded::new("queued"))
        .unwrap();
    scene
}

#[test]
fn reads_are_repeated_when_the_server_breaks_down_or_the_connection_is_lost() {
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
            let scene = scene().await;
            scene.github.fault(fault.clone().times(2));
            let newest = scene.deployment.statuses().newest().await;
            assert!(newest.is_ok(), "{fault:?}: {newest:?}");
        });
    }
}

#[test]
fn reads_end_with_the_last_error_after_as_many_attempts_as_the_policy_says() {
    in_paused_time(|| async {
        let scene = scene().await;
        scene.github.fault(Fault::status(502).times(100));
        let error = scene.deployment.get_status(1).await.unwrap_err();
        assert_eq!(error.status(), Some(502));
        assert_eq!(scene.github.requests().len(), 5);
        assert!(error.hint().unwrap().contains("githubstatus"));

        let deployment = {
            let policy = RetryPolicy::never();
            let builder = deploystatus::Client::builder().base_url(scene.github.api_url());
            let client = builder.retry(policy).build().unwrap();
            client
                .deployment("octocat/example", scene.deployment.id())
                .unwrap()
        };
        deployment.get_status(1).await.unwrap_err();
        assert_eq!(scene.github.requests().len(), 6);
    });
}

#[test]
fn a_lost_read_says_so() {
    in_paused_time(|| async {
        let scene = scene().await;
        scene
            .github
            .fault(Fault::close(Stage::AfterWork).times(100));
        let error = scene.deployment.get_status(1).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "the connection was lost before the answer came"
        );
        assert!(!error.is_outcome_unknown());
    });
}

#[test]
fn retry_after_is_waited_in_seconds_and_as_a_date() {
    for (asked, code) in [
        (RetryAfter::Seconds(17), 403),
        (RetryAfter::Seconds(17), 429),
        (RetryAfter::Date(17), 429),
    ] {
        in_paused_time(|| async {
            let scene = scene().await;
            scene.github.fault(Fault::secondary_limit(asked).code(code));
            let started = Instant::now();
            scene.deployment.statuses().newest().await.unwrap();
            let waited = started.elapsed().as_secs_f64();
            assert!((16.0..19.0).contains(&waited), "{asked:?}: {waited}");
        });
    }
}

#[test]
fn a_secondary_limit_that_says_nothing_is_waited_out_for_a_minute_at_least() {
    in_paused_time(|| async {
        let scene = scene().await;
        scene
            .github
            .fault(Fault::secondary_limit(RetryAfter::Absent));
        let started = Instant::now();
        scene.deployment.statuses().newest().await.unwrap();
        assert!(started.elapsed() >= Duration::from_secs(60));
        assert_eq!(scene.github.requests().len(), 2);
    });
}

#[test]
fn the_reset_of_a_used_up_quota_is_read_against_the_servers_clock() {
    in_paused_time(|| async {
        // The emulator's clock is months away from ours.
        let scene = scene().await;
        let reset = scene.github.now().as_second() + 40;
        let used_up = Fault::status(403)
            .body(serde_json::json!({"message": "API rate limit exceeded for user ID 1."}))
            .header("x-ratelimit-limit", "5000")
            .header("x-ratelimit-remaining", "0")
            .header("x-ratelimit-reset", reset.to_string());
        scene.github.fault(used_up);
        let started = Instant::now();
        scene.deployment.statuses().newest().await.unwrap();
        let waited = started.elapsed().as_secs_f64();
        assert!((39.0..43.0).contains(&waited), "{waited}");
    });
}

#[test]
fn a_longer_wait_than_the_policy_allows_is_an_error_that_says_until_when() {
    in_paused_time(|| async {
        let scene = scene().await;
        scene
            .github
            .fault(Fault::secondary_limit(RetryAfter::Seconds(3000)).times(2));
        let reading = scene.deployment.statuses().newest().await.unwrap_err();
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
                    .contains("it asks to wait until 2026-01-01T00:"),
                "{error}"
            );
            assert!(error.hint().unwrap().contains("RetryPolicy::longest_wait"));
        }
    });
}

#[test]
fn other_refusals_are_never_repeated() {
    for status in [400, 401, 403, 404, 410, 422, 451] {
        in_paused_time(|| async {
            let scene = scene().await;
            scene.github.fault(Fault::status(status));
            let error = scene.deployment.get_status(1).await.unwrap_err();
            assert_eq!(error.status(), Some(status));
            assert!(!error.is_rate_limited());
            assert_eq!(scene.github.requests().len(), 1);
        });
    }
}

#[test]
fn pauses_grow_and_the_total_time_is_kept() {
    in_paused_time(|| async {
        let patient = RetryPolicy::new()
            .attempts(1000)
            .total_time(Duration::from_secs(90))
            .seed(7);
        let scene = Scene::with(on_tokio_time(), |client| client.retry(patient)).await;
        scene
            .github
            .fault(Fault::status(503).times(1000).on(Operation::GetStatus));
        let started = Instant::now();
        scene.deployment.get_status(1).await.unwrap_err();
        assert!(started.elapsed() <= Duration::from_secs(90));
        let requests = scene.github.requests().len();
        assert!((6..25).contains(&requests), "{requests}");
    });
}

#[test]
fn the_numbers_in_the_documentation_of_the_policy_hold() {
    let policy = RetryPolicy::new();
    assert_eq!(policy, RetryPolicy::default());
    assert_eq!(
        policy,
        RetryPolicy::never()
            .attempts(5)
            .first_pause(Duration::from_millis(500))
            .longest_wait(Duration::from_secs(2 * 60))
            .total_time(Duration::from_secs(5 * 60))
    );
}

/// A source of tokens that fails when it is asked for the second time.
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

#[test]
fn a_token_source_that_stumbles_once_is_asked_again() {
    in_paused_time(|| async {
        let scene = Scene::with(on_tokio_time(), stumbling).await;
        for state in [State::InProgress, State::Success] {
            scene
                .deployment
                .create_status(NewStatus::new(state))
                .await
                .unwrap();
        }
        assert_eq!(scene.stored(), ["in_progress", "success"]);
    });
}

#[test]
fn a_token_source_that_stumbles_does_not_end_the_search_for_a_status() {
    in_paused_time(|| async {
        let scene = Scene::with(on_tokio_time(), stumbling).await;
        let lost = Fault::status(502).after_work().on(Operation::CreateStatus);
        scene.github.fault(lost);
        let delivered = scene
            .deployment
            .create_status(NewStatus::new(State::Success))
            .await
            .unwrap();
        assert!(matches!(delivered, Delivered::Adopted(_)), "{delivered:?}");
        assert_eq!(scene.stored(), ["success"]);
    });
}

#[test]
fn a_pause_of_any_length_is_not_too_long_to_reckon_with() {
    in_paused_time(|| async {
        let endless = RetryPolicy::new().first_pause(Duration::MAX);
        let scene = Scene::with(on_tokio_time(), |client| client.retry(endless)).await;
        scene.github.fault(Fault::status(500).times(2));
        assert_eq!(scene.deployment.statuses().newest().await.unwrap(), None);
    });
}
