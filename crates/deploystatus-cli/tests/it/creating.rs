//! create.

use deploystatus_emulator::{Fault, Operation};
use snapbox::str;

use crate::world::{ID, World, check};

#[test]
fn create_reports_a_status() {
    let world = World::new();
    let line = "create in_progress --log-url https://ci.example.com/7 --environment-url https://example.com \
                --environment production --description 'Copying files' --auto-inactive false";
    check(
        world.run(line),
        str![[r#"
$ deploystatus create in_progress --log-url https://ci.example.com/7 --environment-url https://example.com --environment production --description 'Copying files' --auto-inactive false
id           5000000001
state        in_progress
environment  production
description  Copying files
log          https://ci.example.com/7
visit        https://example.com
by           octocat
created      2026-01-01T00:00:00Z
delivery     created
--- exit 0

"#]],
    );
    let stored = &world.github.history(ID)[0];
    assert_eq!(stored.state, "in_progress");
    assert_eq!(stored.environment, "production");
    let sent = &world.github.requests()[0];
    let body: serde_json::Value = serde_json::from_str(&sent.body).unwrap();
    assert_eq!(body["auto_inactive"], false);
}

#[test]
fn create_prints_the_status_with_one_more_key() {
    check(
        World::new().run("create success --json"),
        str![[r#"
$ deploystatus create success --json
{
  "id": 5000000001,
  "node_id": "DES_kwDOABPHjc8AAAABKgXyAQ",
  "state": "success",
  "creator": {"login":"octocat"}","gists_url":"http://emulator/users/octocat/gists{/gist_id}","starred_url":"http://emulator/users/octocat/starred{/owner}{/repo}","subscriptions_url":"http://emulator/users/octocat/subscriptions","organizations_url":"http://emulator/users/octocat/orgs","repos_url":"http://emulator/users/octocat/repos","events_url":"http://emulator/users/octocat/events{/privacy}","received_events_url":"http://emulator/users/octocat/received_events","type":"User","user_view_type":"public","site_admin":false},
  "description": "",
  "environment": "staging",
  "log_url": "",
  "target_url": "",
  "environment_url": "",
  "created_at": "2026-01-01T00:00:00Z",
  "updated_at": "2026-01-01T00:00:00Z",
  "url": "http://emulator/repos/octocat/example/deployments/42/statuses/5000000001",
  "deployment_url": "http://emulator/repos/octocat/example/deployments/42",
  "repository_url": "http://emulator/repos/octocat/example",
  "performed_via_github_app": null,
  "delivery": "created"
}
--- exit 0

"#]],
    );
    check(
        World::new().run("create success --jsonl"),
        str![[r#"
$ deploystatus create success --jsonl
{"id":5000000001,"node_id":"DES_kwDOABPHjc8AAAABKgXyAQ","state":"success","creator":{"login":"octocat"}","gists_url":"http://emulator/users/octocat/gists{/gist_id}","starred_url":"http://emulator/users/octocat/starred{/owner}{/repo}","subscriptions_url":"http://emulator/users/octocat/subscriptions","organizations_url":"http://emulator/users/octocat/orgs","repos_url":"http://emulator/users/octocat/repos","events_url":"http://emulator/users/octocat/events{/privacy}","received_events_url":"http://emulator/users/octocat/received_events","type":"User","user_view_type":"public","site_admin":false},"description":"","environment":"staging","log_url":"","target_url":"","environment_url":"","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z","url":"http://emulator/repos/octocat/example/deployments/42/statuses/5000000001","deployment_url":"http://emulator/repos/octocat/example/deployments/42","repository_url":"http://emulator/repos/octocat/example","performed_via_github_app":null,"delivery":"created"}
--- exit 0

"#]],
    );
}

#[test]
fn a_lost_answer_is_not_sent_twice() {
    let world = World::new();
    world
        .github
        .fault(Fault::status(502).after_work().on(Operation::CreateStatus));
    check(
        world.run("create success"),
        str![[r#"
$ deploystatus create success
id           5000000001
state        success
environment  staging
by           octocat
created      2026-01-01T00:00:00Z
delivery     adopted
--- exit 0

"#]],
    );
    assert_eq!(world.github.history(ID).len(), 1);
}

#[test]
fn nothing_is_sent_when_nothing_changed() {
    let world = World::new();
    world.run("create success --if-changed");
    check(
        world.run("create success --if-changed"),
        str![[r#"
$ deploystatus create success --if-changed
id           5000000001
state        success
environment  staging
by           octocat
created      2026-01-01T00:00:00Z
delivery     already_there
--- exit 0

"#]],
    );
    assert_eq!(world.github.history(ID).len(), 1);
}

#[test]
fn a_dry_run_sends_nothing() {
    let world = World::new();
    let line = "create success --dry-run --description Live";
    check(
        world.run(line),
        str![[r#"
$ deploystatus create success --dry-run --description Live
{
  "state": "success",
  "description": "Live"
}
--- stderr
nothing was sent; this would be, to deployment 42 of octocat/example
--- exit 0

"#]],
    );
    assert!(world.github.requests().is_empty());
}

#[test]
fn the_words_of_a_job_are_states() {
    let world = World::new();
    for (word, state) in [
        ("cancelled", "error"),
        ("skipped", "inactive"),
        ("failure", "failure"),
    ] {
        assert!(
            world
                .output(&format!("create {word} --deployment 42"))
                .status
                .success()
        );
        assert_eq!(world.github.history(ID).last().unwrap().state, state);
    }
}

#[test]
fn a_long_remark_is_cut_when_told() {
    let world = World::new();
    let long = "x".repeat(141);
    check(
        world.run(&format!("create error --description {long}")),
        str![[r#"
$ deploystatus create error --description xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
--- stderr
error: failed to report the status: --description has 141 characters, and 140 is the most; --truncate cuts it
--- exit 2

"#]],
    );
    assert!(world.github.requests().is_empty());
    world.run(&format!("create error --truncate --description {long}"));
    let cut = format!("{}…", "x".repeat(139));
    assert_eq!(world.github.history(ID)[0].description, cut);
}

#[test]
fn what_github_would_refuse_is_refused_before_it_is_sent() {
    let world = World::new();
    check(
        world.run("create success --log-url ftp://example.com"),
        str![[r#"
$ deploystatus create success --log-url ftp://example.com
--- stderr
error: failed to report the status: --log-url has to be an http:// or https:// address, and is "ftp://example.com"
--- exit 2

"#]],
    );
    check(
        world.run("create success --environment-url nowhere"),
        str![[r#"
$ deploystatus create success --environment-url nowhere
--- stderr
error: failed to report the status: --environment-url has to be an http:// or https:// address, and is "nowhere"
--- exit 2

"#]],
    );
    check(
        world.run("create done"),
        str![[r#"
$ deploystatus create done
--- stderr
error: invalid value 'done' for '<STATE>'
  [possible values: queued, pending, in_progress, success, failure, error, inactive]

For more information, try '--help'.
--- exit 2

"#]],
    );
    check(
        world.run("create waiting --json"),
        str![[r#"
$ deploystatus create waiting --json
--- stderr
{"error":"usage","status":null,"message":"invalid value 'waiting' for '<STATE>'\n  [possible values: queued, pending, in_progress, success, failure, error, inactive]\n\nFor more information, try '--help'.","hint":null,"request_id":null}
--- exit 2

"#]],
    );
    check(
        world.run("create success --auto-inactive maybe"),
        str![[r#"
$ deploystatus create success --auto-inactive maybe
--- stderr
error: invalid value 'maybe' for '--auto-inactive <BOOL>'
  [possible values: true, false]

For more information, try '--help'.
--- exit 2

"#]],
    );
    assert!(world.github.requests().is_empty());
}

#[test]
fn in_a_workflow_the_log_is_the_runs_page() {
    let world = World::new()
        .set("GITHUB_ACTIONS", "true")
        .set("GITHUB_SERVER_URL", "https://git.example.com")
        .set("GITHUB_RUN_ID", "99");
    let outputs = world.file("outputs", "before=kept\n");
    let world = world.set("GITHUB_OUTPUT", outputs.display().to_string());
    world.run("create success --environment-url https://example.com");
    let stored = &world.github.history(ID)[0];
    assert_eq!(
        stored.log_url,
        "https://git.example.com/octocat/example/actions/runs/99"
    );
    check(
        std::fs::read_to_string(outputs).unwrap(),
        str![[r#"
before=kept
status_id=5000000001
state=success
environment_url=https://example.com

"#]],
    );
    world.run("create success --log-url https://ci.example.com/7");
    assert_eq!(
        world.github.history(ID)[1].log_url,
        "https://ci.example.com/7"
    );
}

#[test]
fn in_a_workflow_errors_are_annotations() {
    let world = World::new().set("GITHUB_ACTIONS", "true");
    let line = "create success --log-url '50% off'";
    check(
        world.run(line),
        str![[r#"
$ deploystatus create success --log-url '50% off'
--- stderr
::error title=deploystatus::failed to report the status: --log-url has to be an http:// or https:// address, and is "50%25 off"
--- exit 2

"#]],
    );
    check(
        world.run_bare("latest --repo octocat/nothing --deployment 1"),
        str![[r#"
$ deploystatus latest --repo octocat/nothing --deployment 1
--- stderr
::error title=deploystatus::failed to read the newest status: the server answered 404 Not Found, "Not Found" (request ID)%0AIt does not exist, or the token may not read it; GitHub says 404 for both. Check the repository and the ids.
--- exit 3

"#]],
    );
}

#[test]
fn outputs_that_cannot_be_written_do_not_undo_the_report() {
    let world = World::new().set("GITHUB_OUTPUT", "/nowhere/outputs");
    check(
        world.run("create success --quiet"),
        str![[r#"
$ deploystatus create success --quiet
id           5000000001
state        success
environment  staging
by           octocat
created      2026-01-01T00:00:00Z
delivery     created
--- stderr
warning: failed to write the outputs to /nowhere/outputs: No such file or directory
--- exit 0

"#]],
    );
}
