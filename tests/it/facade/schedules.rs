//! Ten thousand creations with random faults.
//!
//! A schedule is repeated by its number: `DEPLOYSTATUS_SEED=17 cargo test -p tests --test it schedules`.
//! `DEPLOYSTATUS_SCHEDULES` sets the number of schedules.

use std::collections::BTreeSet;
use std::time::Duration;

use deploystatus::{
    Confirmation, CreateOutcome, Deployment, Error, ErrorKind, NewStatus, RetryPolicy, State,
};
use deploystatus_emulator::{FaultMix, ReplicaLag};
use tests::{Scene, in_paused_time, on_tokio_time};

/// The writers of a schedule and their reports.
#[derive(Clone, Copy, Debug)]
enum Cast {
    /// One writer reports the same status repeatedly.
    Heartbeat,
    /// Clones of one handle report the same status concurrently.
    Clones,
    /// Several handles report different statuses.
    Writers,
    /// Several handles report the same status concurrently, with markers.
    Marked,
}

/// Behaviour of the server apart from faults.
#[derive(Clone, Copy, Debug)]
enum Behaviour {
    Plain,
    /// Lists lag by a random time of up to five seconds.
    Lagging,
    /// `created_at` is half an hour apart from `Date`.
    Skewed,
    /// Stored texts differ from sent ones in form.
    Normalizing,
}

const BEHAVIOURS: [Behaviour; 4] = [
    Behaviour::Plain,
    Behaviour::Lagging,
    Behaviour::Skewed,
    Behaviour::Normalizing,
];
const CASTS: [Cast; 4] = [Cast::Heartbeat, Cast::Clones, Cast::Writers, Cast::Marked];
const CREATIONS: usize = 12;
const WRITERS: usize = 3;

/// The results of the creations of some schedules.
#[derive(Debug, Default)]
struct Tally {
    calls: usize,
    created: usize,
    adopted: usize,
    refused: usize,
    unknown: usize,
}

#[test]
fn random_faults_keep_creations_exactly_once() {
    let number = |name: &str| {
        std::env::var(name)
            .ok()
            .map(|it| it.parse::<u64>().unwrap())
    };
    let seeds = match number("DEPLOYSTATUS_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("DEPLOYSTATUS_SCHEDULES").unwrap_or(840),
    };
    let single = seeds.clone().count() == 1;
    let mut tally = Tally::default();
    for seed in seeds {
        let outcome = std::panic::catch_unwind(|| in_paused_time(|| schedule(seed)));
        match outcome {
            Ok(played) => tally.add(&played),
            Err(panic) => {
                eprintln!("repeat the failed schedule with DEPLOYSTATUS_SEED={seed}");
                std::panic::resume_unwind(panic);
            }
        }
    }
    println!("{tally:?}");
    if !single {
        assert!(tally.calls >= 10_000, "{tally:?}");
        // The schedules prove nothing if no creation fails, or if all do.
        assert!(tally.adopted > tally.calls / 20, "{tally:?}");
        assert!(tally.created > tally.calls / 2, "{tally:?}");
        // With so many faults, two requests in a row are lost in one of fifty creations, and there is no third.
        assert!(tally.unknown < tally.calls / 40, "{tally:?}");
    }
}

async fn schedule(seed: u64) -> Tally {
    let cast = CASTS[usize::try_from(seed % 4).unwrap()];
    let percent = 20 + u8::try_from(seed / 4 % 5).unwrap() * 10;
    // GitHub ends every request within ten seconds.
    let mix = FaultMix::seeded(seed)
        .percent(percent)
        .max_delay(Duration::from_millis(9_500));
    let behaviour = BEHAVIOURS[usize::try_from(seed / 20 % 4).unwrap()];
    // A status can be stored after 9.5 seconds, and be listed 5 seconds later.
    let policy = RetryPolicy::new()
        .max_attempts(8)
        .search_timeout(match behaviour {
            Behaviour::Lagging => Duration::from_secs(20),
            _ => Duration::from_secs(10),
        })
        .seed(seed);
    let scene = Scene::with(on_tokio_time(), |client| {
        client.timeout(Duration::from_secs(5)).retry_policy(policy)
    })
    .await;
    // Clocks do not matter to a client that knows a status of the deployment.
    scene.store_states(&["queued"]);
    scene.deployment.latest_status().await.unwrap();
    tokio::time::sleep(Duration::from_secs(60)).await;
    scene.github.change_quirks(|it| match behaviour {
        Behaviour::Plain => {}
        Behaviour::Lagging => it.replica_lag = ReplicaLag::random(Duration::from_secs(5), seed),
        Behaviour::Skewed => {
            it.clock_skew_ms = if seed.is_multiple_of(2) {
                1_800_000
            } else {
                -1_800_000
            }
        }
        Behaviour::Normalizing => {
            it.normalize_urls = true;
            it.normalize_description = true;
        }
    });
    scene.github.fault_mix(mix);

    let writers = match cast {
        Cast::Heartbeat => 1,
        Cast::Clones | Cast::Writers | Cast::Marked => WRITERS,
    };
    let tasks: Vec<_> = (0..writers)
        .map(|writer| {
            let handle = match cast {
                Cast::Heartbeat | Cast::Clones => scene.deployment.clone(),
                Cast::Writers | Cast::Marked => scene
                    .client
                    .deployment("octocat/example", scene.deployment.id())
                    .unwrap(),
            };
            tokio::spawn(write(handle, cast, writer, CREATIONS / writers))
        })
        .collect();
    let mut calls = Vec::new();
    for task in tasks {
        calls.extend(task.await.unwrap());
    }
    // By now, the server has processed all requests that it delayed.
    tokio::time::sleep(Duration::from_secs(60)).await;
    settle(&scene, &calls)
}

