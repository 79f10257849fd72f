//! Where the server, the repository, the deployment and the token come from.

use snapbox::str;

use crate::world::{World, check};

fn nothing_given() -> World {
    World::new()
        .unset("GITHUB_API_URL")
        .unset("GITHUB_REPOSITORY")
        .unset("GITHUB_TOKEN")
}

#[test]
fn one_error_names_all_that_is_missing_and_all_ways_to_give_it() {
    check(
        nothing_given().run_bare("latest"),
        str![[r#"
$ deploystatus latest
--- stderr
error: no repository was given: use --repo OWNER/NAME, or set GITHUB_REPOSITORY
no deployment was given: use --deployment ID, or set GITHUB_EVENT_PATH to the file of an event that has one
no token was given: set GITHUB_TOKEN or GH_TOKEN, or use --token-file FILE (never a flag's value: others could see it)
--- exit 2

"#]],
    );
    check(
        nothing_given().run_bare("latest --json"),
        str![[r#"
$ deploystatus latest --json
--- stderr
{"error":"usage","status":null,"message":"no repository was given: use --repo OWNER/NAME, or set GITHUB_REPOSITORY\nno deployment was given: use --deployment ID, or set GITHUB_EVENT_PATH to the file of an event that has one\nno token was given: set GITHUB_TOKEN or GH_TOKEN, or use --token-file FILE (never a flag's value: others could see it)","hint":null,"request_id":null}
--- exit 2

"#]],
    );
    check(
        nothing_given().run_bare("flush --outbox ."),
        str![[r#"
$ deploystatus flush --outbox .
--- stderr
error: no token was given: set GITHUB_TOKEN or GH_TOKEN, or use --token-file FILE (never a flag's value: others could see it)
--- exit 2

"#]],
    );
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let world = World::new().set("GITHUB_TOKEN", "").set("GH_TOKEN", "");
    check(
        world.run("latest"),
        str![[r#"
$ deploystatus latest
--- stderr
error: no token was given: set GITHUB_TOKEN or GH_TOKEN, or use --token-file FILE (never a flag's value: others could see it)
--- exit 2

"#]],
    );
}

#[test]
fn flags_stand_before_or_after_the_subcommand_and_win() {
    let world = World::new()
        .statuses(&["queued"])
        .set("GITHUB_REPOSITORY", "octocat/nothing");
    let before = world.run_bare("--repo octocat/example --deployment 42 latest");
    let after = world.run_bare("latest --repo octocat/example --deployment 42");
    assert_eq!(
        before.split_once('\n').unwrap().1,
        after.split_once('\n').unwrap().1
    );
    assert!(after.ends_with("--- exit 0\n"), "{after}");
}

#[test]
fn the_deployment_is_the_one_of_the_event() {
    for event in [
        r#"{"action": "created", "deployment": {"id": 42, "ref": "main"}}"#,
        r#"{"deployment_status": {"id": 7}, "deployment": {"id": 42}, "enterprise": {"id": 1}}"#,
        r#"{"workflow_job": {"id": 7}, "deployment": {"id": 42}}"#,
        "\u{feff}{\"deployment\": {\"id\": 42}}\r\n",
    ] {
        let world = World::new().statuses(&["queued"]);
        let path = world.file("event.json", event);
        let world = world.set("GITHUB_EVENT_PATH", path.display().to_string());
        assert!(world.output("latest").status.success(), "{event}");
    }
}

/// The recorded deliveries, which are what the runner leaves in the file.
#[test]
fn recorded_events_of_github_and_enterprise_are_understood() {
    let Ok(folder) = std::env::var("DEPLOYSTATUS_WEBHOOKS") else {
        eprintln!("skipped: DEPLOYSTATUS_WEBHOOKS is not set");
        return;
    };
    let mut read = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        let Ok(event) = serde_json::from_str::<serde_json::Value>(&text) else {
            continue;
        };
        let Some(id) = event["deployment"]["id"].as_u64() else {
            continue;
        };
        let world = World::new().set("GITHUB_EVENT_PATH", path.display().to_string());
        let said = world.run_bare("create success --dry-run");
        assert!(
            said.contains(&format!("to deployment {id} of")),
            "{}: {said}",
            path.display()
        );
        read += 1;
    }
    assert!(read > 0, "no event was read");
}

#[test]
fn an_event_about_something_else_is_named() {
    let world = World::new();
    let path = world.file("event.json", r#"{"ref": "refs/heads/main"}"#);
    let world = world.set("GITHUB_EVENT_PATH", path.display().to_string());
    check(
        world.run_bare("latest"),
        str![[r#"
$ deploystatus latest
--- stderr
error: no deployment was given: use --deployment ID, or run in a workflow that a deployment started (the event at GITHUB_EVENT_PATH, /home/event.json, has no deployment.id)
--- exit 2

"#]],
    );
    let path = world.file("event.json", "{");
    let world = world.set("GITHUB_EVENT_PATH", path.display().to_string());
    check(
        world.run_bare("latest"),
        str![[r#"
$ deploystatus latest
--- stderr
error: the event at GITHUB_EVENT_PATH is not JSON: /home/event.json: EOF while parsing an object at line 1 column 1
--- exit 2

"#]],
    );
    let world = world.set("GITHUB_EVENT_PATH", "/nowhere/event.json");
    check(
        world.run_bare("latest"),
        str![[r#"
$ deploystatus latest
--- stderr
error: failed to read the event at GITHUB_EVENT_PATH, /nowhere/event.json: No such file or directory
--- exit 2

"#]],
    );
}

#[test]
fn the_token_is_taken_from_a_file_before_the_environment() {
    let world = World::new()
        .set("GITHUB_TOKEN", "wrong")
        .statuses(&["queued"]);
    world
        .github
        .add_token(deploystatus_emulator::Token::classic("from-a-file"));
    let path = world.file("token", "from-a-file\n");
    let line = format!("latest --deployment 42 --token-file {}", path.display());
    assert!(world.output(&line).status.success());
    world.file("empty", "\n");
    check(
        world.run("latest --token-file empty"),
        str![[r#"
$ deploystatus latest --token-file empty
--- stderr
error: the token file has no token in it: empty
--- exit 2

"#]],
    );
    check(
        world.run("latest --token-file missing"),
        str![[r#"
$ deploystatus latest --token-file missing
--- stderr
error: failed to read the token file missing: No such file or directory
--- exit 2

"#]],
    );
}

#[test]
fn gh_token_is_taken_when_github_token_is_not_there() {
    let world = World::new()
        .unset("GITHUB_TOKEN")
        .set("GH_TOKEN", "theirs")
        .statuses(&["queued"]);
    assert!(world.output("latest --deployment 42").status.success());
    assert_eq!(
        world.github.requests()[0].header("authorization"),
        Some("Bearer theirs")
    );
}

#[test]
fn a_token_is_not_sent_where_others_can_read_it() {
    let world = World::new();
    check(
        world.run("latest --api-url http://git.example.com"),
        str![[r#"
$ deploystatus latest --api-url http://git.example.com
--- stderr
error: failed to use what was given: the API's address (--api-url or GITHUB_API_URL) is plain http, where anybody on the way can read the token; use https, or --allow-plain-http if you must
--- exit 2

"#]],
    );
}

#[test]
fn what_cannot_be_an_address_or_a_repository_is_refused() {
    let world = World::new();
    check(
        world.run("latest --api-url somewhere"),
        str![[r#"
$ deploystatus latest --api-url somewhere
--- stderr
error: failed to use what was given: the API's address (--api-url or GITHUB_API_URL) is not an address such as https://github.example.com/api/v3: somewhere
--- exit 2

"#]],
    );
    check(
        world.run("latest --repo example"),
        str![[r#"
$ deploystatus latest --repo example
--- stderr
error: failed to use what was given: the repository (--repo or GITHUB_REPOSITORY) is written owner/repo, such as octocat/example, and not "example"
--- exit 2

"#]],
    );
    check(
        world.run("latest --deployment main"),
        str![[r#"
$ deploystatus latest --deployment main
--- stderr
error: invalid value 'main' for '--deployment <ID>': invalid digit found in string

For more information, try '--help'.
--- exit 2

"#]],
    );
}
