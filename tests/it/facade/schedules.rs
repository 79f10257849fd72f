//! Ten thousand creations while everything goes wrong at random.
//!
//! A schedule is replayed by its number: `DEPLOYSTATUS_SEED=17 cargo test -p tests --test it schedules`.
//! `DEPLOYSTATUS_SCHEDULES` runs more of them.

use std::collections::BTreeSet;
use std::time::Duration;

use deploystatus::{
    Confirmation, CreateOutcome, Deployment, Error, ErrorKind, NewStatus, RetryPolicy, State,
};
use deploystatus_emulator::FaultMix;

use tests::{Scene, in_paused_time, on_tokio_time};

/// Who reports what in a schedule.
#[derive(Clone, Copy, Debug)]
enum Cast {
    /// One writer says the same again and again.
    Heartbeat,
    /// One handle, cloned into tasks that say the same at the same time.
    Clones,
    /// Several handles, each with something else to say.
    Writers,
    /// Several handles that say the same at the same time, marked.
    Marked,
}

const CASTS: [Cast; 4] = [Cast::Heartbeat, Cast::Clones, Cast::Writers, Cast::Marked];
const CREATIONS: usize = 12;
const WRITERS: usize = 3;

/// What became of the creations of some schedules.
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
                eprintln!("the schedule that failed is replayed with DEPLOYSTATUS_SEED={seed}");
                std::panic::resume_unwind(panic);
            }
        }
    }
    println!("{tally:?}");
    if !single {
        assert!(tally.calls >= 10_000, "{tally:?}");
        // The schedules are worth nothing if nothing goes wrong in them, or everything does.
        assert!(tally.adopted > tally.calls / 20, "{tally:?}");
        assert!(tally.created > tally.calls / 2, "{tally:?}");
        assert!(tally.unknown < tally.calls / 50, "{tally:?}");
    }
}

async fn schedule(seed: u64) -> Tally {
    let cast = CASTS[usize::try_from(seed % 4).unwrap()];
    let percent = 20 + u8::try_from(seed / 4 % 5).unwrap() * 10;
    // What GitHub does late, it does within its ten seconds.
    let mix = FaultMix::seeded(seed)
        .percent(percent)
        .max_delay(Duration::from_millis(9_500));
    let scene = Scene::with(on_tokio_time().fault_mix(mix), |client| {
        client
            .timeout(Duration::from_secs(5))
            .retry_policy(RetryPolicy::new().max_attempts(8).seed(seed))
    })
    .await;

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
    // Whatever the server still does late, it has done by now.
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
        let status = NewStatus::new(State::InProgress).log_url("https://ci.example.com/7");
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

/// Holds what the calls returned against what is on the server.
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
                assert!(says(
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
    let history = scene.github.history(scene.deployment.id());
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
            says(status, &extra.description)
                && outcome.as_ref().is_err_and(Error::is_outcome_unknown)
        });
        assert!(is_owned, "nobody knows of {extra:?}");
    }
    tally
}

/// Returns `true` if the report has this description.
fn says(status: &NewStatus, description: &str) -> bool {
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
