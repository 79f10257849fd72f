//! flush.

use std::fs;

use deploystatus::{Client, NewStatus, Outbox, State};
use deploystatus_emulator::{Fault, NewStatus as Reported, Operation};
use snapbox::str;

use crate::world::{ID, World, check};

/// A rollout went well, and its end was refused and kept.
fn world() -> World {
    let world = World::new();
    let directory = world.home.path().join("outbox");
    world.block_on(async {
        let outbox = Outbox::open(&directory).unwrap();
        let client = Client::builder()
            .base_url(world.github.api_url())
            .token("t")
            .build()
            .unwrap();
        let deployment = client.deployment("octocat/example", ID).unwrap();
        let rollout = deployment
            .rollout(NewStatus::new(State::InProgress))
            .outbox(&outbox);
        let rollout = rollout.begin().await.unwrap();
        world
            .github
            .fault(Fault::status(403).on(Operation::CreateStatus));
        rollout.succeed().await.unwrap_err();
        assert_eq!(outbox.files().unwrap().len(), 1);
    });
    world.set("DEPLOYSTATUS_OUTBOX", directory.display().to_string())
}

fn states(world: &World) -> Vec<String> {
    let history = world.github.history(ID);
    history.into_iter().map(|status| status.state).collect()
}

#[test]
fn what_is_kept_is_delivered_once() {
    let world = world();
    let said = world.run_bare("flush --json");
    assert!(said.contains(r#""state": "success""#), "{said}");
    assert_eq!(states(&world), ["in_progress", "success"]);
    check(
        world.run_bare("flush"),
        str![[r#"
$ deploystatus flush
--- stderr
nothing is kept in /home/outbox
--- exit 0

"#]],
    );
    assert_eq!(states(&world), ["in_progress", "success"]);
}

#[test]
fn what_is_refused_again_is_kept() {
    let world = world();
    world
        .github
        .fault(Fault::status(403).on(Operation::CreateStatus));
    let mut files = fs::read_dir(world.home.path().join("outbox")).unwrap();
    let file = files.next().unwrap().unwrap().file_name();
    let said = world.run_bare("flush");
    check(
        said.replace(file.to_str().unwrap(), "FILE"),
        str![[r#"
$ deploystatus flush
--- stderr
error: failed to deliver what is kept: the end of the rollout, `success` on deployment 42 of octocat/example, was not delivered; it is kept in /home/outbox/FILE: the server answered 403 Forbidden, "Server Error" (request ID)
The token may not do this: it needs `deployments=write`. The report is kept, and the next `deploystatus flush` tries again.
--- exit 4

"#]],
    );
    assert_eq!(states(&world), ["in_progress"]);
    check(
        world.run_bare("flush"),
        str![[r#"
$ deploystatus flush
ID          STATE    CREATED               BY       ENVIRONMENT  DESCRIPTION
5000000002  success  2026-01-01T00:00:00Z  octocat  staging
--- exit 0

"#]],
    );
    assert_eq!(states(&world), ["in_progress", "success"]);
}

#[test]
fn what_others_have_overtaken_is_dropped_when_told() {
    let world = world();
    world
        .github
        .create_status(ID, Reported::new("failure"))
        .unwrap();
    check(
        world.run_bare("flush --drop-overtaken"),
        str![[r#"
$ deploystatus flush --drop-overtaken
--- stderr
dropped, because others have reported since: the end of deployment 42 of octocat/example
--- exit 0

"#]],
    );
    assert_eq!(states(&world), ["in_progress", "failure"]);
}

#[test]
fn what_is_for_another_server_or_no_report_is_left() {
    let world = world();
    world.file("outbox/nonsense.json", "{");
    let other = World::new();
    let line = format!("flush --api-url {}", other.github.api_url());
    let said = world.run_bare(&line);
    assert!(said.contains("left for later"), "{said}");
    assert!(said.contains("nonsense.json"), "{said}");
    assert!(said.ends_with("--- exit 1\n"), "{said}");
    assert!(other.github.requests().is_empty());
}

#[test]
fn an_outbox_that_is_not_there_keeps_nothing() {
    let world = World::new();
    check(
        world.run_bare("flush"),
        str![[r#"
$ deploystatus flush
--- stderr
there is no outbox at /home/.local/state/deploystatus/outbox, so nothing is kept
--- exit 0

"#]],
    );
    check(
        world.run_bare("flush --json --outbox here --quiet"),
        str![[r#"
$ deploystatus flush --json --outbox here --quiet
{
  "delivered": [],
  "dropped": [],
  "kept": [],
  "left": [],
  "unreadable": []
}
--- exit 0

"#]],
    );
    world.file("file", "");
    check(
        world.run_bare("flush --outbox file"),
        str![[r#"
$ deploystatus flush --outbox file
--- stderr
error: failed to open the outbox: the outbox cannot be opened: file: File exists
Check that the directory exists, may be written, and has room.
--- exit 2

"#]],
    );
}
