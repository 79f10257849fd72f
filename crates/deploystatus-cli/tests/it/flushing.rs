//! The command `flush`.

use std::fs;

use deploystatus::{Client, NewStatus, Outbox, State};
use deploystatus_emulator::{Fault, NewStatus as Reported, Operation};
use snapbox::str;

use crate::scene::{ID, Scene};
use crate::transcript::check;

/// Creates a scene with the report of a `success` that the server rejected.
pub(crate) fn scene() -> Scene {
    let scene = Scene::new();
    let directory = scene.home.path().join("outbox");
    scene.block_on(async {
        let outbox = Outbox::open(&directory).unwrap();
        let client = Client::builder()
            .base_url(scene.github.api_url())
            .token("t")
            .build()
            .unwrap();
        let deployment = client.deployment("octocat/example", ID).unwrap();
        let rollout = deployment
            .rollout(NewStatus::new(State::InProgress))
            .outbox(&outbox);
        let rollout = rollout.begin().await.unwrap();
        scene
            .github
            .fault(Fault::status(403).on(Operation::CreateStatus));
        rollout.succeed().await.unwrap_err();
        assert_eq!(outbox.files().unwrap().len(), 1);
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
error: could not report success for deployment 42 of octocat/example; the report is kept in /home/outbox/FILE: the server responded 403 Forbidden: "Server Error" (request ID C005:10005:0200005:0400005:6955B900)
help: Give the token the repository permission `deployments=write`. The report is in the outbox; `deploystatus flush` sends it.
--- exit 4

"#]],
    );
    assert_eq!(states(&scene), ["in_progress"]);
    check(
        scene.run_bare("flush"),
        str![[r#"
$ deploystatus flush
ID          STATE    CREATED               BY       ENVIRONMENT  DESCRIPTION
5000000002  success  2026-01-01T00:00:00Z  octocat  staging
--- exit 0

"#]],
    );
    assert_eq!(states(&scene), ["in_progress", "success"]);
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
