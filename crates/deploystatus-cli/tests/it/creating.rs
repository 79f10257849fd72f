//! create.

use deploystatus_emulator::{Fault, Operation};
use snapbox::{assert_data_eq, str};

use crate::world::{ID, World};

#[test]
fn create_reports_a_status() {
    let world = World::new();
    let line = "create in_progress --log-url https://ci.example.com/7 --environment-url https://example.com \
                --environment production --description 'Copying files' --auto-inactive false";
    assert_data_eq!(world.run(line), str![]);
    let stored = &world.github.history(ID)[0];
    assert_eq!(stored.state, "in_progress");
    assert_eq!(stored.environment, "production");
    let sent = &world.github.requests()[0];
    let body: serde_json::Value = serde_json::from_str(&sent.body).unwrap();
    assert_eq!(body["auto_inactive"], false);
}

#[test]
fn create_prints_the_status_with_one_more_key() {
    assert_data_eq!(World::new().run("create success --json"), str![]);
    assert_data_eq!(World::new().run("create success --jsonl"), str![]);
}

#[test]
fn a_lost_answer_is_not_sent_twice() {
    let world = World::new();
    world
        .github
        .fault(Fault::status(502).after_work().on(Operation::CreateStatus));
    assert_data_eq!(world.run("create success"), str![]);
    assert_eq!(world.github.history(ID).len(), 1);
}

#[test]
fn nothing_is_sent_when_nothing_changed() {
    let world = World::new();
    world.run("create success --if-changed");
    assert_data_eq!(world.run("create success --if-changed"), str![]);
    assert_eq!(world.github.history(ID).len(), 1);
}

#[test]
fn a_dry_run_sends_nothing() {
    let world = World::new();
    let line = "create success --dry-run --description Live";
    assert_data_eq!(world.run(line), str![]);
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
    assert_data_eq!(
        world.run(&format!("create error --description {long}")),
        str![]
    );
    assert!(world.github.requests().is_empty());
    world.run(&format!("create error --truncate --description {long}"));
    let cut = format!("{}…", "x".repeat(139));
    assert_eq!(world.github.history(ID)[0].description, cut);
}

#[test]
fn what_github_would_refuse_is_refused_before_it_is_sent() {
    let world = World::new();
    assert_data_eq!(
        world.run("create success --log-url ftp://example.com"),
        str![]
    );
    assert_data_eq!(
        world.run("create success --environment-url nowhere"),
        str![]
    );
    assert_data_eq!(world.run("create done"), str![]);
    assert_data_eq!(world.run("create waiting --json"), str![]);
    assert_data_eq!(world.run("create success --auto-inactive maybe"), str![]);
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
    assert_data_eq!(std::fs::read_to_string(outputs).unwrap(), str![]);
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
    assert_data_eq!(world.run(line), str![]);
    assert_data_eq!(
        world.run_bare("latest --repo octocat/nothing --deployment 1"),
        str![]
    );
}

#[test]
fn outputs_that_cannot_be_written_do_not_undo_the_report() {
    let world = World::new().set("GITHUB_OUTPUT", "/nowhere/outputs");
    assert_data_eq!(world.run("create success --quiet"), str![]);
}
