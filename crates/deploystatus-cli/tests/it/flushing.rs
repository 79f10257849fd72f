//! The command `flush`.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::time::{Duration, Instant};

use deploystatus::{Client, NewStatus, Outbox, State};
use deploystatus_emulator::{Fault, NewDeployment, NewStatus as Reported, Operation, RetryAfter};
use serde_json::Value;
use snapbox::str;

use crate::process::{Running, code, pair, stderr, wait_until};
use crate::scene::{ID, Scene};
use crate::transcript::check;

/// Creates a scene with the report of a `success` that the server rejected.
pub(crate) fn scene() -> Scene {
    scene_with_reports(1)
}

/// Creates a scene with one such report of each of several deployments.
fn scene_with_reports(count: u64) -> Scene {
    let scene = Scene::new();
    let directory = scene.home.path().join("outbox");
    scene.block_on(async {
        let outbox = Outbox::open(&directory).unwrap();
        let client = Client::builder()
            .base_url(scene.github.api_url())
            .token("t")
            .build()
            .unwrap();
        for id in ID..ID + count {
            if id != ID {
                let new = NewDeployment::new("main").id(id);
                let created = scene.github.create_deployment("octocat/example", new);
                created.unwrap();
            }
            let deployment = client.deployment("octocat/example", id).unwrap();
            let rollout = deployment
                .rollout(NewStatus::new(State::InProgress))
                .outbox(&outbox);
            let rollout = rollout.begin().await.unwrap();
            let rejected = Fault::status(403).on(Operation::CreateStatus);
            scene.github.fault(rejected);
            rollout.succeed().await.unwrap_err();
        }
        assert_eq!(outbox.files().unwrap().len() as u64, count);
    });
    scene.set("DEPLOYSTATUS_OUTBOX", directory.display().to_string())
}

fn states(scene: &Scene) -> Vec<String> {
    let history = scene.github.history(ID);
    history.into_iter().map(|status| status.state).collect()
}

