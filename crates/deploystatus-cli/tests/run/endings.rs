//! How commands end by themselves.

use std::fs;
use std::process::Stdio;

use deploystatus_emulator::NewStatus;

use crate::scene::{ID, Scene, code, pair, stderr};

#[test]
fn a_command_that_goes_well_is_a_success() {
    let scene = Scene::new();
    let output = scene.run(&[], "echo out; echo err >&2");
    assert_eq!(code(output.status), 0);
    assert_eq!(output.stdout, b"out\n");
    assert_eq!(stderr(&output), "err\n");
    assert_eq!(scene.told(), [pair("in_progress", ""), pair("success", "")]);
    assert_eq!(scene.kept(), [""; 0]);
}

#[test]
fn a_command_that_fails_is_a_failure_with_its_code() {
    let scene = Scene::new();
    let output = scene.run(&[], "exit 3");
    assert_eq!(code(output.status), 3);
    assert_eq!(stderr(&output), "");
    assert_eq!(
        scene.told(),
        [pair("in_progress", ""), pair("failure", "Exit code 3")]
    );
}

#[test]
fn every_code_is_passed_on() {
    let scene = Scene::new();
    for number in [1, 2, 7, 8, 100, 127, 255] {
        let output = scene.run(&[], &format!("exit {number}"));
        assert_eq!(code(output.status), number);
    }
}

#[test]
fn a_command_that_is_killed_is_an_error_with_the_signals_name() {
    let scene = Scene::new();
    let output = scene.run(&[], "kill -KILL $$");
    assert_eq!(code(output.status), 137);
    assert_eq!(
        scene.told(),
        [pair("in_progress", ""), pair("error", "Killed by SIGKILL")]
    );
}

#[test]
fn what_create_can_say_is_part_of_all_reports() {
    let scene = Scene::new();
    let options = [
        "--description",
        "Version 7",
        "--environment-url",
        "https://staging.example.com",
        "--log-url",
        "https://ci.example.com/7",
    ];
    scene.run(&options, "exit 1");
    scene.run(&options, "true");
    assert_eq!(
        scene.told(),
        [
            pair("in_progress", "Version 7"),
            pair("failure", "Exit code 1: Version 7"),
            pair("in_progress", "Version 7"),
            pair("success", "Version 7"),
        ]
    );
    for status in scene.github.history(ID) {
        assert_eq!(status.environment_url, "https://staging.example.com");
        assert_eq!(status.log_url, "https://ci.example.com/7");
    }
}

#[test]
fn a_beginning_that_is_known_already_is_not_reported_again() {
    let scene = Scene::new();
    let known = NewStatus::new("in_progress");
    scene.github.create_status(ID, known).unwrap();
    scene.run(&["--if-changed"], "true");
    assert_eq!(scene.told(), [pair("in_progress", ""), pair("success", "")]);
}

#[test]
fn a_command_that_does_not_exist_ends_with_127_and_an_error() {
    let scene = Scene::new();
    let arguments = ["run", "--deployment", "42", "--", "./nowhere", "--json"];
    let output = scene.command(&arguments).output().unwrap();
    assert_eq!(code(output.status), 127);
    let why = "No such file or directory (os error 2)";
    assert_eq!(
        stderr(&output),
        format!("error: failed to start ./nowhere: {why}\n")
    );
    let remark = format!("The command could not be started: {why}");
    assert_eq!(
        scene.told(),
        [pair("in_progress", ""), pair("error", &remark)]
    );
}

#[test]
fn a_command_that_may_not_be_started_ends_with_126_and_an_error() {
    let scene = Scene::new();
    fs::write(scene.home.path().join("deploy.sh"), "exit 0\n").unwrap();
    let arguments = ["run", "--deployment", "42", "--", "./deploy.sh"];
    let output = scene.command(&arguments).output().unwrap();
    assert_eq!(code(output.status), 126);
    assert_eq!(scene.told().last().unwrap().0, "error");
}

#[test]
fn options_stand_before_or_after_the_subcommand_and_never_after_the_dashes() {
    let scene = Scene::new();
    for arguments in [
        &[
            "--deployment",
            "42",
            "run",
            "--",
            "echo",
            "--deployment",
            "x",
        ][..],
        &[
            "run",
            "--deployment",
            "42",
            "-q",
            "--",
            "echo",
            "--deployment",
            "x",
        ],
    ] {
        let output = scene.command(arguments).output().unwrap();
        assert_eq!(code(output.status), 0, "{}", stderr(&output));
        assert_eq!(output.stdout, b"--deployment x\n");
    }
}

#[test]
fn nothing_is_run_when_it_is_not_known_what_to_report_on() {
    let scene = Scene::new();
    let mut command = scene.command(&["run", "--", "touch", "was-run"]);
    let output = command.env_remove("GITHUB_TOKEN").output().unwrap();
    assert_eq!(code(output.status), 2);
    let said = stderr(&output);
    assert!(said.contains("no deployment was given"), "{said}");
    assert!(said.contains("no token was given"), "{said}");
    let output = scene.run(&["--log-url", "nowhere"], "touch was-run");
    assert_eq!(code(output.status), 2);
    assert!(!scene.home.path().join("was-run").exists());
    assert!(scene.github.requests().is_empty());
}

#[test]
fn a_dry_run_runs_nothing() {
    let scene = Scene::new();
    let output = scene.run(&["--dry-run"], "touch was-run");
    assert_eq!(code(output.status), 0);
    assert_eq!(output.stdout, b"{\n  \"state\": \"in_progress\"\n}\n");
    assert!(!scene.home.path().join("was-run").exists());
    assert!(scene.github.requests().is_empty());
}

#[test]
fn later_steps_of_a_workflow_learn_the_end() {
    let scene = Scene::new();
    let mut command = scene.script(&[], "exit 3");
    let outputs = scene.home.path().join("outputs");
    command.env("GITHUB_OUTPUT", &outputs).stdin(Stdio::null());
    command.output().unwrap();
    let id = scene.github.history(ID).last().unwrap().id;
    assert_eq!(
        fs::read_to_string(outputs).unwrap(),
        format!("status_id={id}\nstate=failure\nenvironment_url=\n")
    );
}
