//! wait.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use deploystatus_emulator::{NewDeployment, NewStatus};
use snapbox::str;

use crate::world::{ID, World, check};

#[test]
fn success_is_0() {
    let world = World::new().statuses(&["in_progress", "success"]);
    check(
        world.run("wait"),
        str![[r#"
$ deploystatus wait
id           5000000002
state        success
environment  staging
description  Now success
by           octocat
created      2026-01-01T00:00:00Z
outcome      succeeded
--- stderr
waiting for deployment 42 of octocat/example
success after 0s: Now success
--- exit 0

"#]],
    );
}

#[test]
fn failure_and_error_are_1() {
    check(
        World::new().statuses(&["failure"]).run("wait --json"),
        str![[r#"
$ deploystatus wait --json
{
  "id": 5000000001,
  "node_id": "DES_kwDOABPHjc8AAAABKgXyAQ",
  "state": "failure",
  "creator": {"login":"octocat"}","gists_url":"http://emulator/users/octocat/gists{/gist_id}","starred_url":"http://emulator/users/octocat/starred{/owner}{/repo}","subscriptions_url":"http://emulator/users/octocat/subscriptions","organizations_url":"http://emulator/users/octocat/orgs","repos_url":"http://emulator/users/octocat/repos","events_url":"http://emulator/users/octocat/events{/privacy}","received_events_url":"http://emulator/users/octocat/received_events","type":"User","user_view_type":"public","site_admin":false},
  "description": "Now failure",
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
  "outcome": "failed"
}
--- stderr
waiting for deployment 42 of octocat/example
failure after 0s: Now failure
--- exit 1

"#]],
    );
    check(
        World::new().statuses(&["error"]).run("wait --quiet"),
        str![[r#"
$ deploystatus wait --quiet
id           5000000001
state        error
environment  staging
description  Now error
by           octocat
created      2026-01-01T00:00:00Z
outcome      errored
--- exit 1

"#]],
    );
}

#[test]
fn time_that_runs_out_is_7() {
    let world = World::new();
    check(
        world.run("wait --timeout 0s"),
        str![[r#"
$ deploystatus wait --timeout 0s
outcome  still_running
--- stderr
waiting for deployment 42 of octocat/example
--- exit 7

"#]],
    );
    check(
        world.run("wait --timeout 0s --json"),
        str![[r#"
$ deploystatus wait --timeout 0s --json
{
  "outcome": "still_running"
}
--- stderr
waiting for deployment 42 of octocat/example
--- exit 7

"#]],
    );
    let world = world.statuses(&["in_progress"]);
    check(
        world.run("wait --timeout 0"),
        str![[r#"
$ deploystatus wait --timeout 0
id           5000000001
state        in_progress
environment  staging
description  Now in_progress
by           octocat
created      2026-01-01T00:00:00Z
outcome      still_running
--- stderr
waiting for deployment 42 of octocat/example
in_progress after 0s: Now in_progress
--- exit 7

"#]],
    );
}

#[test]
fn later_steps_of_a_workflow_are_told() {
    let world = World::new().statuses(&["in_progress", "success"]);
    let id = world.github.history(ID)[0].id;
    for (line, state) in [
        ("wait", "success"),
        ("latest", "success"),
        (&format!("get {id}"), "in_progress"),
    ] {
        let outputs = world.file("outputs", "");
        let mut command = world.command(&format!("{line} --deployment 42"));
        let output = command.env("GITHUB_OUTPUT", &outputs).output().unwrap();
        assert!(output.status.success());
        let told = std::fs::read_to_string(outputs).unwrap();
        assert!(
            told.contains(&format!("\nstate={state}\nenvironment_url=\n")),
            "{told}"
        );
    }
}

#[test]
fn a_state_can_be_waited_for() {
    let world = World::new().statuses(&["in_progress"]);
    check(
        world.run("wait --for in_progress --quiet --jsonl"),
        str![[r#"
$ deploystatus wait --for in_progress --quiet --jsonl
{"id":5000000001,"node_id":"DES_kwDOABPHjc8AAAABKgXyAQ","state":"in_progress","creator":{"login":"octocat"}","gists_url":"http://emulator/users/octocat/gists{/gist_id}","starred_url":"http://emulator/users/octocat/starred{/owner}{/repo}","subscriptions_url":"http://emulator/users/octocat/subscriptions","organizations_url":"http://emulator/users/octocat/orgs","repos_url":"http://emulator/users/octocat/repos","events_url":"http://emulator/users/octocat/events{/privacy}","received_events_url":"http://emulator/users/octocat/received_events","type":"User","user_view_type":"public","site_admin":false},"description":"Now in_progress","environment":"staging","log_url":"","target_url":"","environment_url":"","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z","url":"http://emulator/repos/octocat/example/deployments/42/statuses/5000000001","deployment_url":"http://emulator/repos/octocat/example/deployments/42","repository_url":"http://emulator/repos/octocat/example","performed_via_github_app":null,"outcome":"reached"}
--- exit 0

"#]],
    );
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
    check(
        world.run("wait --quiet"),
        str![[r#"
$ deploystatus wait --quiet
id           5000000003
state        inactive
environment  staging
by           octocat
created      2026-01-01T00:00:00Z
outcome      superseded
--- exit 1

"#]],
    );
    let abandoned = World::new().statuses(&["in_progress", "inactive"]);
    check(
        abandoned.run("wait --quiet"),
        str![[r#"
$ deploystatus wait --quiet
id           5000000002
state        inactive
environment  staging
description  Now inactive
by           octocat
created      2026-01-01T00:00:00Z
outcome      abandoned
--- exit 1

"#]],
    );
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
    let mut told = Vec::new();
    for next in [Some("in_progress"), Some("success"), None] {
        let line = lines.next().unwrap().unwrap();
        let status: serde_json::Value = serde_json::from_str(&line).unwrap();
        told.push((status["state"].clone(), status["outcome"].clone()));
        if let Some(state) = next {
            world
                .github
                .create_status(ID, NewStatus::new(state))
                .unwrap();
        }
    }
    assert!(lines.next().is_none());
    assert!(child.wait().unwrap().success());
    let mut remarks = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut remarks)
        .unwrap();
    assert!(
        remarks.starts_with("waiting for deployment 42 of octocat/example\nqueued after "),
        "{remarks}"
    );
    assert!(remarks.contains("\nsuccess after "), "{remarks}");
    let told: Vec<_> = told
        .iter()
        .map(|(state, outcome)| (state.as_str(), outcome.as_str()))
        .collect();
    let expected = [
        (Some("queued"), None),
        (Some("in_progress"), None),
        (Some("success"), Some("succeeded")),
    ];
    assert_eq!(told, expected);
}
