//! The commands in the READMEs of the project and of the command.

use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use crate::scene::{ID, Scene};

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

#[test]
fn commands_of_the_readmes_succeed() {
    let scene = Scene::real_time();
    let deploy = scene.file("deploy.sh", "#!/bin/sh\n[ $# -le 1 ]\n");
    std::fs::set_permissions(&deploy, PermissionsExt::from_mode(0o755)).unwrap();
    let bin = scene.home.path().join("bin");
    std::fs::create_dir(&bin).unwrap();
    let npm = scene.file("bin/npm", "#!/bin/sh\ndeploystatus create success\n");
    std::fs::set_permissions(&npm, PermissionsExt::from_mode(0o755)).unwrap();
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
