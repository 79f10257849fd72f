//! Rollouts that are interrupted at every point: the future is dropped, or the runtime is shut down.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use deploystatus::{
    Client, Deployment, Error, Finished, OnSuperseded, Outbox, RetryPolicy, RolloutBuilder,
    RolloutError, State,
};
use deploystatus_emulator::{Fault, FaultMix, Operation, Stage};
use tests::{Scene, client_builder, in_paused_time, on_tokio_time};
use tokio::sync::Notify;

use super::{an_hour, ends, first};

fn rollout(deployment: &Deployment) -> RolloutBuilder {
    let rollout = deployment.rollout(first());
    rollout.progress_interval(Duration::ZERO)
}

/// Carries out a rollout with progress, a URL and a success.
async fn carry_out(rollout: RolloutBuilder) -> Result<Finished<()>, RolloutError<(), Error>> {
    let work = async |rollout: deploystatus::RolloutHandle| {
        rollout.progress("1 of 2 pods");
        tokio::task::yield_now().await;
        tokio::time::sleep(Duration::from_millis(5)).await;
        tokio::task::yield_now().await;
        rollout.environment_url("https://staging.example.com")?;
        rollout.progress("2 of 2 pods");
        tokio::time::sleep(Duration::from_millis(5)).await;
        Ok(())
    };
    rollout.run(work).await
}

/// Polls a future this many times and then drops it. Returns `true` if it was ready before.
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

/// Faults for the creation with this number.
fn faults(request: u32) -> Vec<Fault> {
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

/// Checks that the newest status is the only final one, or that there is no status.
#[track_caller]
fn assert_ended(scene: &Scene, case: &str) {
    let stored = scene.stored();
    let Some(newest) = stored.last() else { return };
    assert!(
        State::from(newest.as_str()).is_finished(),
        "{case}: {stored:?}"
    );
    assert_eq!(ends(scene), 1, "{case}: {stored:?}");
}

#[test]
fn drop_after_any_poll_reports_an_end() {
    for request in 0..4 {
        for fault in faults(request) {
            let mut polls = 0;
            while !in_paused_time(|| async {
                let case = format!("{fault:?}, dropped after {polls} polls");
                let scene = Scene::start().await;
                scene.fault(fault.clone());
                let is_done = polled(carry_out(rollout(&scene.deployment)), polls).await;
                an_hour().await;
                assert_ended(&scene, &case);
                assert_eq!(scene.stored().is_empty(), polls == 0, "{case}");
                is_done
            }) {
                polls += 1;
            }
            assert!(polls > 5, "{fault:?}: it ended after {polls} polls");
        }
    }
}

#[test]
fn drop_after_any_yield_reports_an_end() {
    for fault in faults(1) {
        let mut turns = 0;
        while !in_paused_time(|| async {
            let case = format!("{fault:?}, dropped after {turns} turns");
            let scene = Scene::start().await;
            scene.fault(fault.clone());
            let turning = async {
                for _ in 0..turns {
                    tokio::task::yield_now().await;
                }
            };
            tokio::select! {
                biased;
                () = turning => {}
                _ = carry_out(rollout(&scene.deployment)) => {}
            }
            an_hour().await;
            assert_ended(&scene, &case);
            // Time stands still during the turns, so a rollout that waits does not end by itself.
            scene.stored().ends_with(&["success".to_owned()]) || turns > 60
        }) {
            turns += 1;
        }
        assert!(turns > 10, "{fault:?}: it ended after {turns} turns");
    }
}

#[test]
fn drop_at_any_time_reports_an_end() {
    for fault in faults(1).into_iter().chain(faults(3)) {
        for milliseconds in (0..15_000).step_by(1_250) {
            in_paused_time(|| async {
                let case = format!("{fault:?}, dropped after {milliseconds} ms");
                let scene = Scene::start().await;
                scene.fault(fault.clone());
                let wait = Duration::from_millis(milliseconds);
                let _ = tokio::time::timeout(wait, carry_out(rollout(&scene.deployment))).await;
                an_hour().await;
                assert_ended(&scene, &case);
            });
        }
    }
}

#[test]
fn drop_during_outage_stores_an_end() {
    for request in 0..4 {
        let mut polls = 0;
        while !in_paused_time(|| async {
            let case = format!("down from {request} on, dropped after {polls} polls");
            let scene = Scene::start().await;
            let folder = tempfile::tempdir().unwrap();
            let outbox = Outbox::open(folder.path()).unwrap();
            let down = Fault::status(503).skip(request).times(1_000_000);
            scene.fault(down);
            let is_done =
                polled(carry_out(rollout(&scene.deployment).outbox(&outbox)), polls).await;
            an_hour().await;
            let ended = ends(&scene) == 1;
            let began = !scene.stored().is_empty();
            let kept = outbox.files().unwrap().len();
            assert!(kept == usize::from(!ended && kept > 0), "{case}");
            assert!(ended || kept == 1 || !began, "{case}: {:?}", scene.stored());
            scene.github.clear_faults();
            let flushed = outbox
                .flush(&scene.client, OnSuperseded::Send)
                .await
                .unwrap();
            assert!(flushed.is_complete(), "{case}: {flushed:?}");
            assert_eq!(flushed.delivered.len(), kept, "{case}");
            assert_ended(&scene, &case);
            is_done
        }) {
            polls += 1;
        }
    }
}

/// Runs a rollout in a runtime of its own, which is shut down when its thread parks for the `parks`-th time.
///
/// Calls `before_shutdown` at that time. Returns `true` if the rollout ended before.
fn shut_down_after(
    parks: usize,
    url: &str,
    id: u64,
    outbox: &Outbox,
    before_shutdown: impl FnOnce(),
) -> bool {
    let left = Arc::new(AtomicUsize::new(parks));
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
            () = over.notified() => {
                before_shutdown();
                false
            }
            ended = carry_out(rollout(&deployment).outbox(outbox)) => {
                ended.unwrap();
                true
            }
        }
    })
}

