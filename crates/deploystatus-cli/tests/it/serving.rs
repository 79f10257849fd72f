//! emulator and demo.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use snapbox::{assert_data_eq, str};

use crate::world::World;

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
    let said = world.output(&format!("doctor --deployment 7 --api-url {}", served.url));
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
    assert_data_eq!(said.replace(&port.to_string(), "PORT"), str![]);
    world.file("seed.json", "{\"repositories\": 7}");
    assert_data_eq!(world.run_bare("emulator --seed seed.json"), str![]);
    assert_data_eq!(
        world.run_bare("emulator --seed missing.json --json"),
        str![]
    );
    world.file("state.json", "nonsense");
    assert_data_eq!(world.run_bare("emulator --snapshot state.json"), str![]);
    assert_data_eq!(world.run_bare("emulator --profile ghes:9.9"), str![]);
    assert_data_eq!(
        world.run_bare("emulator --webhook https://example.com"),
        str![]
    );
    assert_data_eq!(world.run_bare("emulator --webhook-secret s"), str![]);
}

#[test]
fn the_demo_tells_the_whole_story() {
    let world = World::new().unset("GITHUB_API_URL").unset("GITHUB_TOKEN");
    assert_data_eq!(world.run_bare("demo"), str![]);
    let json = world.output("demo --json").stdout;
    let timelines: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(timelines[0]["live"], false);
    assert_eq!(timelines[1]["live"], true);
}
