//! emulator and demo.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use snapbox::str;

use crate::world::{World, check};

/// An emulator in a process of its own.
struct Served {
    child: Child,
    url: String,
}

impl Served {
    fn start(world: &World, line: &str) -> Self {
        let mut child = world
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

    /// Tells it to stop, and waits until it has.
    fn stop(mut self, signal: &str) {
        let told = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status();
        assert!(told.unwrap().success());
        assert!(self.child.wait().unwrap().success());
    }
}

const SEED: &str = r#"{
    "repositories": [{"name": "octocat/example"}],
    "deployments": [{"repository": "octocat/example", "id": 7, "ref": "main", "statuses": [{"state": "queued"}]}]
}"#;

#[test]
fn an_emulator_serves_until_it_is_told_to_stop_and_remembers() {
    let world = World::new();
    world.file("seed.json", SEED);
    let line = "emulator --seed seed.json --snapshot state.json";
    let first = Served::start(&world, line);
    let created = world.output(&format!(
        "create success --deployment 7 --api-url {}",
        first.url
    ));
    assert!(created.status.success());
    first.stop("-TERM");
    let second = Served::start(&world, line);
    let listed = world.output(&format!(
        "list --jsonl --deployment 7 --api-url {}",
        second.url
    ));
    assert_eq!(String::from_utf8(listed.stdout).unwrap().lines().count(), 2);
    second.stop("-INT");
}

#[test]
fn an_emulator_is_the_server_it_is_told_to_be() {
    let world = World::new();
    world.file("seed.json", SEED);
    let served = Served::start(
        &world,
        "emulator --profile ghes:2.20 --seed seed.json --limits",
    );
    assert!(served.url.ends_with("/api/v3"), "{}", served.url);
    let there = format!("--deployment 7 --api-url {}", served.url);
    let created = world.output(&format!("create in_progress --auto-inactive false {there}"));
    assert!(created.status.success());
    let said = world.output(&format!("doctor {there}"));
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.contains("GitHub Enterprise Server 2.20.0"), "{said}");
    assert!(said.contains("needs previews"), "{said}");
    served.stop("-TERM");
}

#[test]
fn an_emulator_that_cannot_start_says_why() {
    let world = World::new();
    let port = world.github.address().port();
    let said = world.run_bare(&format!("emulator --port {port}"));
    check(
        said.replace(&port.to_string(), "PORT"),
        str![[r#"
$ deploystatus emulator --port PORT
--- stderr
error: cannot listen on 127.0.0.1:PORT: Address already in use
--- exit 2

"#]],
    );
    world.file("seed.json", "{\"repositories\": 7}");
    check(
        world.run_bare("emulator --seed seed.json"),
        str![[r#"
$ deploystatus emulator --seed seed.json
--- stderr
error: invalid seed (from seed.json): invalid type: integer `7`, expected a sequence at line 1 column 18
--- exit 2

"#]],
    );
    check(
        world.run_bare("emulator --seed missing.json --json"),
        str![[r#"
$ deploystatus emulator --seed missing.json --json
--- stderr
{"error":"usage","status":null,"message":"invalid seed (from missing.json): No such file or directory","hint":null,"request_id":null}
--- exit 2

"#]],
    );
    world.file("state.json", "nonsense");
    check(
        world.run_bare("emulator --snapshot state.json"),
        str![[r#"
$ deploystatus emulator --snapshot state.json
--- stderr
error: cannot read snapshot state.json: expected ident at line 1 column 2; the file was left unchanged
--- exit 2

"#]],
    );
    check(
        world.run_bare("emulator --profile ghes:9.9"),
        str![[r#"
$ deploystatus emulator --profile ghes:9.9
--- stderr
error: invalid value 'ghes:9.9' for '--profile <PROFILE>': unknown profile "ghes:9.9": expected github, ghes:2.18 to ghes:2.22, or ghes:3.0 to ghes:3.22

For more information, try '--help'.
--- exit 2

"#]],
    );
    check(
        world.run_bare("emulator --webhook https://example.com"),
        str![[r#"
$ deploystatus emulator --webhook https://example.com
--- stderr
error: invalid webhook URL "https://example.com": expected http://HOST[:PORT]/PATH
--- exit 2

"#]],
    );
    check(
        world.run_bare("emulator --webhook-secret s"),
        str![[r#"
$ deploystatus emulator --webhook-secret s
--- stderr
error: the following required arguments were not provided:
  --webhook <URL>

Usage: deploystatus emulator --webhook <URL> --webhook-secret <S>

For more information, try '--help'.
--- exit 2

"#]],
    );
}

#[test]
fn the_demo_tells_the_whole_story() {
    let world = World::new().unset("GITHUB_API_URL").unset("GITHUB_TOKEN");
    check(
        world.run_bare("demo"),
        str![[r#"
$ deploystatus demo
An emulated GitHub runs inside this process; its clock is moved by hand.

Deployment 4400000001 of octocat/example to staging: v1
  queued: stored as status 5000000001
  in_progress: stored as status 5000000002
  success: stored as status 5000000003
Deployment 4400000002 of octocat/example to staging: v2
  queued: stored as status 5000000004
  in_progress: stored as status 5000000005
  GitHub is about to do what it is asked for, and to answer 502 all the same.
  success: the answer was lost; found as status 5000000006, and not sent again

The success of v2 retired v1, as GitHub does unless told not to (--auto-inactive false).

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
--- exit 0

"#]],
    );
    let json = world.output("demo --json").stdout;
    let timelines: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(timelines[0]["live"], false);
    assert_eq!(timelines[1]["live"], true);
}
