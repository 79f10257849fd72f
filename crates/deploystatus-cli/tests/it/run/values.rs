//! Values that the command sets, and variables that it receives.

use crate::process::{code, pair, stderr};
use crate::scene::{ID, Scene};

#[test]
fn command_sets_values_of_the_result() {
    let scene = Scene::real_time();
    let options = [
        "--description",
        "Version 7",
        "--environment-url",
        "https://old.example.com",
    ];
    let script = "echo environment_url=https://new.example.com >> $DEPLOYSTATUS_OUTPUT
        echo log_url=https://ci.example.com/1 >> $DEPLOYSTATUS_OUTPUT
        printf description=Done >> $DEPLOYSTATUS_OUTPUT; exit 3";
    assert_eq!(code(scene.run_script(&options, script).status), 3);
    assert_eq!(scene.reported()[1], pair("failure", "Exit code 3: Done"));
    let status = scene.github.history(ID).pop().unwrap();
    assert_eq!(status.environment_url, "https://new.example.com");
    assert_eq!(status.log_url, "https://ci.example.com/1");
}

#[test]
fn description_is_reported_as_progress() {
    let scene = Scene::real_time();
    let script = "echo description=Copying >> $DEPLOYSTATUS_OUTPUT; cat";
    let mut process = scene.script(&[], script).spawn().unwrap();
    scene.wait_for_statuses(2);
    assert_eq!(scene.reported()[1], pair("in_progress", "Copying"));
    drop(process.stdin.take());
    assert_eq!(code(process.wait().unwrap()), 0);
    assert_eq!(scene.reported()[2], pair("success", "Copying"));
}

#[test]
fn last_values_of_a_long_file_count() {
    let scene = Scene::real_time();
    let script = "yes description=Copying | head -n 100000 >> $DEPLOYSTATUS_OUTPUT
        echo environment_url=https://pr-7.example.com >> $DEPLOYSTATUS_OUTPUT
        echo description=Done >> $DEPLOYSTATUS_OUTPUT";
    let output = scene.run_script(&[], script);
    assert_eq!(code(output.status), 0);
    assert_eq!(stderr(&output), "");
    let status = scene.github.history(ID).pop().unwrap();
    assert_eq!(status.environment_url, "https://pr-7.example.com");
    assert_eq!(status.description, "Done");
}

#[test]
fn values_file_without_an_end_is_not_read() {
    let scene = Scene::real_time();
    // Reading this file would wait until another process writes it.
    let script = "rm $DEPLOYSTATUS_OUTPUT; mkfifo $DEPLOYSTATUS_OUTPUT";
    let mut run = scene.script(&[], script).spawn().unwrap();
    scene.wait_for_statuses(2);
    assert_eq!(code(run.wait().unwrap()), 0);
}

#[test]
fn invalid_values_are_a_warning() {
    let scene = Scene::real_time();
    let script = "echo nonsense >> $DEPLOYSTATUS_OUTPUT
        echo log_url=nowhere >> $DEPLOYSTATUS_OUTPUT";
    let output = scene.run_script(&[], script);
    assert_eq!(code(output.status), 0);
    let errors = stderr(&output);
    let line = "warning: ignored a line in DEPLOYSTATUS_OUTPUT: \"nonsense\"";
    assert!(errors.contains(line), "{errors}");
    let value = "warning: ignored a line in DEPLOYSTATUS_OUTPUT: \"log_url=nowhere\"";
    assert!(errors.contains(value), "{errors}");
    assert_eq!(scene.reported()[1], pair("success", ""));
}

#[test]
fn last_valid_line_of_each_name_counts() {
    let scene = Scene::real_time();
    let options = [
        "--environment-url",
        "https://flag.example.com",
        "--description",
        "Flag",
    ];
    let script = "{ echo log_url=https://ci.example.com/1; echo log_url=nowhere
        echo environment_url=; echo description=; } >> $DEPLOYSTATUS_OUTPUT";
    let output = scene.run_script(&options, script);
    assert_eq!(code(output.status), 0);
    let errors = stderr(&output);
    for line in ["log_url=nowhere", "environment_url=", "description="] {
        let warning = format!("warning: ignored a line in DEPLOYSTATUS_OUTPUT: {line:?}\n");
        assert!(errors.contains(&warning), "{errors}");
    }
    let status = scene.github.history(ID).pop().unwrap();
    assert_eq!(status.environment_url, "https://flag.example.com");
    assert_eq!(status.log_url, "https://ci.example.com/1");
    assert_eq!(status.description, "Flag");
}

#[test]
fn command_receives_the_deployment() {
    let scene = Scene::real_time();
    let variables = "$DEPLOYSTATUS_DEPLOYMENT $DEPLOYSTATUS_REPOSITORY $DEPLOYSTATUS_API_URL";
    let output = scene.run_script(&[], &format!("echo {variables} $GITHUB_TOKEN"));
    let text = String::from_utf8(output.stdout).unwrap();
    let url = scene.github.api_url();
    assert_eq!(text, format!("42 octocat/example {url} secret-token\n"));
}

#[test]
fn token_is_removed_on_request() {
    let scene = Scene::real_time().set("GH_TOKEN", "other-token");
    let output = scene.run_script(&["--without-token"], "echo \"$GITHUB_TOKEN$GH_TOKEN\"");
    assert_eq!(output.stdout, b"\n");
}

#[test]
fn values_file_is_removed() {
    let scene = Scene::real_time();
    let output = scene.run_script(&[], "echo $DEPLOYSTATUS_OUTPUT");
    let path = String::from_utf8(output.stdout).unwrap();
    assert!(!std::path::Path::new(path.trim()).exists());
}
