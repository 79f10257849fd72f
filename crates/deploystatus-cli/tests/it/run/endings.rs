//! Commands that end without a signal.

use std::fs;
use std::process::Stdio;

use deploystatus_emulator::NewStatus;

use crate::process::{code, pair, stderr};
use crate::scene::{ID, Scene};
use crate::transcript::step_outputs;

#[test]
fn exit_code_0_is_a_success() {
    let scene = Scene::real_time();
    let output = scene.run_script(&[], "echo out; echo err >&2");
    assert_eq!(code(output.status), 0);
    assert_eq!(output.stdout, b"out\n");
    assert_eq!(stderr(&output), "err\n");
    assert_eq!(
        scene.reported(),
        [pair("in_progress", ""), pair("success", "")]
    );
    assert_eq!(scene.kept(), [""; 0]);
}

#[test]
fn other_exit_code_is_a_failure() {
    let scene = Scene::real_time();
    let output = scene.run_script(&[], "exit 3");
    assert_eq!(code(output.status), 3);
    assert_eq!(stderr(&output), "");
    assert_eq!(
        scene.reported(),
        [pair("in_progress", ""), pair("failure", "Exit code 3")]
    );
}

#[test]
fn exit_codes_are_passed_on() {
    let scene = Scene::real_time();
    for number in [1, 2, 7, 8, 100, 127, 255] {
        let output = scene.run_script(&[], &format!("exit {number}"));
        assert_eq!(code(output.status), number);
    }
}

#[test]
fn killed_command_is_an_error() {
    let scene = Scene::real_time();
    let output = scene.run_script(&[], "kill -KILL $$");
    assert_eq!(code(output.status), 137);
    assert_eq!(
        scene.reported(),
        [pair("in_progress", ""), pair("error", "Killed by SIGKILL")]
    );
}

#[test]
fn report_options_apply_to_all_reports() {
    let scene = Scene::real_time();
    let options = [
        "--description",
        "Version 7",
        "--environment-url",
        "https://staging.example.com",
        "--log-url",
        "https://ci.example.com/7",
    ];
    scene.run_script(&options, "exit 1");
    scene.run_script(&options, "true");
    assert_eq!(
        scene.reported(),
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
fn identical_start_is_not_reported_again() {
    let scene = Scene::real_time();
    let known = NewStatus::new("in_progress");
    scene.github.create_status(ID, known).unwrap();
    scene.run_script(&["--if-changed"], "true");
    assert_eq!(
        scene.reported(),
        [pair("in_progress", ""), pair("success", "")]
    );
}

#[test]
fn unknown_program_exits_with_127() {
    let scene = Scene::real_time();
    let arguments = ["run", "--deployment", "42", "--", "./nowhere", "--json"];
    let output = scene.background(&arguments).output().unwrap();
    assert_eq!(code(output.status), 127);
    let reason = "No such file or directory (os error 2)";
    assert_eq!(
        stderr(&output),
        format!("error: cannot start ./nowhere: {reason}\n")
    );
    let description = format!("The command could not be started: {reason}");
    assert_eq!(
        scene.reported(),
        [pair("in_progress", ""), pair("error", &description)]
    );
}

#[test]
fn non_executable_file_exits_with_126() {
    let scene = Scene::real_time();
    fs::write(scene.home.path().join("deploy.sh"), "exit 0\n").unwrap();
    let arguments = ["run", "--deployment", "42", "--", "./deploy.sh"];
    let output = scene.background(&arguments).output().unwrap();
    assert_eq!(code(output.status), 126);
    assert_eq!(scene.reported().last().unwrap().0, "error");
}

#[test]
fn options_after_dashes_belong_to_the_command() {
    let scene = Scene::real_time();
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
        let output = scene.background(arguments).output().unwrap();
        assert_eq!(code(output.status), 0, "{}", stderr(&output));
        assert_eq!(output.stdout, b"--deployment x\n");
    }
}

#[test]
fn missing_settings_prevent_the_start() {
    let scene = Scene::real_time();
    let mut command = scene.background(&["run", "--", "touch", "was-run"]);
    let output = command.env_remove("GITHUB_TOKEN").output().unwrap();
    assert_eq!(code(output.status), 2);
    let errors = stderr(&output);
    assert!(errors.contains("missing deployment"), "{errors}");
    assert!(errors.contains("missing token"), "{errors}");
    let output = scene.run_script(&["--log-url", "nowhere"], "touch was-run");
    assert_eq!(code(output.status), 2);
    assert!(!scene.home.path().join("was-run").exists());
    assert!(scene.github.requests().is_empty());
}

#[test]
fn dry_run_runs_nothing() {
    let scene = Scene::real_time();
    let output = scene.run_script(&["--dry-run"], "touch was-run");
    assert_eq!(code(output.status), 0);
    assert_eq!(output.stdout, b"{\n  \"state\": \"in_progress\"\n}\n");
    assert!(!scene.home.path().join("was-run").exists());
    assert!(scene.github.requests().is_empty());
}

#[test]
fn final_state_is_a_step_output() {
    let scene = Scene::real_time();
    let mut command = scene.script(&[], "exit 3");
    let outputs = scene.home.path().join("outputs");
    command.env("GITHUB_OUTPUT", &outputs).stdin(Stdio::null());
    command.output().unwrap();
    let id = scene.github.history(ID).last().unwrap().id;
    let values = step_outputs(&fs::read_to_string(outputs).unwrap());
    let expected = [
        pair("status_id", &id.to_string()),
        pair("state", "failure"),
        pair("environment_url", ""),
    ];
    assert_eq!(values, expected);
}
