//! The commands `list`, `get` and `latest`.

use deploystatus_emulator::{Fault, NewStatus, Operation};
use snapbox::str;

use crate::scene::{ID, Scene};
use crate::transcript::check;

fn scene() -> Scene {
    Scene::new().statuses(&["queued", "in_progress", "success"])
}

#[test]
fn list_starts_with_the_newest_status() {
    check(
        scene().run("list"),
        str![[r#"
$ deploystatus list
ID          STATE        CREATED               BY       ENVIRONMENT  DESCRIPTION
5000000003  success      2026-01-01T00:00:00Z  octocat  staging      Now success
5000000002  in_progress  2026-01-01T00:00:00Z  octocat  staging      Now in_progress
5000000001  queued       2026-01-01T00:00:00Z  octocat  staging      Now queued
--- exit 0

"#]],
    );
}

#[test]
fn list_mentions_more_statuses() {
    check(
        scene().run("list --limit 2"),
        str![[r#"
$ deploystatus list --limit 2
ID          STATE        CREATED               BY       ENVIRONMENT  DESCRIPTION
5000000003  success      2026-01-01T00:00:00Z  octocat  staging      Now success
5000000002  in_progress  2026-01-01T00:00:00Z  octocat  staging      Now in_progress
--- stderr
these are the newest 2; use --all to show all statuses
--- exit 0

"#]],
    );
}

#[test]
fn list_reads_all_pages() {
    let scene = Scene::new().statuses(&["in_progress"; 250]);
    let all = scene.output("list --all --deployment 42");
    assert_eq!(String::from_utf8(all.stdout).unwrap().lines().count(), 251);
    let limited = scene.output("list --limit 120 --deployment 42 --jsonl");
    let limited = String::from_utf8(limited.stdout).unwrap();
    assert_eq!(limited.lines().count(), 120);
}

#[test]
fn list_prints_json_while_it_reads() {
    let scene = Scene::real_time().statuses(&["in_progress"; 250]);
    let refused = Fault::status(403).skip(2).on(Operation::ListStatuses);
    scene.github.fault(refused);
    let output = scene.output("list --limit 240 --json --deployment 42");
    assert_eq!(output.status.code(), Some(4));
    let printed = String::from_utf8(output.stdout).unwrap();
    let array = printed.clone() + "]";
    let array: Vec<serde_json::Value> = serde_json::from_str(&array).unwrap();
    assert_eq!(array.len(), 200);
    assert!(printed.ends_with("}\n"), "{printed}");
    let output = scene.output("list --all --json --deployment 42");
    let array: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(array.len(), 250);
    let ids = array.iter().map(|status| status["id"].as_u64().unwrap());
    assert!(ids.is_sorted_by(|newer, older| newer > older));
}

#[test]
fn list_prints_a_json_array() {
    let scene = Scene::new().statuses(&["queued"]);
    check(
        scene.run("list --json"),
        str![[r#"
$ deploystatus list --json
[
  {
    "id": 5000000001,
    "node_id": "DES_kwDOABPHjc8AAAABKgXyAQ",
    "state": "queued",
    "creator": {
      "login": "octocat"
    },
    "description": "Now queued",
    "environment": "staging",
    "log_url": "",
    "target_url": "",
    "environment_url": "",
    "created_at": "2026-01-01T00:00:00Z",
    "updated_at": "2026-01-01T00:00:00Z",
    "url": "http://emulator/repos/octocat/example/deployments/42/statuses/5000000001",
    "deployment_url": "http://emulator/repos/octocat/example/deployments/42",
    "repository_url": "http://emulator/repos/octocat/example",
    "performed_via_github_app": null
  }
]
--- exit 0

"#]],
    );
}

#[test]
fn list_prints_json_lines() {
    let scene = scene();
    let output = scene.output("list --jsonl --deployment 42");
    let text = String::from_utf8(output.stdout).unwrap();
    let states: Vec<_> = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["state"].clone())
        .collect();
    assert_eq!(states, ["success", "in_progress", "queued"]);
}

#[test]
fn empty_deployment_has_no_statuses() {
    let scene = Scene::new();
    check(
        scene.run("list"),
        str![[r#"
$ deploystatus list
--- stderr
the deployment has no status
--- exit 0

"#]],
    );
    check(
        scene.run("list --json"),
        str![[r#"
$ deploystatus list --json
[]
--- exit 0

"#]],
    );
    check(
        scene.run("latest"),
        str![[r#"
$ deploystatus latest
--- stderr
the deployment has no status
--- exit 0

"#]],
    );
    check(
        scene.run("latest --json"),
        str![[r#"
$ deploystatus latest --json
null
--- stderr
{"note":"the deployment has no status"}
--- exit 0

"#]],
    );
    check(
        scene.run("latest --jsonl --quiet"),
        str![[r#"
$ deploystatus latest --jsonl --quiet
--- exit 0

"#]],
    );
    check(
        scene.run("timeline"),
        str![[r#"
$ deploystatus timeline
--- stderr
the deployment has no status
--- exit 0

"#]],
    );
}

#[test]
fn latest_shows_the_newest_status() {
    check(
        scene().run("latest"),
        str![[r#"
$ deploystatus latest
id           5000000003
state        success
environment  staging
description  Now success
by           octocat
created      2026-01-01T00:00:00Z
--- exit 0

"#]],
    );
}

#[test]
fn get_shows_one_status() {
    let scene = scene();
    let id = scene.github.history(ID)[0].id;
    check(
        scene.run(&format!("get {id}")),
        str![[r#"
$ deploystatus get 5000000001
id           5000000001
state        queued
environment  staging
description  Now queued
by           octocat
created      2026-01-01T00:00:00Z
--- exit 0

"#]],
    );
}

#[test]
fn terminal_sequences_are_escaped() {
    let scene = Scene::new();
    let evil = NewStatus::new("success").description("\u{1b}[2J gone");
    scene.github.create_status(ID, evil).unwrap();
    check(
        scene.run("list"),
        str![[r#"
$ deploystatus list
ID          STATE    CREATED               BY       ENVIRONMENT  DESCRIPTION
5000000001  success  2026-01-01T00:00:00Z  octocat  staging      \u{1b}[2J gone
--- exit 0

"#]],
    );
    check(
        scene.run("latest"),
        str![[r#"
$ deploystatus latest
id           5000000001
state        success
environment  staging
description  \u{1b}[2J gone
by           octocat
created      2026-01-01T00:00:00Z
--- exit 0

"#]],
    );
}

#[test]
fn renamed_repository_is_followed() {
    let scene = scene();
    scene
        .github
        .rename_repository("octocat/example", "octocat/renamed")
        .unwrap();
    check(
        scene.run("list --limit 1 --quiet"),
        str![[r#"
$ deploystatus list --limit 1 --quiet
ID          STATE    CREATED               BY       ENVIRONMENT  DESCRIPTION
5000000003  success  2026-01-01T00:00:00Z  octocat  staging      Now success
--- exit 0

"#]],
    );
}
