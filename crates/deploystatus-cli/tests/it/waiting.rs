//! wait.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use deploystatus_emulator::{NewDeployment, NewStatus};
use snapbox::{assert_data_eq, str};

use crate::world::{ID, World};

#[test]
fn success_is_0() {
    let world = World::new().statuses(&["in_progress", "success"]);
    assert_data_eq!(world.run("wait"), str![]);
}

#[test]
fn failure_and_error_are_1() {
    assert_data_eq!(
        World::new().statuses(&["failure"]).run("wait --json"),
        str![]
    );
    assert_data_eq!(
        World::new().statuses(&["error"]).run("wait --quiet"),
        str![]
    );
}

#[test]
fn time_that_runs_out_is_7() {
    let world = World::new();
    assert_data_eq!(world.run("wait --timeout 0s"), str![]);
    assert_data_eq!(world.run("wait --timeout 0s --json"), str![]);
    let world = world.statuses(&["in_progress"]);
    assert_data_eq!(world.run("wait --timeout 0"), str![]);
}

#[test]
fn a_state_can_be_waited_for() {
    let world = World::new().statuses(&["in_progress"]);
    assert_data_eq!(world.run("wait --for in_progress --quiet --jsonl"), str![]);
}

#[test]
fn what_was_replaced_is_not_a_success_any_more() {
    let world = World::new().statuses(&["success"]);
    let new = NewDeployment::new("main").environment("staging");
    let newer = world
        .github
        .create_deployment("octocat/example", new)
        .unwrap();
    world
        .github
        .create_status(newer.id, NewStatus::new("success"))
        .unwrap();
    assert_data_eq!(world.run("wait --quiet"), str![]);
    let abandoned = World::new().statuses(&["in_progress", "inactive"]);
    assert_data_eq!(abandoned.run("wait --quiet"), str![]);
}

#[test]
fn each_status_is_printed_when_it_arrives() {
    let world = World::new().statuses(&["queued"]);
    let mut child = world
        .command("wait --jsonl --deployment 42")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut states = Vec::new();
    for next in [Some("in_progress"), Some("success"), None] {
        let line = lines.next().unwrap().unwrap();
        let status: serde_json::Value = serde_json::from_str(&line).unwrap();
        states.push((status["state"].clone(), status["outcome"].clone()));
        if let Some(state) = next {
            world
                .github
                .create_status(ID, NewStatus::new(state))
                .unwrap();
        }
    }
    assert!(lines.next().is_none());
    assert!(child.wait().unwrap().success());
    let mut told = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut told)
        .unwrap();
    assert!(
        told.starts_with("waiting for deployment 42 of octocat/example\nqueued after 0s"),
        "{told}"
    );
    assert!(told.contains("\nsuccess after "), "{told}");
    let states: Vec<_> = states
        .iter()
        .map(|(state, outcome)| (state.as_str(), outcome.as_str()))
        .collect();
    let expected = [
        (Some("queued"), None),
        (Some("in_progress"), None),
        (Some("success"), Some("succeeded")),
    ];
    assert_eq!(states, expected);
}
