//! How often a wait looks, what it costs, and what it sits out.

use std::time::Duration;

use deploystatus::{Outcome, RetryPolicy, WaitPolicy};
use deploystatus_emulator::{Fault, Limits, Operation, RetryAfter};
use tokio::time::{Instant, sleep};

use super::{answers, minutes, tell, wait_after, with_scene, words};
use crate::facade::{Scene, in_paused_time, on_tokio_time};

#[test]
fn a_success_is_noticed_within_one_interval_and_unchanged_polls_are_free() {
    for seed in 0..25 {
        in_paused_time(|| async {
            let github = on_tokio_time().limits(Limits::github());
            let scene = Scene::with(github, |client| client).await;
            tell(&scene, &["queued"]);
            let interval = Duration::from_secs(5 + seed);
            let policy = WaitPolicy::new()
                .seed(seed)
                .first_interval(Duration::from_secs(1))
                .longest_interval(interval);
            let half = Duration::from_secs(3 + seed * 30);
            let story = async {
                sleep(half).await;
                tell(&scene, &["in_progress"]);
                sleep(half).await;
                tell(&scene, &["success"]);
                Instant::now()
            };
            let mut polls = 0;
            let wait = scene
                .deployment
                .wait(&policy)
                .on_poll(|it| polls = it.polls);
            let wait = async { (wait.await, Instant::now()) };
            let (happened, (outcome, noticed)) = tokio::join!(story, wait);

            assert_eq!(words(&outcome.unwrap()), "succeeded success", "{seed}");
            let late = noticed - happened;
            assert!(
                late <= interval + Duration::from_millis(10),
                "{seed}: {late:?}"
            );
            // The first poll and the two that brought news.
            assert_eq!(answers(&scene, 200), 3, "{seed}");
            assert_eq!(answers(&scene, 304), polls as usize - 3, "{seed}");
            let quota = scene.client.rate_limit().unwrap();
            assert_eq!(quota.limit - quota.remaining, 3, "{seed}");
            assert!(polls > 3, "{seed}");
        });
    }
}

#[test]
fn intervals_grow_with_jitter_and_never_past_the_longest() {
    with_scene(async |scene| {
        tell(scene, &["in_progress"]);
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
        // The last one is cut short by the end.
        for pause in &pauses[..pauses.len() - 1] {
            let pause = pause.as_secs_f64();
            assert!(
                pause >= longest / 2.0 && pause <= longest,
                "{pause} {longest}"
            );
            longest = (longest * 1.5).min(30.0);
        }
        let tail = &pauses[10..20];
        assert!(tail.windows(2).any(|two| two[0] != two[1]), "{tail:?}");
    });
}

#[test]
fn a_wait_of_no_time_looks_once() {
    with_scene(async |scene| {
        tell(scene, &["in_progress"]);
        let outcome = scene.deployment.wait(&minutes(0)).await.unwrap();
        assert!(
            matches!(outcome, Outcome::StillRunning { polls: 1, .. }),
            "{outcome:?}"
        );
        assert_eq!(scene.requests("GET"), 1);
    });
}

#[test]
fn every_poll_is_told_and_what_is_news_is_said() {
    with_scene(async |scene| {
        let policy = minutes(10);
        let mut told = Vec::new();
        let wait = scene.deployment.wait(&policy).on_poll(|progress| {
            let state = progress.status.map(|status| status.state.to_string());
            if progress.is_news {
                told.push(state);
            }
            assert!(progress.error.is_none());
        });
        let story = async {
            for word in ["queued", "in_progress", "failure"] {
                sleep(Duration::from_secs(60)).await;
                tell(scene, &[word]);
            }
        };
        let (outcome, ()) = tokio::join!(wait.into_future(), story);
        assert_eq!(words(&outcome.unwrap()), "failed failure");
        let told: Vec<_> = told.into_iter().flatten().collect();
        assert_eq!(told, ["queued", "in_progress", "failure"]);
    });
}

#[test]
fn a_server_that_is_broken_for_a_while_is_sat_out() {
    with_scene(async |scene| {
        tell(scene, &["in_progress"]);
        // More than one call repeats.
        let broken = Fault::status(503).skip(1).times(12);
        scene.github.fault(broken.on(Operation::ListStatuses));
        let mut failed = 0;
        let policy = minutes(30);
        let wait = scene.deployment.wait(&policy).on_poll(|progress| {
            failed += u32::from(progress.error.is_some());
        });
        let story = async {
            sleep(Duration::from_secs(600)).await;
            tell(scene, &["success"]);
        };
        let (outcome, ()) = tokio::join!(wait.into_future(), story);
        assert_eq!(words(&outcome.unwrap()), "succeeded success");
        assert_eq!(failed, 2);
    });
}