#[test]
fn stored_report_is_sent_once() {
    let scene = scene();
    let transcript = scene.run_bare("flush --json");
    assert!(transcript.contains(r#""state": "success""#), "{transcript}");
    assert_eq!(states(&scene), ["in_progress", "success"]);
    check(
        scene.run_bare("flush"),
        str![[r#"
$ deploystatus flush
--- stderr
the outbox at /home/outbox is empty
--- exit 0

"#]],
    );
    assert_eq!(states(&scene), ["in_progress", "success"]);
}

#[test]
fn rejected_report_stays_in_the_outbox() {
    let scene = scene();
    scene
        .github
        .fault(Fault::status(403).on(Operation::CreateStatus));
    let transcript = scene.run_bare("flush");
    let mut files = fs::read_dir(scene.home.path().join("outbox")).unwrap();
    let file = files.next().unwrap().unwrap().file_name();
    check(
        transcript.replace(file.to_str().unwrap(), "FILE"),
        str![[r#"
$ deploystatus flush
--- stderr
error: could not report success for deployment 42 of octocat/example; the report is kept in /home/outbox/FILE: the server responded 403 Forbidden: "Server Error" (request ID C006:10006:0200006:0400006:6955B900)
help: Give the token the repository permission `deployments=write`. The report is in the outbox; `deploystatus flush --outbox /home/outbox` sends it.
--- exit 4

"#]],
    );
    assert_eq!(states(&scene), ["in_progress"]);
    check(
        scene.run_bare("flush"),
        str![[r#"
$ deploystatus flush
success  deployment 42 of octocat/example  status 5000000002
--- exit 0

"#]],
    );
    assert_eq!(states(&scene), ["in_progress", "success"]);
}

#[test]
fn report_for_a_deleted_deployment_can_be_removed() {
    let scene = scene();
    scene.github.fault(Fault::status(404).times(2));
    for _ in 0..2 {
        let transcript = scene.run_bare("flush");
        let help = "If the deployment was deleted, delete the file.";
        assert!(transcript.contains(help), "{transcript}");
        assert!(transcript.ends_with("--- exit 3\n"), "{transcript}");
    }
}

#[test]
fn superseded_report_is_dropped_by_default() {
    let scene = scene();
    scene
        .github
        .create_status(ID, Reported::new("failure"))
        .unwrap();
    check(
        scene.run_bare("flush"),
        str![[r#"
$ deploystatus flush
--- stderr
dropped the report for deployment 42 of octocat/example, because a newer status exists
--- exit 0

"#]],
    );
    assert_eq!(states(&scene), ["in_progress", "failure"]);
}

#[test]
fn superseded_report_is_sent_on_request() {
    let scene = scene();
    let newer = Reported::new("failure");
    scene.github.create_status(ID, newer).unwrap();
    let output = scene.output("flush --send-superseded");
    assert!(output.status.success());
    assert_eq!(states(&scene), ["in_progress", "failure", "success"]);
}

#[test]
fn foreign_and_invalid_reports_are_skipped() {
    let scene = scene();
    scene.file("outbox/nonsense.json", "{");
    let other = Scene::new();
    let line = format!("flush --api-url {}", other.github.api_url());
    let transcript = scene.run_bare(&line);
    assert!(transcript.contains("skipped "), "{transcript}");
    assert!(transcript.contains("nonsense.json"), "{transcript}");
    assert!(transcript.ends_with("--- exit 1\n"), "{transcript}");
    assert!(other.github.requests().is_empty());
}

#[test]
fn report_of_a_running_command_is_left_alone() {
    let scene = Scene::real_time();
    let mut running = Running::start(scene.script(&[], "echo ready; exec cat"));
    assert_eq!(running.line(), "ready");
    let output = scene.background(&["flush"]).output().unwrap();
    assert_eq!(code(output.status), 0);
    let errors = stderr(&output);
    assert!(errors.ends_with("another process uses it\n"), "{errors}");
    assert!(!errors.contains("warning"), "{errors}");
    assert_eq!(running.code(), 0);
    assert_eq!(scene.reported()[1], pair("success", ""));
}

/// The report of a cancelled step is under way while the next step flushes.
#[test]
fn flush_in_a_pipeline_waits_for_other_processes() {
    let scene = Scene::real_time().set("CI", "true");
    let script = scene.script(&["--stop-with-parent", "false"], "echo ready; exec cat");
    let mut running = Running::start(script);
    assert_eq!(running.line(), "ready");
    let mut flush = scene.background(&["flush"]).spawn().unwrap();
    let mut notes = BufReader::new(flush.stderr.take().unwrap());
    let mut note = String::new();
    notes.read_line(&mut note).unwrap();
    let wait = "waiting up to 5s for another process that sends a report\n";
    assert_eq!(note, wait);
    assert_eq!(running.code(), 0);
    let mut rest = String::new();
    notes.read_to_string(&mut rest).unwrap();
    assert!(rest.ends_with("is empty\n"), "{rest}");
    assert_eq!(code(flush.wait().unwrap()), 0);
}

#[test]
fn flush_in_a_pipeline_waits_at_most_5_seconds() {
    let scene = Scene::real_time().set("CI", "true");
    let mut running = Running::start(scene.script(&[], "echo ready; exec cat"));
    assert_eq!(running.line(), "ready");
    let start = Instant::now();
    let output = scene.background(&["flush"]).output().unwrap();
    assert!(start.elapsed() >= Duration::from_secs(5));
    assert_eq!(code(output.status), 0);
    let errors = stderr(&output);
    assert!(errors.ends_with("another process uses it\n"), "{errors}");
    assert_eq!(running.code(), 0);
}

/// Kills `run` on the deployments 42 and 43, the second of which does not respond afterwards.
fn scene_with_silent_deployment() -> Scene {
    let scene = Scene::real_time();
    let other = NewDeployment::new("main").id(43);
    let github = &scene.github;
    github.create_deployment("octocat/example", other).unwrap();
    for id in ["42", "43"] {
        let arguments = ["run", "--deployment", id, "--", "cat"];
        let mut run = scene.background(&arguments).spawn().unwrap();
        wait_until(|| !github.history(id.parse().unwrap()).is_empty());
        run.kill().unwrap();
        run.wait().unwrap();
    }
    let silent = Fault::delay(Duration::from_secs(600)).path("/repos/*/*/deployments/43/statuses");
    github.fault(silent.times(99));
    scene
}

#[test]
fn results_are_printed_as_they_arrive() {
    let scene = scene_with_silent_deployment();
    let mut flush = Running::start(scene.background(&["flush"]));
    let line = flush.line();
    let delivered = scene.github.history(ID).pop().unwrap();
    let expected = "error  deployment 42 of octocat/example  status";
    assert_eq!(line, format!("{expected} {}", delivered.id));
}

#[test]
fn timed_out_flush_shows_what_it_delivered() {
    let scene = scene_with_silent_deployment();
    let arguments = ["flush", "--timeout", "5s", "--json"];
    let output = scene.background(&arguments).output().unwrap();
    assert_eq!(code(output.status), 7);
    let delivered = scene.github.history(ID).pop().unwrap().id;
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["delivered"][0]["id"], delivered);
    let errors = stderr(&output);
    assert!(errors.contains("still in the outbox"), "{errors}");
    assert!(errors.contains("deploystatus flush --outbox /"), "{errors}");
    assert_eq!(scene.kept().len(), 1);
}

#[test]
fn failed_reports_are_not_progress() {
    let scene = scene_with_reports(64);
    let rejected = Fault::status(403).delayed(Duration::from_millis(700));
    let rejected = rejected.times(99).on(Operation::CreateStatus);
    scene.github.fault(rejected);
    let output = scene.output("flush --timeout 1s");
    assert_eq!(code(output.status), 7, "{output:?}");
}

#[test]
fn rate_limit_is_named_when_the_time_is_over() {
    let scene = scene();
    let limit = Fault::secondary_limit(RetryAfter::Seconds(100));
    scene.github.fault(limit.times(99));
    let output = scene.output("flush --timeout 1s");
    assert_eq!(code(output.status), 7, "{output:?}");
    let errors = stderr(&output);
    let end = errors
        .lines()
        .find(|line| line.contains("--timeout"))
        .unwrap();
    assert!(end.contains("rate limit"), "{errors}");
}

#[test]
fn missing_outbox_is_empty() {
    let scene = Scene::new();
    check(
        scene.run_bare("flush"),
        str![[r#"
$ deploystatus flush
--- stderr
no outbox at /home/.local/state/deploystatus/outbox
--- exit 0

"#]],
    );
    check(
        scene.run_bare("flush --json --outbox here --quiet"),
        str![[r#"
$ deploystatus flush --json --outbox here --quiet
--- stderr
{"error":"usage","status":null,"message":"no outbox at here (from --outbox): expected an existing directory","help":null,"request_id":null}
--- exit 2

"#]],
    );
    scene.file("file", "");
    check(
        scene.run_bare("flush --outbox file"),
        str![[r#"
$ deploystatus flush --outbox file
--- stderr
error: failed to open the outbox: cannot open the outbox file: File exists
help: Check that the directory exists, is writable and has free space.
--- exit 2

"#]],
    );
}
