//! Intervals, costs and temporary failures of a wait.

use std::time::Duration;

use deploystatus::{Outcome, RetryPolicy, WaitPolicy};
use deploystatus_emulator::{Fault, Limits, Operation, RetryAfter};
use tests::{Scene, in_paused_time, on_tokio_time};
use tokio::time::{Instant, sleep};

use super::{described, minutes, responses};

#[test]
fn success_is_noticed_within_one_interval() {
    for seed in 0..25 {
        in_paused_time(|| async {
            let github = on_tokio_time().limits(Limits::github());
            let scene = Scene::with(github, |client| client).await;
            scene.store_states(&["queued"]);
            let interval = Duration::from_secs(5 + seed);
            let policy = WaitPolicy::new()
                .seed(seed)
                .initial_interval(Duration::from_secs(1))
                .max_interval(interval);
            let half = Duration::from_secs(3 + seed * 30);
            let reporting = async {
                sleep(half).await;
                scene.store_states(&["in_progress"]);
                sleep(half).await;
                scene.store_states(&["success"]);
                Instant::now()
            };
            let mut polls = 0;
            let wait = scene
                .deployment
                .wait(&policy)
                .on_poll(|it| polls = it.polls);
            let wait = async { (wait.await, Instant::now()) };
            let (happened, (outcome, noticed)) = tokio::join!(reporting, wait);

            assert_eq!(described(&outcome.unwrap()), "succeeded success", "{seed}");
            let late = noticed - happened;
            assert!(
                late <= interval + Duration::from_millis(10),
                "{seed}: {late:?}"
            );
            // The first poll, and the two that found a new status.
            assert_eq!(responses(&scene, 200), 3, "{seed}");
            assert_eq!(responses(&scene, 304), polls as usize - 3, "{seed}");
            let quota = scene.client.rate_limit().unwrap();
            assert_eq!(quota.limit - quota.remaining, 3, "{seed}");
            assert!(polls > 3, "{seed}");
        });
    }
}

#[tokio::test(start_paused = true)]
async fn intervals_grow_up_to_the_maximum() {
    let scene = Scene::start().await;
    scene.store_states(&["in_progress"]);
    let mut pauses = Vec::new();
    let outcome = scene
        .deployment
        .wait(&minutes(20).seed(7))
        .on_poll(|progress| pauses.extend(progress.next_in))
        .await
        .unwrap();
    let Outcome::StillRunning { waited, polls, .. } = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(waited.as_secs(), 20 * 60);
    assert_eq!(polls as usize, pauses.len() + 1);
    let mut longest = 2.0_f64;
    // The timeout shortens the last one.
    for pause in &pauses[..pauses.len() - 1] {
        let pause = pause.as_secs_f64();
        assert!(
            pause >= longest / 2.0 && pause <= longest,
            "{pause} {longest}"
        );
        longest = (longest * 2.0).min(15.0);
    }
    let tail = &pauses[10..20];
    assert!(tail.windows(2).any(|two| two[0] != two[1]), "{tail:?}");
}

#[tokio::test(start_paused = true)]
async fn zero_timeout_polls_once() {
    let scene = Scene::start().await;
    scene.store_states(&["in_progress"]);
    let outcome = scene.deployment.wait(&minutes(0)).await.unwrap();
    assert!(
        matches!(outcome, Outcome::StillRunning { polls: 1, .. }),
        "{outcome:?}"
    );
    assert_eq!(scene.requests("GET"), 1);
}

#[tokio::test(start_paused = true)]
async fn poll_events_mark_new_statuses() {
    let scene = Scene::start().await;
    let policy = minutes(10);
    let mut seen = Vec::new();
    let wait = scene.deployment.wait(&policy).on_poll(|progress| {
        let state = progress.status.map(|status| status.state.to_string());
        if progress.is_new {
            seen.push(state);
        }
        assert!(progress.error.is_none());
    });
    let reporting = async {
        for word in ["queued", "in_progress", "failure"] {
            sleep(Duration::from_secs(60)).await;
            scene.store_states(&[word]);
        }
    };
    let (outcome, ()) = tokio::join!(wait.into_future(), reporting);
    assert_eq!(described(&outcome.unwrap()), "failed failure");
    let seen: Vec<_> = seen.into_iter().flatten().collect();
    assert_eq!(seen, ["queued", "in_progress", "failure"]);
}

#[tokio::test(start_paused = true)]
async fn temporary_server_errors_are_retried() {
    let scene = Scene::start().await;
    scene.store_states(&["in_progress"]);
    // More failures than one call retries.
    let broken = Fault::status(503).skip(1).times(12);
    scene.fault(broken.on(Operation::ListStatuses));
    let mut failed = 0;
    let policy = minutes(30);
    let wait = scene.deployment.wait(&policy).on_poll(|progress| {
        failed += u32::from(progress.error.is_some());
    });
    let reporting = async {
        sleep(Duration::from_secs(600)).await;
        scene.store_states(&["success"]);
    };
    let (outcome, ()) = tokio::join!(wait.into_future(), reporting);
    assert_eq!(described(&outcome.unwrap()), "succeeded success");
    assert_eq!(failed, 2);
}

