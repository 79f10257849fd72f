//! Reports from CI systems: defaults, outputs, annotations and summaries.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use deploystatus_emulator::{Fault, NewStatus, Operation};
use snapbox::str;

use crate::process::pair;
use crate::scene::{ID, Scene};
use crate::transcript::{check, step_outputs};

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
::error title=deploystatus::failed to read the newest status: the server responded 404 Not Found: "Not Found" (request ID C001:10001:0200001:0400001:6955B900)%0Ahelp: Check the repository and the IDs, and that the token can read the repository: GitHub responds 404 in both cases.
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

#[test]
fn log_url_defaults_to_the_ci_job() {
    let url = "https://ci.example.com/job/7";
    for name in [
        "CI_JOB_URL",
        "BUILD_URL",
        "BUILDKITE_BUILD_URL",
        "CIRCLE_BUILD_URL",
    ] {
        let scene = Scene::new().set(name, url);
        scene.run("create success");
        assert_eq!(scene.github.history(ID)[0].log_url, url, "{name}");
    }
    let scene = Scene::new().set("CI_JOB_URL", "nowhere");
    check(
        scene.run("create success"),
        str![[r#"
$ deploystatus create success
--- stderr
error: invalid URL "nowhere" (from CI_JOB_URL): expected a URL that starts with https:// or http://
--- exit 2

"#]],
    );
}

#[test]
fn cancelled_job_is_reported_as_the_chosen_state() {
    for (options, state) in [
        ("", "error"),
        (" --cancelled-as failure", "failure"),
        (" --cancelled-as inactive", "inactive"),
    ] {
        let scene = Scene::new();
        scene.run(&format!("create cancelled{options}"));
        assert_eq!(scene.github.history(ID)[0].state, state);
    }
}

#[test]
fn finished_deployment_is_left_alone_on_request() {
    let scene = Scene::new().statuses(&["in_progress", "success"]);
    check(
        scene.run("create error --unless-finished"),
        str![[r#"
$ deploystatus create error --unless-finished
id           5000000002
state        success
environment  staging
description  Now success
by           octocat
created      2026-01-01T00:00:00Z
delivery     already_finished
--- exit 0

"#]],
    );
    assert_eq!(scene.github.history(ID).len(), 2);
}

#[test]
fn unfinished_deployment_is_ended_after_two_readings() {
    let scene = Scene::new().statuses(&["in_progress"]);
    let output = scene.output("create error --unless-finished --deployment 42");
    assert!(output.status.success());
    assert_eq!(scene.reported()[1].0, "error");
    let reads = scene.github.requests().into_iter();
    assert_eq!(reads.filter(|request| request.method == "GET").count(), 2);
}

#[test]
fn second_reading_finds_a_late_status() {
    let scene = Scene::new().statuses(&["in_progress"]);
    let mut command = scene.command("create error --unless-finished --deployment 42");
    let mut process = command.stdout(Stdio::null()).spawn().unwrap();
    crate::process::wait_until(|| !scene.github.requests().is_empty());
    let late = NewStatus::new("success");
    scene.github.create_status(ID, late).unwrap();
    assert!(process.wait().unwrap().success());
    assert_eq!(scene.github.history(ID).len(), 2);
}

/// Gives the scene a file for the summary of the step.
fn with_step_summary(scene: Scene) -> (Scene, PathBuf) {
    let summary = scene.file("summary", "");
    let scene = scene.set("GITHUB_STEP_SUMMARY", summary.display().to_string());
    (scene, summary)
}

#[test]
fn reports_are_added_to_the_step_summary() {
    let (scene, summary) = with_step_summary(Scene::new());
    scene.run("create success --description 'a|b <c> [d](e)' --log-url https://ci.example.com/7");
    scene.run("wait");
    check(
        std::fs::read_to_string(summary).unwrap(),
        str![[r#"
### Deployment 42 of octocat\/example

| state | time | description | environment | log |
|---|---|---|---|---|
| success | 2026-01-01T00:00:00Z | a\|b \<c\> \[d\]\(e\) |  | [log](<https://ci.example.com/7>) |

### Deployment 42 of octocat\/example

| state | time | description | environment | log |
|---|---|---|---|---|
| success | 2026-01-01T00:00:00Z | a\|b \<c\> \[d\]\(e\) |  | [log](<https://ci.example.com/7>) |


"#]],
    );
}

#[test]
fn step_summary_contains_all_states() {
    let (scene, summary) = with_step_summary(Scene::new());
    scene.run("run -- true");
    check(
        std::fs::read_to_string(summary).unwrap(),
        str![[r#"
### Deployment 42 of octocat\/example

| state | time | description | environment | log |
|---|---|---|---|---|
| in\_progress | [..] |
| success | [..] |


"#]],
    );
}

#[test]
fn step_summary_contains_an_undelivered_end() {
    let (scene, summary) = with_step_summary(Scene::new());
    let rejected = Fault::status(403).on(Operation::CreateStatus);
    scene.github.fault(rejected.skip(1));
    scene.run("run -- true");
    check(
        std::fs::read_to_string(summary).unwrap(),
        str![[r#"
### Deployment 42 of octocat\/example

could not report success for deployment 42 of octocat\/example\; the report is kept in [..]

| state | time | description | environment | log |
|---|---|---|---|---|
| in\_progress | [..] |


"#]],
    );
}

/// Checks that the summary contains one status, a `success`.
fn check_summary_of_success(summary: &Path) {
    check(
        std::fs::read_to_string(summary).unwrap(),
        str![[r#"
### Deployment 42 of octocat\/example

| state | time | description | environment | log |
|---|---|---|---|---|
| success | [..] |


"#]],
    );
}

#[test]
fn step_summary_contains_a_finished_deployment() {
    let (scene, summary) = with_step_summary(Scene::new().statuses(&["success"]));
    scene.run("create error --unless-finished");
    check_summary_of_success(&summary);
}

#[test]
fn step_summary_contains_the_new_status_if_the_list_fails() {
    let (scene, summary) = with_step_summary(Scene::new().statuses(&["queued"]));
    let fault = Fault::status(503).on(Operation::ListStatuses);
    scene.github.fault(fault);
    scene.run("create success");
    check_summary_of_success(&summary);
}
