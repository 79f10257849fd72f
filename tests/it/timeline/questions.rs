//! The questions a person asks of a history.

use std::time::Duration;

use deploystatus::{Attempt, State, Timeline};
use deploystatus_emulator::NewStatus;
use serde_json::json;

use super::{at, history, status};
use crate::facade::Scene;

fn shape(timeline: &Timeline) -> Vec<(String, usize, Option<u64>)> {
    let stretches = timeline.stretches().into_iter();
    stretches
        .map(|it| {
            let lasted = it.lasted().map(|lasted| lasted.as_secs());
            (it.state.to_string(), it.reports, lasted)
        })
        .collect()
}

#[test]
fn repeated_states_are_one_stretch_and_unknown_words_are_stretches_too() {
    let timeline = history(&[
        "queued",
        "in_progress",
        "in_progress",
        "in_progress",
        "paused",
        "paused",
        "in_progress",
    ]);
    let expected = [
        ("queued", 1, Some(60)),
        ("in_progress", 3, Some(180)),
        ("paused", 2, Some(120)),
        ("in_progress", 1, None),
    ]
    .map(|(state, reports, lasted)| (state.to_owned(), reports, lasted));
    assert_eq!(shape(&timeline), expected);
    assert_eq!(timeline.since(&State::InProgress), Some(at(420)));
    assert_eq!(timeline.since(&State::from("paused")), Some(at(300)));
    assert_eq!(timeline.since(&State::Success), None);
}

#[test]
fn attempts_are_counted_as_a_person_would() {
    let stories: [(&[&str], &[Option<&str>]); 13] = [
        (&[], &[]),
        (&["queued"], &[None]),
        (&["queued", "in_progress", "success"], &[Some("success")]),
        (&["success", "success"], &[Some("success")]),
        (
            &["failure", "in_progress", "success"],
            &[Some("failure"), Some("success")],
        ),
        (&["failure", "success"], &[Some("failure"), Some("success")]),
        (
            &["error", "paused", "success"],
            &[Some("error"), Some("success")],
        ),
        (
            &["failure", "failure", "queued", "in_progress"],
            &[Some("failure"), None],
        ),
        (&["success", "inactive"], &[Some("success")]),
        (
            &["success", "inactive", "success"],
            &[Some("success"), Some("success")],
        ),
        (&["in_progress", "inactive"], &[Some("inactive")]),
        (&["in_progress", "paused", "success"], &[Some("success")]),
        (&["success", "failure"], &[Some("success")]),
    ];
    for (words, expected) in stories {
        let timeline = history(words);
        let attempts = timeline.attempts();
        let results: Vec<_> = attempts
            .iter()
            .map(|it| it.result.as_ref().map(State::as_str))
            .collect();
        assert_eq!(results, expected, "{words:?}");
        assert_eq!(
            timeline.retries(),
            expected.len().saturating_sub(1),
            "{words:?}"
        );
    }
}

#[test]
fn how_long_it_took_is_told_for_all_and_for_each_attempt() {
    let timeline = history(&["queued", "in_progress", "failure", "in_progress", "success"]);
    assert_eq!(timeline.took(), Some(Duration::from_secs(240)));
    let took: Vec<_> = timeline.attempts().iter().map(Attempt::took).collect();
    assert_eq!(
        took,
        [
            Some(Duration::from_secs(120)),
            Some(Duration::from_secs(60))
        ]
    );
    assert_eq!(timeline.attempts()[0].started, Some(at(120)));
    assert_eq!(history(&["queued", "in_progress"]).took(), None);
    assert_eq!(history(&["failure", "in_progress"]).took(), None);
}

#[test]
fn whether_it_is_live_and_by_whom() {
    let timeline: Timeline = [
        status(1, "in_progress", 0, "octocat"),
        status(2, "success", 60, "hubot"),
        status(3, "success", 90, "octocat"),
    ]
    .into_iter()
    .collect();
    let live = timeline.live().unwrap();
    assert!(timeline.is_live());
    assert_eq!(live.by.unwrap().login(), "hubot");
    assert_eq!(live.since, at(60));
    assert_eq!(live.description.as_deref(), Some("report 3"));
    for words in [&["success", "inactive"], &["success", "in_progress"]] {
        assert!(!history(words).is_live());
        assert_eq!(history(words).live(), None);
    }
}

#[test]
fn a_clock_that_went_back_makes_no_negative_time() {
    let timeline: Timeline = [
        status(1, "in_progress", 100, "octocat"),
        status(2, "success", 40, "octocat"),
    ]
    .into_iter()
    .collect();
    assert_eq!(timeline.took(), Some(Duration::ZERO));
    assert_eq!(timeline.stretches()[0].lasted(), Some(Duration::ZERO));
}

#[test]
fn a_history_can_be_written_as_json() {
    let timeline: Timeline = [
        status(1, "in_progress", 0, "octocat"),
        status(2, "success", 60, "octocat"),
    ]
    .into_iter()
    .collect();
    let by = json!({"login": "octocat", "id": 1, "type": "User"});
    let expected = json!({
        "live": true,
        "retries": 0,
        "took_seconds": 60,
        "attempts": [{
            "since": "2026-03-14T09:00:00Z",
            "started": "2026-03-14T09:00:00Z",
            "ended": "2026-03-14T09:01:00Z",
            "result": "success",
            "took_seconds": 60,
        }],
        "stretches": [{
            "state": "in_progress",
            "since": "2026-03-14T09:00:00Z",
            "until": "2026-03-14T09:01:00Z",
            "by": by,
            "reports": 1,
            "description": "report 1",
            "log_url": null,
            "environment_url": null,
        }, {
            "state": "success",
            "since": "2026-03-14T09:01:00Z",
            "until": null,
            "by": by,
            "reports": 1,
            "description": "report 2",
            "log_url": null,
            "environment_url": null,
        }],
    });
    let json = serde_json::to_string(&timeline).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json, expected);
}

#[tokio::test]
async fn a_handle_reads_the_history_of_its_deployment() {
    let scene = Scene::start().await;
    let id = scene.deployment.id();
    let create = |word: &str| {
        scene
            .github
            .create_status(id, NewStatus::new(word))
            .unwrap()
    };
    assert_eq!(
        scene.deployment.timeline().await.unwrap(),
        Timeline::default()
    );
    create("queued");
    for _ in 0..250 {
        create("in_progress");
    }
    create("success");
    let timeline = scene.deployment.timeline().await.unwrap();
    let reports: Vec<_> = timeline.stretches().iter().map(|it| it.reports).collect();
    assert_eq!(reports, [1, 250, 1]);
    assert_eq!(timeline.statuses().count(), 252);
    assert!(timeline.is_live());
}