#[test]
fn identical_writers_leave_the_right_state() {
    for seed in 0..100 {
        in_paused_time(|| async {
            let mix = FaultMix::seeded(seed)
                .percent(40)
                .max_delay(Duration::from_millis(9_500));
            let scene = Scene::with_emulator(on_tokio_time().fault_mix(mix)).await;
            for state in [State::InProgress, State::Success] {
                let tasks: Vec<_> = (0..WRITERS)
                    .map(|_| {
                        let policy = RetryPolicy::new().max_attempts(8).seed(seed);
                        let handle = scene.another_client(|client| client.retry_policy(policy));
                        let status = NewStatus::new(state.clone());
                        tokio::spawn(async move { handle.create_status(status).await })
                    })
                    .collect();
                let mut is_reported = false;
                for task in tasks {
                    match task.await.unwrap() {
                        Ok(_) => is_reported = true,
                        Err(error) => assert!(error.is_outcome_unknown(), "{error:?}"),
                    }
                }
                let stored = scene.stored();
                let newest = stored.last().map(String::as_str);
                assert!(
                    !is_reported || newest == Some(state.as_str()),
                    "seed {seed}: {stored:?}"
                );
            }
        });
    }
}

type Call = (NewStatus, Result<CreateOutcome, Error>);

async fn write(handle: Deployment, cast: Cast, writer: usize, creations: usize) -> Vec<Call> {
    let mut calls = Vec::new();
    for number in 0..creations {
        let status = NewStatus::new(State::InProgress).log_url("https://CI.example.com:443/7");
        let status = match cast {
            Cast::Heartbeat | Cast::Clones => status,
            Cast::Writers => status.description(format!("writer {writer}, report {number}")),
            Cast::Marked => status.marker(),
        };
        let outcome = handle.create_status(status.clone()).await;
        calls.push((status, outcome));
    }
    calls
}

/// Compares the results of the calls with the statuses on the server.
fn settle(scene: &Scene, calls: &[Call]) -> Tally {
    let mut tally = Tally::default();
    let mut returned = BTreeSet::new();
    for (status, outcome) in calls {
        tally.calls += 1;
        match outcome {
            Ok(created) => {
                match created.confirmation {
                    Confirmation::Created => tally.created += 1,
                    Confirmation::Adopted => tally.adopted += 1,
                    other => panic!("{other:?}"),
                }
                let stored = &created.status;
                assert!(
                    returned.insert(stored.id),
                    "{} was returned twice",
                    stored.id
                );
                assert!(has_description(
                    status,
                    stored.description.as_deref().unwrap_or_default()
                ));
            }
            Err(error) if error.is_outcome_unknown() => tally.unknown += 1,
            Err(error) => {
                assert!(
                    error.is_rate_limited() || error.kind() == ErrorKind::Connect,
                    "{error:?}"
                );
                tally.refused += 1;
            }
        }
    }
    let mut history = scene.github.history(scene.deployment.id());
    // The first status was there before the calls.
    history.remove(0);
    let ids: BTreeSet<_> = history.iter().map(|status| status.id).collect();
    assert!(
        returned.is_subset(&ids),
        "a returned status is not on the server"
    );
    let surplus = ids.len() - returned.len();
    assert!(
        surplus <= tally.unknown,
        "{surplus} statuses more than returned, and only {} of unknown outcome",
        tally.unknown
    );
    for extra in history
        .iter()
        .filter(|status| !returned.contains(&status.id))
    {
        let is_owned = calls.iter().any(|(status, outcome)| {
            has_description(status, &extra.description)
                && outcome.as_ref().is_err_and(Error::is_outcome_unknown)
        });
        assert!(is_owned, "no call explains {extra:?}");
    }
    tally
}

/// Returns `true` if the report has this description.
fn has_description(status: &NewStatus, description: &str) -> bool {
    status.description.as_deref().unwrap_or_default() == description
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.created += other.created;
        self.adopted += other.adopted;
        self.refused += other.refused;
        self.unknown += other.unknown;
    }
}
