//! Commands that run against the emulator.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use nix::sys::signal::Signal;
use snapbox::str;

use crate::process::Running;
use crate::scene::Scene;
use crate::serving::SEED;
use crate::transcript::check;

#[test]
fn emulator_runs_a_command() {
    let scene = Scene::new();
    let script = "deploystatus create success && deploystatus latest | grep -o success";
    let mut command = scene.background(&["emulator", "--run", "--", "sh", "-c", script]);
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.ends_with("success\n"), "{printed}");
    assert_eq!(output.stderr, b"");
    // The scene's own emulator was not used.
    assert!(scene.github.requests().is_empty());
}

#[test]
fn command_of_the_emulator_uses_a_repository_of_the_seed() {
    let scene = Scene::new();
    let repositories =
        r#"[{"name": "acme/old", "archived": true}, {"name": "acme/shop", "private": true}]"#;
    let seed = format!(r#"{{"repositories": {repositories}}}"#);
    scene.file("seed.json", &seed);
    scene.file("empty.json", "{}");
    let script = "deploystatus create success --quiet >/dev/null && echo $GITHUB_REPOSITORY";
    let run = ["--run", "--", "sh", "-c", script];
    let saved = [
        "emulator",
        "--seed",
        "seed.json",
        "--snapshot",
        "state.json",
    ];
    // The second run reads the snapshot of the first.
    for start in [&saved[..], &["emulator", "--snapshot", "state.json"]] {
        let output = scene.background(&[start, &run].concat()).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        assert_eq!(output.stdout, b"acme/shop\n");
    }
    check(
        scene.run_bare("emulator --seed empty.json --run -- true"),
        str![[r#"
$ deploystatus emulator --seed empty.json --run -- true
--- stderr
error: missing repository for --run: expected one that is not archived in the seed or snapshot
--- exit 2

"#]],
    );
}

#[test]
fn printed_commands_use_a_repository_of_the_seed() {
    let scene = Scene::new();
    for (seed, repository) in [
        (r#"{"repositories": [{"name": "acme/shop"}]}"#, "acme/shop"),
        ("{}", "octocat/example"),
        (SEED, "octocat/example"),
    ] {
        scene.file("seed.json", seed);
        let mut command = scene.command("emulator --seed seed.json");
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut lines = lines.map(Result::unwrap);
        let export = lines.find(|line| line.contains("export ")).unwrap();
        let suffix = format!("GITHUB_REPOSITORY={repository}");
        assert!(export.ends_with(&suffix), "{export}");
        // Without a deployment in the seed, the next line creates one.
        let next = lines.next().unwrap();
        assert_eq!(next.contains("curl "), seed != SEED, "{next}");
        if next.contains("curl ") {
            let mut shell = std::process::Command::new("sh");
            let seeded = shell.args(["-c", &next]).status();
            assert!(seeded.unwrap().success(), "{next}");
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

#[test]
fn failed_command_of_the_emulator_is_explained() {
    let scene = Scene::new();
    scene.file("seed.json", SEED);
    let script = "deploystatus create failure --description Broken --quiet >/dev/null
        deploystatus get 7 >/dev/null 2>&1
        exit 9";
    let mut arguments = vec!["emulator", "--seed", "seed.json", "--run", "--"];
    arguments.extend(["sh", "-c", script]);
    let output = scene.background(&arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(9));
    let errors = String::from_utf8(output.stderr).unwrap();
    let id = errors.split("/deployments/").nth(1).unwrap();
    let id = id.split('/').next().unwrap();
    check(
        errors.replace(id, "ID"),
        str![[r#"
The emulator received 2 requests
  POST /repos/octocat/example/deployments/ID/statuses: 201 {"description":"Broken","state":"failure"}
  GET /repos/octocat/example/deployments/ID/statuses/7: 404
Statuses of deployment ID of octocat/example: failure

"#]],
    );
}

#[test]
fn unknown_command_of_the_emulator_exits_with_127() {
    let scene = Scene::new();
    check(
        scene.run_bare("emulator --run -- ./missing"),
        str![[r#"
$ deploystatus emulator --run -- ./missing
--- stderr
error: cannot start ./missing: No such file or directory
--- exit 127

"#]],
    );
    check(
        scene.run_bare("emulator --run"),
        str![[r#"
$ deploystatus emulator --run
--- stderr
error: the following required arguments were not provided:
  <COMMAND>...

Usage: deploystatus emulator --run -- <COMMAND>...

For more information, try '--help'.
--- exit 2

"#]],
    );
    check(
        scene.run_bare("emulator -- true"),
        str![[r#"
$ deploystatus emulator -- true
--- stderr
error: the following required arguments were not provided:
  --run

Usage: deploystatus emulator --run -- <COMMAND>...

For more information, try '--help'.
--- exit 2

"#]],
    );
}

#[test]
fn signals_reach_the_command_of_the_emulator() {
    let scene = Scene::new();
    let script = "trap 'exit 4' TERM; echo ready; while :; do sleep 0.1; done";
    let mut running =
        Running::start(scene.background(&["emulator", "--run", "--", "sh", "-c", script]));
    assert_eq!(running.line(), "ready");
    running.send(Signal::SIGTERM);
    assert_eq!(running.code(), 4);
}
