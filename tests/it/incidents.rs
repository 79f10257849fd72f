//! Situations of incidents and their outcomes: the limits of the promise "stored exactly once".

use std::time::Duration;

use deploystatus::{CreateOutcome, Deployment, Error, NewStatus, RetryPolicy, SearchBound, State};
use deploystatus_emulator::{Fault, NewStatus as Stored, Operation, Quirks, ReplicaLag};
use tests::{Scene, in_paused_time};
use tokio::time::sleep;

/// Knowledge of the client before it creates the status.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Knows {
    /// It has created a status of the deployment before, so searches are bound by its ID.
    AnId,
    /// It is a new process, so searches are bound by time.
    Nothing,
}

/// Expected outcome of a situation.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Expected {
    /// One status is stored, and the caller gets it.
    Exact,
    /// The caller gets an unknown outcome. At most two statuses are stored.
    Unknown,
    /// The documented limit: two statuses are stored, and the caller gets one of them.
    Limit,
}

/// The observed result of a situation.
struct Observed {
    result: Result<CreateOutcome, Error>,
    /// Number of stored statuses with the reported content.
    count: usize,
    newest: String,
}

const NOT_STORED: fn() -> Fault = || Fault::status(502);
const STORED: fn() -> Fault = || Fault::status(502).after_work();

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn report() -> NewStatus {
    NewStatus::new(State::Success)
        .environment("Production")
        .environment_url("https://Example.com")
        .log_url("https://CI.example.com:443/builds/7")
        .description("Deployed  to eu-west")
}

/// Creates the status while the first request meets this fault, under these quirks.
async fn observe(
    knows: Knows,
    fault: Fault,
    quirks: impl FnOnce(&mut Quirks),
    policy: RetryPolicy,
) -> Observed {
    let scene = Scene::start().await;
    scene.store(Stored::new("queued"));
    let deployment: Deployment = scene.deployment.clone().with_retry_policy(policy);
    if knows == Knows::AnId {
        let started = NewStatus::new(State::InProgress);
        deployment.create_status(started).await.unwrap();
    }
    sleep(seconds(600)).await;
    scene.github.change_quirks(quirks);
    scene.fault(fault.on(Operation::CreateStatus));
    let result = deployment.create_status(report()).await;
    // A late commit and a lagging list settle.
    sleep(seconds(600)).await;
    let stored = scene.stored();
    Observed {
        result,
        count: stored.iter().filter(|state| *state == "success").count(),
        newest: stored.last().unwrap().clone(),
    }
}

impl Observed {
    fn check(&self, expected: Expected, case: &str) {
        assert_eq!(self.newest, "success", "{case}: the newest status is wrong");
        let observed = match (&self.result, self.count) {
            (Ok(_), 1) => Expected::Exact,
            (Ok(_), _) => Expected::Limit,
            (Err(error), 0..=2) if error.is_outcome_unknown() => Expected::Unknown,
            (Err(error), _) => panic!("{case}: {} stored: {error}", self.count),
        };
        assert_eq!(observed, expected, "{case}: {:?}", self.result);
    }
}

#[test]
fn lagging_lists_never_hide_a_copy() {
    let rows = [
        (0, Expected::Exact),
        (2, Expected::Exact),
        (9, Expected::Exact),
        (12, Expected::Unknown),
        (30, Expected::Unknown),
        (120, Expected::Unknown),
    ];
    for knows in [Knows::AnId, Knows::Nothing] {
        for (fault, name) in [(STORED, "stored"), (NOT_STORED, "not stored")] {
            for (lag, expected) in rows {
                let quirks = |it: &mut Quirks| it.replica_lag = ReplicaLag::fixed(seconds(lag));
                let policy = RetryPolicy::new();
                let case = format!("502, {name}, lag of {lag} s, client knows {knows:?}");
                in_paused_time(|| async {
                    let observed = observe(knows, fault(), quirks, policy).await;
                    observed.check(expected, &case);
                });
            }
        }
    }
}

#[test]
fn skewed_clocks_do_not_matter_with_a_known_id() {
    for skew in [-3600, -8, -3, 3, 8, 3600] {
        for (fault, name) in [(STORED, "stored"), (NOT_STORED, "not stored")] {
            let quirks = |it: &mut Quirks| it.clock_skew_ms = skew * 1000;
            let case = format!("502, {name}, created_at {skew} s apart from Date");
            in_paused_time(|| async {
                let observed = observe(Knows::AnId, fault(), quirks, RetryPolicy::new()).await;
                observed.check(Expected::Exact, &case);
            });
        }
    }
}