#[tokio::test(start_paused = true)]
async fn persistent_server_errors_end_with_error() {
    let scene = Scene::start().await;
    scene.store_states(&["in_progress"]);
    let broken = Fault::status(503).skip(1).times(10_000);
    scene.fault(broken.on(Operation::ListStatuses));
    let started = Instant::now();
    let error = scene.deployment.wait(&minutes(5)).await.unwrap_err();
    // The last poll, which starts at the timeout, may not have ended.
    assert!(
        error.status() == Some(503) || error.is_timeout(),
        "{error:?}"
    );
    let took = started.elapsed().as_secs();
    assert!((300..=310).contains(&took), "{took}");
}

#[tokio::test(start_paused = true)]
async fn hanging_server_does_not_exceed_the_timeout() {
    let scene = Scene::start().await;
    scene.store_states(&["in_progress"]);
    let hanging = Fault::delay(Duration::from_secs(3600)).skip(1).times(1000);
    scene.fault(hanging.on(Operation::ListStatuses));
    let started = Instant::now();
    let error = scene.deployment.wait(&minutes(1)).await.unwrap_err();
    assert!(error.retry_at().is_none(), "{error:?}");
    let took = started.elapsed().as_secs();
    assert!((60..=70).contains(&took), "{took}");
}

#[tokio::test(start_paused = true)]
async fn failed_first_poll_is_an_error() {
    let scene = Scene::start().await;
    scene.fault(Fault::status(503).times(100));
    let started = Instant::now();
    let error = scene.deployment.wait(&minutes(30)).await.unwrap_err();
    assert_eq!(error.status(), Some(503));
    assert!(started.elapsed() < Duration::from_secs(60));
}

#[tokio::test(start_paused = true)]
async fn rejection_ends_the_wait() {
    let scene = Scene::start().await;
    scene.store_states(&["in_progress"]);
    scene.fault(Fault::status(401).skip(3));
    let error = scene.deployment.wait(&minutes(30)).await.unwrap_err();
    assert_eq!(error.status(), Some(401));
    assert_eq!(scene.requests("GET"), 4);
}

#[tokio::test(start_paused = true)]
async fn retry_after_delays_the_next_poll() {
    let patience = RetryPolicy::new().max_retry_after(Duration::from_secs(1));
    let scene = Scene::with_client(|client| client.retry_policy(patience)).await;
    scene.store_states(&["in_progress"]);
    let limited = Fault::secondary_limit(RetryAfter::Seconds(400)).skip(2);
    scene.fault(limited.on(Operation::ListStatuses));
    let mut limits = 0;
    let policy = minutes(10);
    let wait = scene.deployment.wait(&policy).on_poll(|progress| {
        if let Some(error) = progress.error {
            assert_eq!(error.retry_after(), Some(Duration::from_secs(400)));
            assert!(progress.next_in >= error.retry_after());
            limits += 1;
        }
    });
    assert_eq!(described(&wait.await.unwrap()), "still in_progress");
    assert_eq!(limits, 1);
    let requests = scene.github.requests();
    let gap = requests[3].at.duration_since(requests[2].at);
    assert!(gap.as_secs() >= 400, "{gap}");
}

#[tokio::test(start_paused = true)]
async fn retry_after_beyond_timeout_ends_the_wait() {
    let scene = Scene::start().await;
    scene.store_states(&["in_progress"]);
    let limited = Fault::secondary_limit(RetryAfter::Seconds(4000)).skip(2);
    scene.fault(limited.on(Operation::ListStatuses));
    let error = scene.deployment.wait(&minutes(10)).await.unwrap_err();
    assert!(error.is_rate_limited(), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn timeout_defaults_to_30_minutes() {
    let scene = Scene::start().await;
    let outcome = scene.deployment.wait(&WaitPolicy::default()).await.unwrap();
    let Outcome::StillRunning { last, waited, .. } = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(waited.as_secs(), 1800);
    assert_eq!(last, None);
}

#[tokio::test(start_paused = true)]
async fn huge_interval_does_not_overflow() {
    let scene = Scene::start().await;
    let policy = minutes(10)
        .initial_interval(Duration::MAX)
        .max_interval(Duration::MAX);
    let outcome = scene.deployment.wait(&policy).await.unwrap();
    let Outcome::StillRunning { waited, polls, .. } = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!((waited.as_secs(), polls), (600, 2));
}
