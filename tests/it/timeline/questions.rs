//! Periods, attempts and durations of a history.

use std::time::Duration;

use deploystatus::{Attempt, State, Timeline};
use deploystatus_emulator::NewStatus;
use serde_json::json;

use super::{at, history, status};
use tests::Scene;

fn shape(timeline: &Timeline) -> Vec<(String, usize, Option<u64>)> {
    let periods = timeline.periods().into_iter();
    periods
        .map(|it| {
            let lasted = it.duration().map(|lasted| lasted.as_secs());
            (it.state.to_string(), it.reports, lasted)
        })
        .collect()
}

#[test]
fn repeated_states_form_one_period() {
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
    assert_eq!(timeline.entered(&State::InProgress), Some(at(420)));
    assert_eq!(timeline.entered(&State::from("paused")), Some(at(300)));
    assert_eq!(timeline.entered(&State::Success), None);
}

#[test]
fn attempts_are_derived_from_states() {
    let cases: [(&[&str], &[Option<&str>]); 13] = [
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
    for (states, expected) in cases {
        let timeline = history(states);
        let attempts = timeline.attempts();
        let results: Vec<_> = attempts
            .iter()
            .map(|it| it.result.as_ref().map(State::as_str))
            .collect();
        assert_eq!(results, expected, "{states:?}");
        assert_eq!(
            timeline.retries(),
            expected.len().saturating_sub(1),
            "{states:?}"
        );
    }
}

#[test]
fn durations_are_computed_per_attempt() {
    let timeline = history(&["queued", "in_progress", "failure", "in_progress", "success"]);
    assert_eq!(timeline.duration(), Some(Duration::from_secs(240)));
    let took: Vec<_> = timeline.attempts().iter().map(Attempt::duration).collect();
    assert_eq!(
        took,
        [
            Some(Duration::from_secs(120)),
            Some(Duration::from_secs(60))
        ]
    );
    assert_eq!(timeline.attempts()[0].started_at, Some(at(120)));
    assert_eq!(history(&["queued", "in_progress"]).duration(), None);
    assert_eq!(history(&["failure", "in_progress"]).duration(), None);
}

#[test]
fn live_period_has_its_creator() {
    let timeline: Timeline = [
        status(1, "in_progress", 0, "octocat"),
        status(2, "success", 60, "hubot"),
        status(3, "success", 90, "octocat"),
    ]
    .into_iter()
    .collect();
    let live = timeline.live().unwrap();
    assert!(timeline.is_live());
    assert_eq!(live.creator.unwrap().login(), "hubot");
    assert_eq!(live.started_at, at(60));
    assert_eq!(live.description.as_deref(), Some("report 3"));
    for states in [&["success", "inactive"], &["success", "in_progress"]] {
        assert!(!history(states).is_live());
        assert_eq!(history(states).live(), None);
    }
}

#[test]
fn clock_moving_back_gives_zero_duration() {
    let timeline: Timeline = [
        status(1, "in_progress", 100, "octocat"),
        status(2, "success", 40, "octocat"),
    ]
    .into_iter()
    .collect();
    assert_eq!(timeline.duration(), Some(Duration::ZERO));
    assert_eq!(timeline.periods()[0].duration(), Some(Duration::ZERO));
}

#[test]
fn timeline_serializes_as_json() {
    let timeline: Timeline = [
        status(1, "in_progress", 0, "octocat"),
        status(2, "success", 60, "octocat"),
    ]
    .into_iter()
    .collect();
    let creator = json!({"login": "octocat", "id": 1, "type": "User"});
    let expected = json!({
        "live": true,
        "retries": 0,
        "duration_seconds": 60,
        "attempts": [{
            "created_at": "2026-03-14T09:00:00Z",
            "started_at": "2026-03-14T09:00:00Z",
            "ended_at": "2026-03-14T09:01:00Z",
            "result": "success",
            "duration_seconds": 60,
        }],
        "periods": [{
            "state": "in_progress",
            "started_at": "2026-03-14T09:00:00Z",
            "ended_at": "2026-03-14T09:01:00Z",
            "creator": creator,
            "reports": 1,
            "description": "report 1",
            "log_url": null,
            "environment_url": null,
        }, {
            "state": "success",
            "started_at": "2026-03-14T09:01:00Z",
            "ended_at": null,
            "creator": creator,
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
async fn deployment_reads_its_timeline() {
    let scene = Scene::start().await;
    let id = scene.deployment.id();
    let create = |state: &str| {
        scene
            .github
            .create_status(id, NewStatus::new(state))
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
    let reports: Vec<_> = timeline.periods().iter().map(|it| it.reports).collect();
    assert_eq!(reports, [1, 250, 1]);
    assert_eq!(timeline.statuses().count(), 252);
    assert!(timeline.is_live());
}
