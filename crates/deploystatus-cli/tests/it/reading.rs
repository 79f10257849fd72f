//! list, get, latest and timeline.

use std::time::Duration;

use deploystatus_emulator::NewStatus;
use snapbox::{assert_data_eq, str};

use crate::world::{ID, World};

fn world() -> World {
    World::new().statuses(&["queued", "in_progress", "success"])
}

#[test]
fn list_shows_the_newest_first() {
    assert_data_eq!(world().run("list"), str![]);
}

#[test]
fn list_says_when_there_are_more() {
    assert_data_eq!(world().run("list --limit 2"), str![]);
}

#[test]
fn list_shows_all_when_told() {
    let world = World::new().statuses(&["in_progress"; 250]);
    let all = world.output("list --all --deployment 42");
    assert_eq!(
        all.stdout.iter().filter(|byte| **byte == b'\n').count(),
        251
    );
    let limited = world.output("list --limit 120 --deployment 42 --jsonl");
    let limited = String::from_utf8(limited.stdout).unwrap();
    assert_eq!(limited.lines().count(), 120);
}

#[test]
fn list_prints_an_array_with_githubs_field_names() {
    let world = World::new().statuses(&["queued"]);
    assert_data_eq!(world.run("list --json"), str![]);
}

#[test]
fn list_prints_one_status_a_line() {
    let world = world();
    let output = world.output("list --jsonl --deployment 42");
    let text = String::from_utf8(output.stdout).unwrap();
    let states: Vec<_> = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["state"].clone())
        .collect();
    assert_eq!(states, ["success", "in_progress", "queued"]);
}

#[test]
fn a_deployment_without_statuses_has_an_empty_list() {
    let world = World::new();
    assert_data_eq!(world.run("list"), str![]);
    assert_data_eq!(world.run("list --json"), str![]);
    assert_data_eq!(world.run("latest"), str![]);
    assert_data_eq!(world.run("latest --json"), str![]);
    assert_data_eq!(world.run("latest --jsonl --quiet"), str![]);
    assert_data_eq!(world.run("timeline"), str![]);
}

#[test]
fn latest_shows_the_newest_status() {
    assert_data_eq!(world().run("latest"), str![]);
}

#[test]
fn get_shows_a_status_by_its_id() {
    let world = world();
    let id = world.github.history(ID)[0].id;
    assert_data_eq!(world.run(&format!("get {id}")), str![]);
}

#[test]
fn what_others_wrote_does_not_reach_the_terminal_as_commands() {
    let world = World::new();
    let evil = NewStatus::new("success").description("\u{1b}[2J gone");
    world.github.create_status(ID, evil).unwrap();
    assert_data_eq!(world.run("list"), str![]);
    assert_data_eq!(world.run("latest"), str![]);
}

#[test]
fn timeline_tells_what_happened() {
    let world = World::new().statuses(&["queued"]);
    for (seconds, state) in [
        (30, "in_progress"),
        (90, "failure"),
        (600, "queued"),
        (20, "success"),
    ] {
        world.github.advance(Duration::from_secs(seconds));
        world
            .github
            .create_status(ID, NewStatus::new(state))
            .unwrap();
    }
    assert_data_eq!(world.run("timeline"), str![]);
    assert_data_eq!(world.run("timeline --json"), str![]);
    assert_eq!(
        world
            .output("timeline --jsonl --deployment 42")
            .stdout
            .split(|it| *it == b'\n')
            .count(),
        6
    );
}

#[test]
fn a_renamed_repository_is_found() {
    let world = world();
    world
        .github
        .rename_repository("octocat/example", "octocat/renamed")
        .unwrap();
    assert_data_eq!(world.run("list --limit 1 --quiet"), str![]);
}
