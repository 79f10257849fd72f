//! The commands `emulator` and `demo`.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use snapbox::str;

use crate::scene::Scene;
use crate::transcript::check;

/// An emulator in its own process.
pub(crate) struct Served {
    child: Child,
    pub(crate) url: String,
}

impl Served {
    pub(crate) fn start(scene: &Scene, line: &str) -> Self {
        let mut child = scene
            .command(line)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut url)
            .unwrap();
        let url = url.trim().to_owned();
        Self { child, url }
    }

    /// Returns the memory of the process in kilobytes.
    #[cfg(target_os = "linux")]
    pub(crate) fn memory(&self) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).unwrap();
        let line = status.lines().find(|line| line.starts_with("RssAnon:"));
        line.unwrap()
            .split_whitespace()
            .nth(1)
            .unwrap()
            .parse()
            .unwrap()
    }

    /// Sends a signal and waits for the end.
    pub(crate) fn stop(mut self, signal: Signal) {
        let id = Pid::from_raw(self.child.id().try_into().unwrap());
        kill(id, signal).unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

pub(crate) const SEED: &str = r#"{
    "repositories": [{"name": "octocat/example"}],
    "deployments": [{"repository": "octocat/example", "id": 7, "ref": "main", "statuses": [{"state": "queued"}]}]
}"#;

#[test]
fn snapshot_survives_a_restart() {
    let scene = Scene::new();
    scene.file("seed.json", SEED);
    let line = "emulator --seed seed.json --snapshot state.json";
    let first = Served::start(&scene, line);
    let created = scene.output(&format!(
        "create success --deployment 7 --api-url {}",
        first.url
    ));
    assert!(created.status.success());
    first.stop(Signal::SIGTERM);
    let second = Served::start(&scene, line);
    let listed = scene.output(&format!(
        "list --jsonl --deployment 7 --api-url {}",
        second.url
    ));
    assert_eq!(String::from_utf8(listed.stdout).unwrap().lines().count(), 2);
    second.stop(Signal::SIGINT);
}

#[test]
fn profile_selects_the_server_version() {
    let scene = Scene::new();
    scene.file("seed.json", SEED);
    let served = Served::start(
        &scene,
        "emulator --profile ghes:2.20 --seed seed.json --limits",
    );
    assert!(served.url.ends_with("/api/v3"), "{}", served.url);
    let there = format!("--deployment 7 --api-url {}", served.url);
    let created = scene.output(&format!("create in_progress --auto-inactive false {there}"));
    assert!(created.status.success());
    let transcript = scene.output(&format!("doctor {there}"));
    let transcript = String::from_utf8(transcript.stdout).unwrap();
    assert!(
        transcript.contains("GitHub Enterprise Server 2.20.0"),
        "{transcript}"
    );
    assert!(
        transcript.contains("ghes 2.20 with the previews ant-man and flash"),
        "{transcript}"
    );
    let flash = "application/vnd.github.flash-preview+json\n";
    assert!(transcript.contains(flash), "{transcript}");
    let version = "X-GitHub-Api-Version: not sent\n";
    assert!(transcript.contains(version), "{transcript}");
    served.stop(Signal::SIGTERM);
}

