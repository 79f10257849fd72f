//! list, get, latest and timeline.

use std::time::Duration;

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
    check(
        world.run("timeline"),
        str![[r#"
$ deploystatus timeline
SINCE                 STATE        LASTED   BY       DESCRIPTION
2026-01-01T00:00:00Z  queued       30s      octocat  Now queued
2026-01-01T00:00:30Z  in_progress  1m 30s   octocat
2026-01-01T00:02:00Z  failure      10m 00s  octocat
2026-01-01T00:12:00Z  queued       20s      octocat
2026-01-01T00:12:20Z  success               octocat
live since 2026-01-01T00:12:20Z; took 12m 20s; tried again once
--- exit 0

"#]],
    );
    check(
        world.run("timeline --json"),
        str![[r#"
$ deploystatus timeline --json
{
  "live": true,
  "retries": 1,
  "took_seconds": 740,
  "attempts": [
    {
      "since": "2026-01-01T00:00:00Z",
      "started": "2026-01-01T00:00:30Z",
      "ended": "2026-01-01T00:02:00Z",
      "result": "failure",
      "took_seconds": 120
    },
    {
      "since": "2026-01-01T00:12:00Z",
      "started": null,
      "ended": "2026-01-01T00:12:20Z",
      "result": "success",
      "took_seconds": 20
    }
  ],
  "stretches": [
    {
      "state": "queued",
      "since": "2026-01-01T00:00:00Z",
      "until": "2026-01-01T00:00:30Z",
      "by": {"login":"octocat"}","gists_url":"http://emulator/users/octocat/gists{/gist_id}","starred_url":"http://emulator/users/octocat/starred{/owner}{/repo}","subscriptions_url":"http://emulator/users/octocat/subscriptions","organizations_url":"http://emulator/users/octocat/orgs","repos_url":"http://emulator/users/octocat/repos","events_url":"http://emulator/users/octocat/events{/privacy}","received_events_url":"http://emulator/users/octocat/received_events","type":"User","user_view_type":"public","site_admin":false},
      "reports": 1,
      "description": "Now queued",
      "log_url": null,
      "environment_url": null
    },
    {
      "state": "in_progress",
      "since": "2026-01-01T00:00:30Z",
      "until": "2026-01-01T00:02:00Z",
      "by": {"login":"octocat"}","gists_url":"http://emulator/users/octocat/gists{/gist_id}","starred_url":"http://emulator/users/octocat/starred{/owner}{/repo}","subscriptions_url":"http://emulator/users/octocat/subscriptions","organizations_url":"http://emulator/users/octocat/orgs","repos_url":"http://emulator/users/octocat/repos","events_url":"http://emulator/users/octocat/events{/privacy}","received_events_url":"http://emulator/users/octocat/received_events","type":"User","user_view_type":"public","site_admin":false},
      "reports": 1,
      "description": null,
      "log_url": null,
      "environment_url": null
    },
    {
      "state": "failure",
      "since": "2026-01-01T00:02:00Z",
      "until": "2026-01-01T00:12:00Z",
      "by": {"login":"octocat"}","gists_url":"http://emulator/users/octocat/gists{/gist_id}","starred_url":"http://emulator/users/octocat/starred{/owner}{/repo}","subscriptions_url":"http://emulator/users/octocat/subscriptions","organizations_url":"http://emulator/users/octocat/orgs","repos_url":"http://emulator/users/octocat/repos","events_url":"http://emulator/users/octocat/events{/privacy}","received_events_url":"http://emulator/users/octocat/received_events","type":"User","user_view_type":"public","site_admin":false},
      "reports": 1,
      "description": null,
      "log_url": null,
      "environment_url": null
    },
    {
      "state": "queued",
      "since": "2026-01-01T00:12:00Z",
      "until": "2026-01-01T00:12:20Z",
      "by": {"login":"octocat"}","gists_url":"http://emulator/users/octocat/gists{/gist_id}","starred_url":"http://emulator/users/octocat/starred{/owner}{/repo}","subscriptions_url":"http://emulator/users/octocat/subscriptions","organizations_url":"http://emulator/users/octocat/orgs","repos_url":"http://emulator/users/octocat/repos","events_url":"http://emulator/users/octocat/events{/privacy}","received_events_url":"http://emulator/users/octocat/received_events","type":"User","user_view_type":"public","site_admin":false},
      "reports": 1,
      "description": null,
      "log_url": null,
      "environment_url": null
    },
    {
      "state": "success",
      "since": "2026-01-01T00:12:20Z",
      "until": null,
      "by": {"login":"octocat"}","gists_url":"http://emulator/users/octocat/gists{/gist_id}","starred_url":"http://emulator/users/octocat/starred{/owner}{/repo}","subscriptions_url":"http://emulator/users/octocat/subscriptions","organizations_url":"http://emulator/users/octocat/orgs","repos_url":"http://emulator/users/octocat/repos","events_url":"http://emulator/users/octocat/events{/privacy}","received_events_url":"http://emulator/users/octocat/received_events","type":"User","user_view_type":"public","site_admin":false},
      "reports": 1,
      "description": null,
      "log_url": null,
      "environment_url": null
    }
  ]
}
--- exit 0

"#]],
    );
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
