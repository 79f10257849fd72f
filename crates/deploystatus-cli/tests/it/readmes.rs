//! The commands in the READMEs of the project and of the command.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::time::Duration;

use deploystatus_emulator::{Fault, Operation};

use crate::scene::{ID, Scene};
use crate::transcript::check;

const READMES: [&str; 2] = [
    include_str!("../../../../README.md"),
    include_str!("../../README.md"),
];

/// Returns the lines of `console` and `sh` blocks with this beginning, without prompts and comments.
fn commands(readme: &'static str, start: &str) -> Vec<&'static str> {
    let blocks = readme.split("\n```").skip(1).step_by(2);
    let shell = blocks.filter(|block| block.starts_with("console\n") || block.starts_with("sh\n"));
    let lines = shell.flat_map(str::lines);
    let lines = lines.map(|line| line.trim_start_matches("$ ").split(" #").next().unwrap());
    lines
        .map(str::trim)
        .filter(|line| line.starts_with(start))
        .collect()
}

/// Writes a shell script that can be executed.
fn script(scene: &Scene, path: &str, text: &str) {
    let file = scene.file(path, &format!("#!/bin/sh\n{text}\n"));
    fs::set_permissions(&file, PermissionsExt::from_mode(0o755)).unwrap();
}

#[test]
fn commands_of_the_readmes_succeed() {
    let scene = Scene::real_time();
    script(&scene, "deploy.sh", "[ $# -le 1 ]");
    fs::create_dir(scene.home.path().join("bin")).unwrap();
    script(&scene, "bin/npm", "deploystatus create success");
    let event = scene.file("event.json", r#"{"deployment": {"id": 42}}"#);
    let scene = scene.set("GITHUB_EVENT_PATH", event.display().to_string());
    for readme in READMES {
        let commands = commands(readme, "deploystatus ");
        assert!(!commands.is_empty());
        for command in commands {
            let output = scene.shell(command).stdin(Stdio::null()).output().unwrap();
            assert!(output.status.success(), "{command}: {output:?}");
        }
    }
    assert_eq!(scene.reported().last().unwrap().0, "success");
}

#[test]
fn value_of_the_readme_is_reported() {
    let lines = commands(READMES[1], "echo ");
    assert_eq!(lines.len(), 1);
    let scene = Scene::real_time();
    assert!(scene.run_script(&[], lines[0]).status.success());
    let end = scene.github.history(ID).pop().unwrap();
    assert_eq!(end.environment_url, "https://pr-7.example.com");
}

/// Runs a deployment of four minutes whose last response is lost, as described beside the README's transcript.
#[test]
fn transcript_of_the_readme_is_real() {
    let block = READMES[0]
        .split("```console\n")
        .skip(1)
        .find(|block| block.contains("\n$ deploystatus timeline\n"))
        .unwrap();
    let block = block.split("```").next().unwrap();
    let scene = Scene::new().set("DEPLOYSTATUS_DEPLOYMENT", ID.to_string());
    script(
        &scene,
        "deploy.sh",
        "read files; echo \"copied $files files\"",
    );
    let lost = Fault::status(502).after_work().on(Operation::CreateStatus);
    scene.github.fault(lost.skip(1));

    let mut transcript = String::new();
    for line in block.lines().filter(|line| line.starts_with("$ ")) {
        let command = line.trim_start_matches("$ ");
        let mut child = scene.shell(&format!("{command} 2>&1")).spawn().unwrap();
        if command.starts_with("deploystatus run ") {
            scene.wait_for_statuses(1);
            scene.github.advance(Duration::from_secs(240));
            let deploy = child.stdin.as_mut().unwrap();
            deploy.write_all(b"214\n").unwrap();
        }
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let output = String::from_utf8(output.stdout).unwrap();
        transcript.extend([line, "\n", &output]);
    }
    if std::env::var_os("SNAPSHOTS").is_some_and(|value| value == "overwrite") {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
        fs::write(path, READMES[0].replace(block, &transcript)).unwrap();
        return;
    }
    check(transcript, block.to_owned());
}