#[test]
fn emulator_start_errors_are_explained() {
    let scene = Scene::new();
    let port = scene.github.address().port();
    let transcript = scene.run_bare(&format!("emulator --port {port}"));
    check(
        transcript.replace(&port.to_string(), "PORT"),
        str![[r#"
$ deploystatus emulator --port PORT
--- stderr
error: cannot listen on 127.0.0.1:PORT: Address already in use
--- exit 2

"#]],
    );
    scene.file("seed.json", "{\"repositories\": 7}");
    check(
        scene.run_bare("emulator --seed seed.json"),
        str![[r#"
$ deploystatus emulator --seed seed.json
--- stderr
error: invalid seed (from seed.json): invalid type: integer `7`, expected a sequence at line 1 column 18
--- exit 2

"#]],
    );
    check(
        scene.run_bare("emulator --seed missing.json --json"),
        str![[r#"
$ deploystatus emulator --seed missing.json --json
--- stderr
{"error":"usage","status":null,"message":"invalid seed (from missing.json): No such file or directory","help":null,"request_id":null}
--- exit 2

"#]],
    );
    scene.file("state.json", "nonsense");
    check(
        scene.run_bare("emulator --snapshot state.json"),
        str![[r#"
$ deploystatus emulator --snapshot state.json
--- stderr
error: cannot read snapshot state.json: expected ident at line 1 column 2; the file was left unchanged
--- exit 2

"#]],
    );
    check(
        scene.run_bare("emulator --profile ghes:9.9"),
        str![[r#"
$ deploystatus emulator --profile ghes:9.9
--- stderr
error: invalid value 'ghes:9.9' for '--profile <PROFILE>': expected github, ghes:2.18 to ghes:2.22, or ghes:3.0 to ghes:3.22

For more information, try '--help'.
--- exit 2

"#]],
    );
    check(
        scene.run_bare("emulator --webhook https://example.com"),
        str![[r#"
$ deploystatus emulator --webhook https://example.com
--- stderr
error: invalid webhook URL "https://example.com": expected http://HOST[:PORT]/PATH
--- exit 2

"#]],
    );
    check(
        scene.run_bare("emulator --webhook-secret s"),
        str![[r#"
$ deploystatus emulator --webhook-secret s
--- stderr
error: the following required arguments were not provided:
  --webhook <URL>

Usage: deploystatus emulator --webhook <URL> --webhook-secret <SECRET> [-- <COMMAND>...]

For more information, try '--help'.
--- exit 2

"#]],
    );
}

#[test]
fn demo_shows_two_deployments() {
    let scene = Scene::new().unset("GITHUB_API_URL").unset("GITHUB_TOKEN");
    check(
        scene.run_bare("demo"),
        str![[r#"
$ deploystatus demo
A GitHub emulator runs in this process; the tour advances its clock.

Deployment 4400000001 of octocat/example to staging: v1
  queued: stored as status 5000000001
  in_progress: stored as status 5000000002
  success: stored as status 5000000003
Deployment 4400000002 of octocat/example to staging: v2
  queued: stored as status 5000000004
  in_progress: stored as status 5000000005
  The server will store the next status and respond 502.
  success: response lost; found as status 5000000006 and not sent again

The success of v2 made v1 inactive (--auto-inactive false prevents this).

Deployment 4400000001, v1: 4 statuses on the server
SINCE                 STATE        LASTED   BY       DESCRIPTION
2026-01-01T00:00:00Z  queued       1m 00s   octocat
2026-01-01T00:01:00Z  in_progress  4m 00s   octocat  Copying files
2026-01-01T00:05:00Z  success      59m 00s  octocat  Live
2026-01-01T01:04:00Z  inactive              octocat
not live, inactive; took 5m 00s

Deployment 4400000002, v2: 3 statuses on the server
SINCE                 STATE        LASTED  BY       DESCRIPTION
2026-01-01T01:00:00Z  queued       1m 00s  octocat
2026-01-01T01:01:00Z  in_progress  3m 00s  octocat  Copying files
2026-01-01T01:04:00Z  success              octocat  Live
live since 2026-01-01T01:04:00Z; took 4m 00s

Next steps:
  deploystatus emulator --open  # watch an emulator in the browser
  deploystatus run --help       # report the result of your deploy command
  deploystatus doctor           # check your server, token and deployment
--- exit 0

"#]],
    );
    let json = scene.output("demo --json").stdout;
    let timelines: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(timelines[0]["live"], false);
    assert_eq!(timelines[1]["live"], true);
}

#[test]
fn demo_ends_with_commands_that_exist() {
    let scene = Scene::new();
    let output = String::from_utf8(scene.output("demo").stdout).unwrap();
    for line in output.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    let (_, next_steps) = output.split_once("Next steps:\n").unwrap();
    assert_eq!(next_steps.lines().count(), 3);
    for line in next_steps.lines() {
        let (command, _) = line.split_once(" #").unwrap();
        let arguments = command.trim().strip_prefix("deploystatus ").unwrap();
        let help = scene.output(&format!("{arguments} --help"));
        assert!(help.status.success(), "{line}");
    }
}
