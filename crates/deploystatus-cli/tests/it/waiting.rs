//! The command `wait`.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use deploystatus_emulator::{Emulator, NewDeployment, NewStatus};
use snapbox::str;

use crate::process::pair;
use crate::scene::{ID, Scene};
use crate::transcript::{check, step_outputs};

#[test]
fn success_exits_with_0() {
    let scene = Scene::new().statuses(&["in_progress", "success"]);
    check(
        scene.run("wait"),
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
success after Ns: Now success
--- exit 0

"#]],
    );
}

#[test]
fn failure_and_error_exit_with_1() {
    check(
        Scene::new().statuses(&["failure"]).run("wait --json"),
        str![[r#"
$ deploystatus wait --json
{
  "id": 5000000001,
  "node_id": "DES_kwDOABPHjc8AAAABKgXyAQ",
  "state": "failure",
  "creator": {
    "login": "octocat"
  },
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
{"note":"waiting for deployment 42 of octocat/example"}
{"note":"failure after Ns: Now failure"}
{"warning":"the deployment did not succeed: failed"}
--- exit 1

"#]],
    );
    check(
        Scene::new().statuses(&["error"]).run("wait --quiet"),
        str![[r#"
$ deploystatus wait --quiet
id           5000000001
state        error
environment  staging
description  Now error
by           octocat
created      2026-01-01T00:00:00Z
outcome      errored
--- stderr
warning: the deployment did not succeed: errored
--- exit 1

"#]],
    );
}

#[test]
fn timeout_exits_with_7() {
    let scene = Scene::new();
    check(
        scene.run("wait --timeout 0s"),
        str![[r#"
$ deploystatus wait --timeout 0s
outcome  still_running
--- stderr
waiting for deployment 42 of octocat/example
warning: the deployment did not finish within 0s
--- exit 7

"#]],
    );
    check(
        scene.run("wait --timeout 0s --json"),
        str![[r#"
$ deploystatus wait --timeout 0s --json
{
  "outcome": "still_running"
}
--- stderr
{"note":"waiting for deployment 42 of octocat/example"}
{"warning":"the deployment did not finish within 0s"}
--- exit 7

"#]],
    );
    let scene = scene.statuses(&["in_progress"]);
    check(
        scene.run("wait --timeout 0"),
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
in_progress after Ns: Now in_progress
warning: the deployment did not finish within 0s
--- exit 7

"#]],
    );
}

#[test]
fn outputs_are_set_for_later_steps() {
    let scene = Scene::new().statuses(&["in_progress", "success"]);
    let id = scene.github.history(ID)[0].id;
    for (line, state) in [
        ("wait", "success"),
        ("latest", "success"),
        (&format!("get {id}"), "in_progress"),
    ] {
        let outputs = scene.file("outputs", "");
        let mut command = scene.command(&format!("{line} --deployment 42"));
        let output = command.env("GITHUB_OUTPUT", &outputs).output().unwrap();
        assert!(output.status.success());
        let values = step_outputs(&std::fs::read_to_string(outputs).unwrap());
        assert_eq!(values[1], pair("state", state));
        assert_eq!(values[2], pair("environment_url", ""));
    }
}

#[test]
fn any_state_can_be_awaited() {
    let scene = Scene::new().statuses(&["in_progress"]);
    check(
        scene.run("wait --for in_progress --quiet --jsonl"),
        str![[r#"
$ deploystatus wait --for in_progress --quiet --jsonl
{"id":5000000001,"node_id":"DES_kwDOABPHjc8AAAABKgXyAQ","state":"in_progress","creator":{"login":"octocat"},"description":"Now in_progress","environment":"staging","log_url":"","target_url":"","environment_url":"","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z","url":"http://emulator/repos/octocat/example/deployments/42/statuses/5000000001","deployment_url":"http://emulator/repos/octocat/example/deployments/42","repository_url":"http://emulator/repos/octocat/example","performed_via_github_app":null,"outcome":"reached"}
--- exit 0

"#]],
    );
}

#[test]
fn inactive_deployment_is_not_a_success() {
    let scene = Scene::new().statuses(&["success"]);
    let new = NewDeployment::new("main").environment("staging");
    let newer = scene
        .github
        .create_deployment("octocat/example", new)
        .unwrap();
    scene
        .github
        .create_status(newer.id, NewStatus::new("success"))
        .unwrap();
    check(
        scene.run("wait --quiet"),
        str![[r#"
$ deploystatus wait --quiet
id           5000000003
state        inactive
environment  staging
by           octocat
created      2026-01-01T00:00:00Z
outcome      superseded
--- stderr
warning: the deployment did not succeed: superseded
--- exit 1

"#]],
    );
    let abandoned = Scene::new().statuses(&["in_progress", "inactive"]);
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
--- stderr
warning: the deployment did not succeed: abandoned
--- exit 1

"#]],
    );
}

#[test]
fn statuses_are_printed_as_they_arrive() {
    let scene = Scene::new().statuses(&["queued"]);
    let mut child = scene
        .command("wait --jsonl --deployment 42")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut printed = Vec::new();
    for next in [Some("in_progress"), Some("success"), None] {
        let line = lines.next().unwrap().unwrap();
        let status: serde_json::Value = serde_json::from_str(&line).unwrap();
        printed.push((status["state"].clone(), status["outcome"].clone()));
        if let Some(state) = next {
            scene
                .github
                .create_status(ID, NewStatus::new(state))
                .unwrap();
        }
    }
    assert!(lines.next().is_none());
    assert!(child.wait().unwrap().success());
    let mut notes = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut notes)
        .unwrap();
    assert!(
        notes.starts_with(
            "{\"note\":\"waiting for deployment 42 of octocat/example\"}\n{\"note\":\"queued after "
        ),
        "{notes}"
    );
    assert!(notes.contains("\n{\"note\":\"success after "), "{notes}");
    let printed: Vec<_> = printed
        .iter()
        .map(|(state, outcome)| (state.as_str(), outcome.as_str()))
        .collect();
    let expected = [
        (Some("queued"), None),
        (Some("in_progress"), None),
        (Some("success"), Some("succeeded")),
    ];
    assert_eq!(printed, expected);
}

#[test]
fn interval_sets_the_time_between_polls() {
    let scene = Scene::with(Emulator::builder()).statuses(&["in_progress"]);
    let output = scene.output("wait --interval 50ms --timeout 1s --deployment 42");
    assert_eq!(output.status.code(), Some(7));
    assert!(scene.github.requests().len() > 5);
}

#[test]
fn time_limit_names_the_state_that_was_not_reached() {
    let scene = Scene::real_time().statuses(&["in_progress"]);
    for (goal, missed) in [("", "finish"), (" --for queued", "reach queued")] {
        let output = scene.output(&format!("wait --timeout 0{goal} --deployment 42"));
        assert_eq!(output.status.code(), Some(7), "{output:?}");
        let errors = String::from_utf8(output.stderr).unwrap();
        let expected = format!("the deployment did not {missed} within 0s");
        assert!(errors.contains(&expected), "{errors}");
    }
}
