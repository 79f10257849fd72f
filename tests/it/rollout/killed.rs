//! Rollouts that are killed at every point: the future dropped, or the process gone.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use deploystatus::{
    Client, Deployment, Error, NewRollout, Outbox, Overtaken, Pacing, RetryPolicy, State, Succeeded,
};
use deploystatus_emulator::{Fault, FaultMix, Operation, Stage};
use tokio::sync::Notify;

use super::{an_hour, first, scene};
use crate::facade::{Scene, TOKEN, in_paused_time, on_tokio_time};

fn rollout(deployment: &Deployment) -> NewRollout {
    let rollout = deployment.rollout(first());
    rollout.progress_interval(Duration::ZERO)
}

/// A rollout with everything a rollout has.
async fn story(rollout: NewRollout) -> Result<Succeeded, Error> {
    rollout
        .run(async |rollout| {
            rollout.progress("1 of 2 pods").await;
            tokio::task::yield_now().await;
            rollout.environment_url("https://staging.example.com")?;
            rollout.progress("2 of 2 pods").await;
            Ok(())
        })
        .await
}

/// Polls a future this often and then drops it; tells whether it ended before.
async fn polled(future: impl Future, mut polls: usize) -> bool {
    let mut future = pin!(future);
    poll_fn(|context| {
        if polls == 0 {
            return Poll::Ready(false);
        }
        polls -= 1;
        future.as_mut().poll(context).map(|_| true)
    })
    .await
}

/// What goes wrong on the way, for the request with this number.
fn troubles(request: u32) -> Vec<Fault> {
    let at = |fault: Fault| fault.skip(request).on(Operation::CreateStatus);
    vec![
        at(Fault::delay(Duration::ZERO)),
        at(Fault::status(502).after_work()),
        at(Fault::status(502)),
        at(Fault::status(504).work_later(Duration::from_secs(8))),
        at(Fault::close(Stage::AfterWork)),
        at(Fault::close(Stage::BeforeWork)),
        at(Fault::cut_body()),
    ]
}

/// The rollout is over on the server, said once and last, or it never began.
fn assert_over(scene: &Scene, what: &str) {
    let stored = scene.stored();
    let Some(newest) = stored.last() else { return };
    assert!(
        State::from(newest.as_str()).is_finished(),
        "{what}: {stored:?}"
    );
    assert_eq!(scene.ends(), 1, "{what}: {stored:?}");
}

#[test]
fn a_rollout_dropped_after_any_poll_is_over_on_the_server() {
    for request in 0..4 {
        for fault in troubles(request) {
            let mut polls = 0;
            while !in_paused_time(|| async {
                let what = format!("{fault:?}, dropped after {polls} polls");
                let scene = scene().await;
                scene.github.fault(fault.clone());
                let is_done = polled(story(rollout(&scene.deployment)), polls).await;
                an_hour().await;
                assert_over(&scene, &what);
                assert_eq!(scene.stored().is_empty(), polls == 0, "{what}");
                is_done
            }) {
                polls += 1;
            }
            assert!(polls > 5, "{fault:?}: it was over after {polls} polls");
        }
    }
}

#[test]
fn a_rollout_dropped_after_any_turn_of_the_scheduler_is_over_on_the_server() {
    for fault in troubles(1) {
        let mut turns = 0;
        while !in_paused_time(|| async {
            let what = format!("{fault:?}, dropped after {turns} turns");
            let scene = scene().await;
            scene.github.fault(fault.clone());
            let turning = async {
                for _ in 0..turns {
                    tokio::task::yield_now().await;
                }
            };
            tokio::select! {
                biased;
                () = turning => {}
                _ = story(rollout(&scene.deployment)) => {}
            }
            an_hour().await;
            assert_over(&scene, &what);
            // Time stands still while turns are taken, so some of the stories never end by themselves.
            scene.stored().ends_with(&["success".to_owned()]) || turns > 60
        }) {
            turns += 1;
        }
        assert!(turns > 10, "{fault:?}: it was over after {turns} turns");
    }
}

#[test]
fn a_rollout_dropped_at_any_moment_is_over_on_the_server() {
    for fault in troubles(1).into_iter().chain(troubles(3)) {
        for moment in (0..15_000).step_by(1_250) {
            in_paused_time(|| async {
                let what = format!("{fault:?}, dropped after {moment} ms");
                let scene = scene().await;
                scene.github.fault(fault.clone());
                let wait = Duration::from_millis(moment);
                let _ = tokio::time::timeout(wait, story(rollout(&scene.deployment))).await;
                an_hour().await;
                assert_over(&scene, &what);
            });
        }
    }
}

