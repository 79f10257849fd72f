//! Histories do not depend on the order of the statuses.

use deploystatus::{DeploymentStatus, Timeline};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, RngSeed, TestRunner};

use super::{at, status};

const STATES: [&str; 10] = [
    "queued",
    "pending",
    "waiting",
    "in_progress",
    "success",
    "inactive",
    "failure",
    "error",
    "paused",
    "destroyed",
];

/// Generates statuses as a server stores them: IDs with gaps, shared seconds, repeated states.
fn histories() -> impl Strategy<Value = Vec<DeploymentStatus>> {
    // Parsing JSON for each status would take most of the time.
    let templates = ["octocat", "hubot"].map(|by| status(1, "queued", 0, by));
    let report = (0..STATES.len(), 1_u64..5, 0_i64..3, 0..2_usize);
    prop::collection::vec(report, 0..40).prop_map(move |reports| {
        let (mut id, mut second) = (0, 0);
        reports
            .into_iter()
            .map(|(word, gap, pause, by)| {
                id += gap;
                second += pause * 30;
                let mut status = templates[by].clone();
                status.id = id;
                status.state = STATES[word].into();
                status.created_at = at(second);
                status.description = Some(format!("report {id}"));
                status
            })
            .collect()
    })
}

#[test]
fn histories_fold_alike_in_any_order() {
    let config = Config {
        cases: 10_000,
        failure_persistence: None,
        rng_algorithm: RngAlgorithm::ChaCha,
        rng_seed: RngSeed::Fixed(0x5EED),
        ..Config::default()
    };
    let arrivals = histories().prop_flat_map(|history| {
        let shuffled = Just(history.clone()).prop_shuffle();
        (Just(history), shuffled, 1_usize..12, 0_usize..3)
    });
    let mut runner = TestRunner::new(config);
    runner
        .run(&arrivals, |(history, shuffled, per_page, overlap)| {
            let forwards: Timeline = history.iter().cloned().collect();
            let backwards: Timeline = history.iter().rev().cloned().collect();
            prop_assert_eq!(&forwards, &backwards);

            // Newest first, and each page repeats the end of the one before it.
            let mut paged = Timeline::default();
            let newest_first: Vec<_> = history.iter().rev().cloned().collect();
            for (number, page) in newest_first.chunks(per_page).enumerate() {
                let start = (number * per_page).saturating_sub(overlap);
                paged.extend(newest_first[start..number * per_page].iter().cloned());
                paged.extend(page.iter().cloned());
            }
            prop_assert_eq!(&forwards, &paged);

            let mut disorderly = Timeline::default();
            for page in shuffled.chunks(per_page) {
                disorderly.extend(page.iter().cloned());
            }
            prop_assert_eq!(&forwards, &disorderly);
            prop_assert_eq!(written(&forwards), written(&disorderly));
            is_sound(&forwards, &history)
        })
        .unwrap_or_else(|error| panic!("{error}"));
}

fn written(timeline: &Timeline) -> String {
    serde_json::to_string(timeline).unwrap()
}

/// Checks that the history contains all statuses and agrees with them.
fn is_sound(timeline: &Timeline, history: &[DeploymentStatus]) -> Result<(), TestCaseError> {
    let periods = timeline.periods();
    let reported: Vec<_> = periods
        .iter()
        .flat_map(|period| std::iter::repeat_n(&period.state, period.reports))
        .collect();
    let expected: Vec<_> = history.iter().map(|status| &status.state).collect();
    prop_assert_eq!(reported, expected);
    for two in periods.windows(2) {
        prop_assert_ne!(&two[0].state, &two[1].state);
        prop_assert_eq!(two[0].ended_at, Some(two[1].started_at));
    }
    let newest = history.last();
    prop_assert_eq!(timeline.newest(), newest);
    let is_live = newest.is_some_and(|status| status.state.is_successful());
    prop_assert_eq!(timeline.is_live(), is_live);
    prop_assert_eq!(timeline.attempts().is_empty(), history.is_empty());
    let attempts = timeline.attempts();
    // Each attempt ended before the next one began.
    for two in attempts.windows(2) {
        prop_assert!(
            two[0]
                .ended_at
                .is_some_and(|ended| ended <= two[1].created_at)
        );
    }
    Ok(())
}