#[test]
fn skewed_clocks_without_an_id_never_hide_a_copy() {
    let rows = [
        (-3600, Expected::Unknown),
        (-8, Expected::Unknown),
        (-3, Expected::Unknown),
        (3, Expected::Exact),
        (8, Expected::Exact),
        (3600, Expected::Exact),
    ];
    for (skew, expected) in rows {
        let quirks = |it: &mut Quirks| it.clock_skew_ms = skew * 1000;
        let case = format!("502, stored, created_at {skew} s apart from Date, no known ID");
        in_paused_time(|| async {
            let observed = observe(Knows::Nothing, STORED(), quirks, RetryPolicy::new()).await;
            observed.check(expected, &case);
        });
    }
}

#[test]
fn normalized_statuses_are_recognized() {
    type Change = fn(&mut Quirks);
    let kinds: [(&str, Change); 4] = [
        ("URLs", |it| it.normalize_urls = true),
        ("environments", |it| it.normalize_environment = true),
        ("descriptions", |it| it.normalize_description = true),
        ("everything", |it| {
            it.normalize_urls = true;
            it.normalize_environment = true;
            it.normalize_description = true;
        }),
    ];
    for (name, quirks) in kinds {
        for times in [1, 5] {
            let case = format!("502, stored, {times} times, the server normalizes {name}");
            in_paused_time(|| async {
                let fault = STORED().times(times);
                let observed = observe(Knows::AnId, fault, quirks, RetryPolicy::new()).await;
                observed.check(Expected::Exact, &case);
            });
        }
    }
}

#[test]
fn late_commits_are_found_within_the_search_time() {
    let patient = RetryPolicy::new().search_timeout(seconds(20));
    let rows = [
        (5, RetryPolicy::new(), Expected::Exact),
        (11, RetryPolicy::new(), Expected::Limit),
        (15, RetryPolicy::new(), Expected::Limit),
        (11, patient, Expected::Exact),
        (15, patient, Expected::Exact),
    ];
    for (late, policy, expected) in rows {
        let fault = Fault::status(502).work_later(seconds(late));
        let case = format!("502, stored {late} s later, {policy:?}");
        in_paused_time(|| async {
            let observed = observe(Knows::AnId, fault, |_| {}, policy).await;
            observed.check(expected, &case);
        });
    }
}

#[test]
fn five_lost_responses_store_two_at_most() {
    for lag in [0, 120] {
        let quirks = |it: &mut Quirks| it.replica_lag = ReplicaLag::fixed(seconds(lag));
        in_paused_time(|| async {
            let fault = STORED().times(5);
            let observed = observe(Knows::AnId, fault, quirks, RetryPolicy::new()).await;
            let case = format!("five responses lost, lag of {lag} s");
            assert!(observed.count <= 2, "{case}: {} stored", observed.count);
            let expected = if lag == 0 {
                Expected::Exact
            } else {
                Expected::Unknown
            };
            observed.check(expected, &case);
        });
    }
}

#[test]
fn unknown_outcome_names_both_copies() {
    in_paused_time(|| async {
        let quirks = |it: &mut Quirks| it.replica_lag = ReplicaLag::fixed(seconds(12));
        let observed = observe(Knows::AnId, STORED(), quirks, RetryPolicy::new()).await;
        assert_eq!(observed.count, 2);
        let error = observed.result.unwrap_err();
        let unknown = error.unknown_outcome().unwrap();
        assert_eq!(unknown.candidates.len(), 2, "{error}");
    });
}

#[test]
fn unchanged_is_never_concluded_from_a_stale_list() {
    for knows_id in [true, false] {
        unchanged_after_a_lag(knows_id);
    }
}

fn unchanged_after_a_lag(knows_id: bool) {
    in_paused_time(|| async {
        let scene = Scene::start().await;
        let deployment = &scene.deployment;
        let success = NewStatus::new(State::Success);
        deployment.create_status(success.clone()).await.unwrap();
        sleep(seconds(60)).await;
        let lag = ReplicaLag::fixed(seconds(2));
        scene.github.change_quirks(|it| it.replica_lag = lag);
        let running = NewStatus::new(State::InProgress);
        deployment.create_status(running).await.unwrap();
        let another = scene.another_client(|client| client);
        let deployment = if knows_id { deployment } else { &another };
        deployment.create_status_if_changed(success).await.unwrap();
        assert_eq!(scene.stored().last().unwrap(), "success");
    });
}

#[tokio::test(start_paused = true)]
async fn identical_older_status_can_be_adopted_without_an_id() {
    // The documented limit of a search that is bound by time: `Date` is an hour behind `created_at`.
    let scene = Scene::start().await;
    scene
        .github
        .change_quirks(|it| it.clock_skew_ms = 3_600_000);
    let older = scene.store(Stored::new("success"));
    sleep(seconds(1800)).await;
    scene.fault(NOT_STORED().on(Operation::CreateStatus));
    let success = NewStatus::new(State::Success);
    let created = scene.deployment.create_status(success).await.unwrap();
    assert_eq!(created.status.id, older);
    assert!(matches!(created.search, Some(SearchBound::Time(_))));
    assert_eq!(scene.stored(), ["success"]);
}