#[test]
fn a_rollout_dropped_after_any_poll_while_github_is_down_is_in_the_outbox() {
    for request in 0..4 {
        let mut polls = 0;
        while !in_paused_time(|| async {
            let what = format!("down from {request} on, dropped after {polls} polls");
            let scene = scene().await;
            let folder = tempfile::tempdir().unwrap();
            let outbox = Outbox::open(folder.path()).unwrap();
            let down = Fault::status(503).skip(request).times(1_000_000);
            scene.github.fault(down);
            let is_done = polled(story(rollout(&scene.deployment).outbox(&outbox)), polls).await;
            an_hour().await;
            let ended = scene.ends() == 1;
            let began = !scene.stored().is_empty();
            let kept = outbox.files().unwrap().len();
            assert!(kept == usize::from(!ended && kept > 0), "{what}");
            assert!(ended || kept == 1 || !began, "{what}: {:?}", scene.stored());
            scene.github.clear_faults();
            let flushed = outbox.flush(&scene.client, Overtaken::Send).await.unwrap();
            assert!(flushed.is_complete(), "{what}: {flushed:?}");
            assert_eq!(flushed.delivered.len(), kept, "{what}");
            assert_over(&scene, &what);
            is_done
        }) {
            polls += 1;
        }
    }
}

/// Runs the story in a runtime of its own that is shut down after so many of its rests; tells whether it ended before.
fn shut_down_after(rests: usize, url: &str, id: u64, outbox: &Outbox) -> bool {
    let left = Arc::new(AtomicUsize::new(rests));
    let over = Arc::new(Notify::new());
    let killer = Arc::clone(&over);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .on_thread_park(move || {
            if left.fetch_sub(1, Ordering::Relaxed) == 1 {
                killer.notify_one();
            }
        })
        .build()
        .unwrap();
    runtime.block_on(async {
        let client = client(url);
        let deployment = client.deployment("octocat/example", id).unwrap();
        tokio::select! {
            biased;
            () = over.notified() => false,
            told = story(rollout(&deployment).outbox(outbox)) => {
                told.unwrap();
                true
            }
        }
    })
}

fn client(url: &str) -> Client {
    Client::builder()
        .base_url(url)
        .token(TOKEN)
        .pacing(Pacing::off())
        .build()
        .unwrap()
}

#[test]
fn a_rollout_whose_runtime_is_shut_down_at_any_point_is_over_after_a_flush() {
    for fault in (0..4).flat_map(troubles).filter(|fault| {
        // In real time, nobody waits for what may turn up later.
        fault.is_after_work()
    }) {
        let mut rests = 1;
        while !in_paused_time(|| async {
            let what = format!("{fault:?}, shut down after {rests} rests");
            let scene = scene().await;
            scene.github.fault(fault.clone());
            let folder = tempfile::tempdir().unwrap();
            let outbox = Outbox::open(folder.path()).unwrap();
            let (url, id) = (scene.github.api_url(), scene.deployment.id());
            let theirs = outbox.clone();
            let process = move || shut_down_after(rests, &url, id, &theirs);
            // Paused time stands still as long as a blocking task runs.
            let is_done = tokio::task::spawn_blocking(process).await.unwrap();
            an_hour().await;
            let flushed = outbox.flush(&scene.client, Overtaken::Send).await.unwrap();
            assert!(flushed.is_complete(), "{what}: {flushed:?}");
            assert!(outbox.files().unwrap().is_empty(), "{what}");
            assert_over(&scene, &what);
            is_done
        }) {
            rests += 1;
        }
        assert!(rests > 4, "{fault:?}: it was over after {rests} rests");
    }
}

#[test]
fn rollouts_under_random_faults_dropped_at_random_are_over_after_a_flush_and_ended_once() {
    let seeds = match std::env::var("DEPLOYSTATUS_SEED") {
        Ok(seed) => vec![seed.parse().unwrap()],
        Err(_) => (0..100).collect::<Vec<u64>>(),
    };
    for seed in seeds {
        in_paused_time(|| async {
            let what = format!("DEPLOYSTATUS_SEED={seed}");
            let mix = FaultMix::seeded(seed).percent(60).max_faults(8);
            let github = on_tokio_time().fault_mix(mix);
            let policy = RetryPolicy::new().seed(seed);
            let scene = Scene::with(github, |client| client.retry(policy)).await;
            let folder = tempfile::tempdir().unwrap();
            let outbox = Outbox::open(folder.path()).unwrap();
            let story = story(rollout(&scene.deployment).outbox(&outbox));
            // From nothing to two minutes, most of them short.
            let wait = Duration::from_millis((seed % 7).pow(6) + seed * 37 % 1000);
            let _ = tokio::time::timeout(wait, story).await;
            an_hour().await;
            scene.github.fault_mix(None);
            let flushed = outbox.flush(&scene.client, Overtaken::Send).await.unwrap();
            assert!(flushed.is_complete(), "{what}: {flushed:?}");
            assert_over(&scene, &what);
        });
    }
}