#[test]
fn a_server_that_is_still_broken_when_the_time_is_up_is_not_called_running() {
    with_scene(async |scene| {
        tell(scene, &["in_progress"]);
        let broken = Fault::status(503).skip(1).times(10_000);
        scene.github.fault(broken.on(Operation::ListStatuses));
        let started = Instant::now();
        let error = scene.deployment.wait(&minutes(5)).await.unwrap_err();
        // The last look, which begins when the time is up, may not have run to its end.
        assert!(
            error.status() == Some(503) || error.to_string().contains("before the wait was over"),
            "{error:?}"
        );
        let took = started.elapsed().as_secs();
        assert!((300..=310).contains(&took), "{took}");
    });
}

#[test]
fn a_server_that_hangs_does_not_keep_a_wait_past_its_time() {
    with_scene(async |scene| {
        tell(scene, &["in_progress"]);
        let hanging = Fault::delay(Duration::from_secs(3600)).skip(1).times(1000);
        scene.github.fault(hanging.on(Operation::ListStatuses));
        let started = Instant::now();
        let error = scene.deployment.wait(&minutes(1)).await.unwrap_err();
        assert!(error.retry_at().is_none(), "{error:?}");
        let took = started.elapsed().as_secs();
        assert!((60..=70).contains(&took), "{took}");
    });
}

#[test]
fn a_server_that_never_answered_is_an_error_at_once() {
    with_scene(async |scene| {
        scene.github.fault(Fault::status(503).times(100));
        let started = Instant::now();
        let error = scene.deployment.wait(&minutes(30)).await.unwrap_err();
        assert_eq!(error.status(), Some(503));
        assert!(started.elapsed() < Duration::from_secs(60));
    });
}

#[test]
fn a_refusal_ends_the_wait() {
    with_scene(async |scene| {
        tell(scene, &["in_progress"]);
        scene.github.fault(Fault::status(401).skip(3));
        let error = scene.deployment.wait(&minutes(30)).await.unwrap_err();
        assert_eq!(error.status(), Some(401));
        assert_eq!(scene.requests("GET"), 4);
    });
}

#[test]
fn the_server_is_never_asked_sooner_than_it_allows() {
    in_paused_time(|| async {
        let patience = RetryPolicy::new().longest_wait(Duration::from_secs(1));
        let scene = Scene::with(on_tokio_time(), |client| client.retry(patience)).await;
        tell(&scene, &["in_progress"]);
        let limited = Fault::secondary_limit(RetryAfter::Seconds(400)).skip(2);
        scene.github.fault(limited.on(Operation::ListStatuses));
        let mut limits = 0;
        let policy = minutes(10);
        let wait = scene.deployment.wait(&policy).on_poll(|progress| {
            if let Some(error) = progress.error {
                assert_eq!(error.retry_after(), Some(Duration::from_secs(400)));
                assert!(progress.next_in >= error.retry_after());
                limits += 1;
            }
        });
        assert_eq!(words(&wait.await.unwrap()), "still in_progress");
        assert_eq!(limits, 1);
        let requests = scene.github.requests();
        let gap = requests[3].at.duration_since(requests[2].at);
        assert!(gap.as_secs() >= 400, "{gap}");
    });
}

#[test]
fn a_server_that_asks_for_more_time_than_there_is_ends_the_wait() {
    in_paused_time(|| async {
        let scene = Scene::with(on_tokio_time(), |client| client).await;
        tell(&scene, &["in_progress"]);
        let limited = Fault::secondary_limit(RetryAfter::Seconds(4000)).skip(2);
        scene.github.fault(limited.on(Operation::ListStatuses));
        let error = scene.deployment.wait(&minutes(10)).await.unwrap_err();
        assert!(error.is_rate_limited(), "{error:?}");
    });
}

#[test]
fn the_default_waits_for_half_an_hour() {
    with_scene(async |scene| {
        let outcome = scene.deployment.wait(&WaitPolicy::default()).await.unwrap();
        let Outcome::StillRunning { last, waited, .. } = outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!(waited.as_secs(), 1800);
        assert_eq!(last, None);
    });
    assert_eq!(wait_after(&["queued"], None), "still queued");
}
