//! list, get and latest.

use deploystatus_emulator::NewStatus;
use snapbox::str;

use crate::world::{ID, World, check};

fn world() -> World {
    World::new().statuses(&["queued", "in_progress", "success"])
}

#[test]
fn list_shows_the_newest_first() {
    check(
        world().run("list"),
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
fn list_says_when_there_are_more() {
    check(
        world().run("list --limit 2"),
        str![[r#"
$ deploystatus list --limit 2
ID          STATE        CREATED               BY       ENVIRONMENT  DESCRIPTION
5000000003  success      2026-01-01T00:00:00Z  octocat  staging      Now success
5000000002  in_progress  2026-01-01T00:00:00Z  octocat  staging      Now in_progress
--- stderr
these are the newest 2; --all shows the others too
--- exit 0

"#]],
    );
}

#[test]
fn list_shows_all_when_told() {
    let world = World::new().statuses(&["in_progress"; 250]);
    let all = world.output("list --all --deployment 42");
    assert_eq!(String::from_utf8(all.stdout).unwrap().lines().count(), 251);
    let limited = world.output("list --limit 120 --deployment 42 --jsonl");
    let limited = String::from_utf8(limited.stdout).unwrap();
    assert_eq!(limited.lines().count(), 120);
}

#[test]
fn list_prints_an_array_with_githubs_field_names() {
    let world = World::new().statuses(&["queued"]);
    check(
        world.run("list --json"),
        str![[r#"
$ deploystatus list --json
[
  {
    "id": 5000000001,
    "node_id": "DES_kwDOABPHjc8AAAABKgXyAQ",
    "state": "queued",
    "creator": {"login":"octocat"}","gists_url":"http://emulator/users/octocat/gists{/gist_id}","starred_url":"http://emulator/users/octocat/starred{/owner}{/repo}","subscriptions_url":"http://emulator/users/octocat/subscriptions","organizations_url":"http://emulator/users/octocat/orgs","repos_url":"http://emulator/users/octocat/repos","events_url":"http://emulator/users/octocat/events{/privacy}","received_events_url":"http://emulator/users/octocat/received_events","type":"User","user_view_type":"public","site_admin":false},
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
    check(
        world.run("list"),
        str![[r#"
$ deploystatus list
--- stderr
there is no status yet
--- exit 0

"#]],
    );
    check(
        world.run("list --json"),
        str![[r#"
$ deploystatus list --json
[]
--- exit 0

"#]],
    );
    check(
        world.run("latest"),
        str![[r#"
$ deploystatus latest
--- stderr
there is no status yet
--- exit 0

"#]],
    );
    check(
        world.run("latest --json"),
        str![[r#"
$ deploystatus latest --json
null
--- stderr
there is no status yet
--- exit 0

"#]],
    );
    check(
        world.run("latest --jsonl --quiet"),
        str![[r#"
$ deploystatus latest --jsonl --quiet
--- exit 0

"#]],
    );
    check(
        world.run("timeline"),
        str![[r#"
$ deploystatus timeline
--- stderr
there is no status yet
--- exit 0

"#]],
    );
}

#[test]
fn latest_shows_the_newest_status() {
    check(
        world().run("latest"),
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
fn get_shows_a_status_by_its_id() {
    let world = world();
    let id = world.github.history(ID)[0].id;
    check(
        world.run(&format!("get {id}")),
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
fn what_others_wrote_does_not_reach_the_terminal_as_commands() {
    let world = World::new();
    let evil = NewStatus::new("success").description("\u{1b}[2J gone");
    world.github.create_status(ID, evil).unwrap();
    check(
        world.run("list"),
        str![[r#"
$ deploystatus list
ID          STATE    CREATED               BY       ENVIRONMENT  DESCRIPTION
5000000001  success  2026-01-01T00:00:00Z  octocat  staging       [2J gone
--- exit 0

"#]],
    );
    check(
        world.run("latest"),
        str![[r#"
$ deploystatus latest
id           5000000001
state        success
environment  staging
description   [2J gone
by           octocat
created      2026-01-01T00:00:00Z
--- exit 0

"#]],
    );
}

#[test]
fn a_renamed_repository_is_found() {
    let world = world();
    world
        .github
        .rename_repository("octocat/example", "octocat/renamed")
        .unwrap();
    check(
        world.run("list --limit 1 --quiet"),
        str![[r#"
$ deploystatus list --limit 1 --quiet
ID          STATE    CREATED               BY       ENVIRONMENT  DESCRIPTION
5000000003  success  2026-01-01T00:00:00Z  octocat  staging      Now success
--- exit 0

"#]],
    );
}
