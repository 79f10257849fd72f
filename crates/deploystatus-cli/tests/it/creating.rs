//! The command `create`.

use deploystatus_emulator::{Fault, Operation};
use snapbox::str;

use crate::scene::{ID, Scene};
use crate::transcript::check;

#[test]
fn status_is_created_with_all_fields() {
    let scene = Scene::new();
    let line = "create in_progress --log-url https://ci.example.com/7 --environment-url https://example.com \
                --environment production --description 'Copying files' --auto-inactive false";
    check(
        scene.run(line),
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
    let stored = &scene.github.history(ID)[0];
    assert_eq!(stored.state, "in_progress");
    assert_eq!(stored.environment, "production");
    let sent = &scene.github.requests()[0];
    let body: serde_json::Value = serde_json::from_str(&sent.body).unwrap();
    assert_eq!(body["auto_inactive"], false);
}

#[test]
fn json_output_adds_delivery() {
    check(
        Scene::new().run("create success --json"),
        str![[r#"
$ deploystatus create success --json
{
  "id": 5000000001,
  "node_id": "DES_kwDOABPHjc8AAAABKgXyAQ",
  "state": "success",
  "creator": {
    "login": "octocat"
  },
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
        Scene::new().run("create success --jsonl"),
        str![[r#"
$ deploystatus create success --jsonl
{"id":5000000001,"node_id":"DES_kwDOABPHjc8AAAABKgXyAQ","state":"success","creator":{"login":"octocat"},"description":"","environment":"staging","log_url":"","target_url":"","environment_url":"","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z","url":"http://emulator/repos/octocat/example/deployments/42/statuses/5000000001","deployment_url":"http://emulator/repos/octocat/example/deployments/42","repository_url":"http://emulator/repos/octocat/example","performed_via_github_app":null,"delivery":"created"}
--- exit 0

"#]],
    );
}

#[test]
fn lost_response_is_not_sent_twice() {
    let scene = Scene::new();
    scene
        .github
        .fault(Fault::status(502).after_work().on(Operation::CreateStatus));
    check(
        scene.run("create success"),
        str![[r#"
$ deploystatus create success
id           5000000001
state        success
environment  staging
by           octocat
created      2026-01-01T00:00:00Z
delivery     adopted
--- stderr
checking for up to 10s whether the status was stored: the server responded 502 Bad Gateway: "Server Error" (request ID C001:10001:0200001:0400001:6955B900)
--- exit 0

"#]],
    );
    assert_eq!(scene.github.history(ID).len(), 1);
}

#[test]
fn unchanged_status_is_not_sent() {
    let scene = Scene::new();
    scene.run("create success --if-changed");
    check(
        scene.run("create success --if-changed"),
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
    assert_eq!(scene.github.history(ID).len(), 1);
}

#[test]
fn dry_run_sends_nothing() {
    let scene = Scene::new();
    let line = "create success --dry-run --description Live";
    check(
        scene.run(line),
        str![[r#"
$ deploystatus create success --dry-run --description Live
{
  "state": "success",
  "description": "Live"
}
--- stderr
dry run: this request for deployment 42 of octocat/example was not sent
--- exit 0

"#]],
    );
    assert!(scene.github.requests().is_empty());
}

#[test]
fn job_status_values_are_accepted() {
    let scene = Scene::new();
    for (word, state) in [
        ("cancelled", "error"),
        ("skipped", "inactive"),
        ("failure", "failure"),
    ] {
        assert!(
            scene
                .output(&format!("create {word} --deployment 42"))
                .status
                .success()
        );
        assert_eq!(scene.github.history(ID).last().unwrap().state, state);
    }
}

#[test]
fn long_description_requires_truncate() {
    let scene = Scene::new();
    let long = "x".repeat(141);
    check(
        scene.run(&format!("create error --description {long}")),
        str![[r#"
$ deploystatus create error --description xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
--- stderr
error: description is too long: 141 characters (maximum 140); use --truncate to shorten it
--- exit 2

"#]],
    );
    assert!(scene.github.requests().is_empty());
    scene.run(&format!("create error --truncate --description {long}"));
    let cut = format!("{}…", "x".repeat(139));
    assert_eq!(scene.github.history(ID)[0].description, cut);
}

#[test]
fn invalid_values_are_rejected_before_sending() {
    let scene = Scene::new();
    check(
        scene.run("create success --log-url ftp://example.com"),
        str![[r#"
$ deploystatus create success --log-url ftp://example.com
--- stderr
error: invalid URL "ftp://example.com" (from --log-url): expected a URL that starts with https:// or http://
--- exit 2

"#]],
    );
    check(
        scene.run("create success --environment-url nowhere"),
        str![[r#"
$ deploystatus create success --environment-url nowhere
--- stderr
error: invalid URL "nowhere" (from --environment-url): expected a URL that starts with https:// or http://
--- exit 2

"#]],
    );
    check(
        scene.run("create done"),
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
        scene.run("create waiting --json"),
        str![[r#"
$ deploystatus create waiting --json
--- stderr
{"error":"usage","status":null,"message":"invalid value 'waiting' for '<STATE>'\n  [possible values: queued, pending, in_progress, success, failure, error, inactive]\n\nFor more information, try '--help'.","help":null,"request_id":null}
--- exit 2

"#]],
    );
    check(
        scene.run("create success --auto-inactive maybe"),
        str![[r#"
$ deploystatus create success --auto-inactive maybe
--- stderr
error: invalid value 'maybe' for '--auto-inactive <BOOL>'
  [possible values: true, false]

For more information, try '--help'.
--- exit 2

"#]],
    );
    assert!(scene.github.requests().is_empty());
}