fn client(url: &str) -> Client {
    client_builder(url).build().unwrap()
}

/// The files that the next process finds.
#[derive(Clone, Copy, Debug)]
enum Interruption {
    /// The runtime was shut down, so the dropped rollout has stored its end.
    Shutdown,
    /// The process was killed, so the files are those of that time.
    Kill,
}

/// Interrupts a rollout at this point. Returns `true` if it ended before.
async fn interrupt(fault: &Fault, interruption: Interruption, parks: usize) -> bool {
    let case = format!("{fault:?}, {interruption:?} after {parks} parks");
    let scene = Scene::start().await;
    scene.fault(fault.clone());
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let outboxes = folders.each_ref().map(|folder| Outbox::open(folder.path()));
    let [theirs, copies] = outboxes.map(Result::unwrap);
    let (url, id) = (scene.github.api_url(), scene.deployment.id());
    let (used, copy) = (theirs.clone(), copies.clone());
    let copy_files = move || {
        for file in used.files().unwrap() {
            let name = file.file_name().unwrap();
            std::fs::copy(&file, copy.directory().join(name)).unwrap();
        }
    };
    let used = theirs.clone();
    let process = move || shut_down_after(parks, &url, id, &used, copy_files);
    // Paused time stands still while a blocking task runs.
    let is_done = tokio::task::spawn_blocking(process).await.unwrap();
    an_hour().await;
    let found = match interruption {
        Interruption::Shutdown => theirs,
        Interruption::Kill => copies,
    };
    let flushed = found
        .flush(&scene.client, OnSuperseded::Drop)
        .await
        .unwrap();
    assert!(flushed.is_complete(), "{case}: {flushed:?}");
    assert!(found.files().unwrap().is_empty(), "{case}");
    assert_ended(&scene, &case);
    is_done
}

fn interrupt_everywhere(interruption: Interruption) {
    // The other runtime has real time, in which a late status cannot be waited for.
    let faults = (0..4).flat_map(faults).filter(Fault::is_after_work);
    for fault in faults {
        let mut parks = 1;
        while !in_paused_time(|| interrupt(&fault, interruption, parks)) {
            parks += 1;
        }
        assert!(parks > 4, "{fault:?}: it ended after {parks} parks");
    }
}

#[test]
fn runtime_shutdown_is_ended_by_flush() {
    interrupt_everywhere(Interruption::Shutdown);
}

#[test]
fn kill_at_any_point_is_ended_by_flush() {
    interrupt_everywhere(Interruption::Kill);
}

#[test]
fn random_drops_and_faults_end_once() {
    let seeds = match std::env::var("DEPLOYSTATUS_SEED") {
        Ok(seed) => vec![seed.parse().unwrap()],
        Err(_) => (0..100).collect::<Vec<u64>>(),
    };
    for seed in seeds {
        in_paused_time(|| async {
            let case = format!("DEPLOYSTATUS_SEED={seed}");
            let mix = FaultMix::seeded(seed).percent(60).max_faults(8);
            let github = on_tokio_time().fault_mix(mix);
            let policy = RetryPolicy::new().seed(seed);
            let scene = Scene::with(github, |client| client.retry_policy(policy)).await;
            let folder = tempfile::tempdir().unwrap();
            let outbox = Outbox::open(folder.path()).unwrap();
            let running = carry_out(rollout(&scene.deployment).outbox(&outbox));
            // From zero to two minutes, most of them short.
            let wait = Duration::from_millis((seed % 7).pow(6) + seed * 37 % 1000);
            let _ = tokio::time::timeout(wait, running).await;
            an_hour().await;
            scene.github.fault_mix(None);
            let flushed = outbox
                .flush(&scene.client, OnSuperseded::Send)
                .await
                .unwrap();
            assert!(flushed.is_complete(), "{case}: {flushed:?}");
            assert_ended(&scene, &case);
        });
    }
}
