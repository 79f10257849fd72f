//! The command `create`.

use deploystatus_emulator::{Fault, Operation};
use snapbox::str;

use crate::process::pair;
use crate::scene::{ID, Scene};
use crate::transcript::{check, step_outputs};

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

#[test]
fn log_url_defaults_to_the_workflow_run() {
    let scene = Scene::new()
        .set("GITHUB_ACTIONS", "true")
        .set("GITHUB_SERVER_URL", "https://git.example.com")
        .set("GITHUB_RUN_ID", "99");
    let outputs = scene.file("outputs", "BEFORE<<E\nkept\nE\n");
    let scene = scene.set("GITHUB_OUTPUT", outputs.display().to_string());
    scene.run("create success --environment-url https://example.com");
    let stored = &scene.github.history(ID)[0];
    assert_eq!(
        stored.log_url,
        "https://git.example.com/octocat/example/actions/runs/99"
    );
    let text = std::fs::read_to_string(outputs).unwrap();
    let values = step_outputs(text.strip_prefix("BEFORE<<E\nkept\nE\n").unwrap());
    let expected = [
        ("status_id", "5000000001"),
        ("state", "success"),
        ("environment_url", "https://example.com"),
    ];
    assert_eq!(values, expected.map(|(name, value)| pair(name, value)));
    scene.run("create success --log-url https://ci.example.com/7");
    assert_eq!(
        scene.github.history(ID)[1].log_url,
        "https://ci.example.com/7"
    );
}

#[test]
fn errors_are_annotations_in_actions() {
    let scene = Scene::new().set("GITHUB_ACTIONS", "true");
    let line = "create success --log-url '50% off'";
    check(
        scene.run(line),
        str![[r#"
$ deploystatus create success --log-url '50% off'
--- stderr
::error title=deploystatus::invalid URL "50%25 off" (from --log-url): expected a URL that starts with https:// or http://
--- exit 2

"#]],
    );
    check(
        scene.run_bare("latest --repo octocat/nothing --deployment 1"),
        str![[r#"
$ deploystatus latest --repo octocat/nothing --deployment 1
--- stderr
::error title=deploystatus::failed to read the newest status: the server answered 404 Not Found, "Not Found" (request C001:10001:0200001:0400001:6955B900)%0Ahelp: It does not exist, or the token may not read it; GitHub says 404 for both. Check the repository and the ids.
--- exit 3

"#]],
    );
}

#[test]
fn unwritable_outputs_are_a_warning() {
    let scene = Scene::new().set("GITHUB_OUTPUT", "/nowhere/outputs");
    check(
        scene.run("create success --quiet"),
        str![[r#"
$ deploystatus create success --quiet
id           5000000001
state        success
environment  staging
by           octocat
created      2026-01-01T00:00:00Z
delivery     created
--- stderr
warning: cannot write outputs to /nowhere/outputs: No such file or directory
--- exit 0

"#]],
    );
}
