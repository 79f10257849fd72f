//! The recipes in the README, and the programs and variables with which the systems run them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::scene::{ID, PROGRAM, Scene};

pub(super) const README: &str = include_str!("../../../README.md");

/// Installs the command beside cargo, in a folder of the search path.
const CARGO: &str =
    r#"[ "$*" = "install deploystatus-cli --locked" ] && ln -sf "$PROGRAM" "${0%/*}""#;

/// The folders of the system's programs, without those of this user.
const SYSTEM: &str = "/usr/local/bin:/usr/bin:/bin";

/// The program `gh` of GitHub's images, which cannot reach an emulator without TLS.
///
/// The recipes call it as `gh api PATH --input - --jq .id` and as `gh api PATH --jq FILTER`.
const GH: &str = r#"[ "$1" = api ] || exit 2
call() { curl -sSf -H "Authorization: Bearer $GITHUB_TOKEN" "$@"; }
case "$3 $4 $5" in
"--input - --jq") call --data-binary @- "$GITHUB_API_URL/$2" > response && jq "$6" response ;;
"--jq $4 ") call "$GITHUB_API_URL/$2" > response && jq "$4" response ;;
*) exit 2 ;;
esac"#;

/// Returns the blocks of a language, in order.
pub(super) fn blocks(language: &str) -> Vec<String> {
    let start = format!("```{language}\n");
    let blocks = README.split(&start).skip(1);
    let blocks = blocks.map(|block| block.split("```").next().unwrap());
    blocks.map(str::to_owned).collect()
}

/// Writes a program into a directory of the search path.
fn program(scene: &Scene, path: &str, script: &str) {
    let file = scene.file(path, &format!("#!/bin/sh\n{script}\n"));
    fs::set_permissions(&file, PermissionsExt::from_mode(0o755)).unwrap();
}

/// Creates a scene with the programs that the recipes use, and without variables that a recipe has to set.
pub(super) fn scene(deploy: &str) -> Scene {
    with_programs(Scene::real_time(), deploy)
}

pub(super) fn with_programs(scene: Scene, deploy: &str) -> Scene {
    for folder in ["bin", ".cargo", ".cargo/bin"] {
        fs::create_dir(scene.home.path().join(folder)).unwrap();
    }
    for (name, script) in [
        ("build.sh", "exit 0"),
        ("deploy.sh", deploy),
        (".cargo/bin/cargo", CARGO),
        (
            "bin/apt-get",
            r#"[ "$*" = update ] || [ "$*" = "install --yes jq" ]"#,
        ),
        ("bin/gh", GH),
    ] {
        program(&scene, name, script);
    }
    program(&scene, "deploy-reported.sh", &blocks("bash")[0]);
    scene.file("event.json", r#"{"deployment": {"id": 42}}"#);
    scene.file("token", "secret-token");
    let variables = scene.home.path().join("env").display().to_string();
    scene
        .unset("GITHUB_REPOSITORY")
        .unset("GITHUB_TOKEN")
        .set("PROGRAM", PROGRAM)
        .set("GITHUB_ENV", variables)
}

/// Creates a shell whose search path contains cargo's folder and the system's programs.
pub(super) fn shell(scene: &Scene, line: &str) -> Command {
    let home = scene.home.path().display();
    let mut shell = scene.shell(line);
    shell.env("PATH", format!("{home}/.cargo/bin:{home}/bin:{SYSTEM}"));
    shell.stdin(Stdio::null());
    shell
}

/// Returns `true` if this machine has the programs that some recipes use, as the runners of CI systems have.
#[expect(clippy::print_stderr, reason = "a skipped test is reported")]
pub(super) fn has_programs(names: &[&str]) -> bool {
    let is_in = |name: &str, folder: &str| Path::new(folder).join(name).exists();
    let is_missing = |name: &&&str| !SYSTEM.split(':').any(|folder| is_in(name, folder));
    let missing = names.iter().find(is_missing);
    if let Some(name) = missing {
        eprintln!("skipped: {name} is not installed");
    }
    missing.is_none()
}

/// Returns the states of the deployment that a recipe has created, or of the scene's own.
pub(super) fn states(scene: &Scene) -> Vec<String> {
    let deployments = scene.github.deployments();
    let id = deployments.iter().map(|it| it.id).find(|id| *id != ID);
    let history = scene.github.history(id.unwrap_or(ID)).into_iter();
    history.map(|status| status.state).collect()
}
