//! doctor.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use deploystatus_emulator::{Emulator, Fault, Limits, NewRepository, Token};
use snapbox::str;

use crate::world::{ID, World, check};

fn lives_in_our_time() -> World {
    World::with(Emulator::builder())
}

/// Without what differs from day to day.
fn timeless(said: &str) -> String {
    let lines = said.lines().map(|line| match line.split_once(" until 2") {
        Some((before, _)) => format!("{before} until THEN\n"),
        None => format!("{line}\n"),
    });
    lines.collect()
}

#[test]
fn all_is_well() {
    let world = lives_in_our_time().statuses(&["in_progress"]);
    check(
        timeless(&world.run("doctor")),
        str![[r#"
$ deploystatus doctor
ok       server    GitHub at http://emulator (profile github)
ok       token     a token from GITHUB_TOKEN, with the scopes repo
ok       clock     agrees with the server's
ok       budget    5000 of 5000 requests are left until THEN
ok       read      deployment 42 of octocat/example can be read; its newest status is in_progress
ok       write     can probably be written: a status with an impossible state was refused for its state alone
--- exit 0

"#]],
    );
    let json = world.output("doctor --json --deployment 42").stdout;
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(json["ok"], true);
    assert_eq!(json["findings"][0]["check"], "server");
    // Looking changed nothing.
    assert_eq!(world.github.history(ID).len(), 1);
}

#[test]
fn a_token_that_may_only_read_is_found_out() {
    let world = lives_in_our_time();
    world
        .github
        .add_token(Token::actions("secret-token").permission("deployments", "read"));
    check(
        timeless(&world.run("doctor")),
        str![[r#"
$ deploystatus doctor
ok       server    GitHub at http://emulator (profile github)
ok       token     a token from GITHUB_TOKEN
ok       clock     agrees with the server's
ok       budget    5000 of 5000 requests are left until THEN
ok       read      deployment 42 of octocat/example can be read; there is no status yet
problem  write     the token may not write: Resource not accessible by integration
                   In a workflow, add these lines to the job or the file:
                     permissions:
                       deployments: write
                   For an app, give it the permission deployments=write and accept it for the installation.
--- exit 4

"#]],
    );
    assert_eq!(world.github.history(ID).len(), 0);
}

#[test]
fn a_token_that_is_wrong_is_found_out() {
    let world = lives_in_our_time();
    world.github.add_token(Token::classic("another"));
    check(
        timeless(&world.run("doctor")),
        str![[r#"
$ deploystatus doctor
ok       server    GitHub at http://emulator (profile github)
problem  token     a token from GITHUB_TOKEN is wrong, revoked or expired
                   Give a fresh one in GITHUB_TOKEN or GH_TOKEN, or as --token-file.
ok       clock     agrees with the server's
ok       budget    the server does not say that it limits requests
problem  read      failed to read the deployment: the server answered 401 Unauthorized, "Bad credentials" (request ID)
                   The token is wrong, revoked or expired: give a fresh one in GITHUB_TOKEN or GH_TOKEN, or as --token-file.
--- exit 4

"#]],
    );
}

#[test]
fn an_archived_repository_is_found_out() {
    let world = lives_in_our_time();
    world.github.archive_repository("octocat/example").unwrap();
    let said = world.run("doctor");
    assert!(
        said.contains("problem  write     the repository is archived"),
        "{said}"
    );
    assert!(said.ends_with("--- exit 3\n"), "{said}");
}

#[test]
fn missing_pieces_are_found_out() {
    let world = lives_in_our_time()
        .unset("GITHUB_TOKEN")
        .unset("GITHUB_REPOSITORY");
    check(
        timeless(&world.run_bare("doctor")),
        str![[r#"
$ deploystatus doctor
ok       server    GitHub at http://emulator (profile github)
ok       clock     agrees with the server's
ok       budget    60 of 60 requests are left until THEN
problem  settings  no repository was given: use --repo OWNER/NAME, or set GITHUB_REPOSITORY
                   no deployment was given: use --deployment ID, or set GITHUB_EVENT_PATH to the file of an event that has one
                   no token was given: set GITHUB_TOKEN or GH_TOKEN, or use --token-file FILE (never a flag's value: others could see it)
--- exit 2

"#]],
    );
}

#[test]
fn a_clock_that_is_wrong_is_found_out() {
    let said = World::new().run("doctor");
    assert!(
        said.contains("warning  clock     this machine is "),
        "{said}"
    );
    assert!(said.contains(" ahead of the server"), "{said}");
}

#[test]
fn a_server_that_does_not_answer_is_found_out() {
    let world = lives_in_our_time();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = listener.local_addr().unwrap().to_string();
    drop(listener);
    let said = world.run(&format!("doctor --api-url http://{closed}"));
    check(
        said.replace(&closed, "closed"),
        str![[r#"
$ deploystatus doctor --api-url http://closed
problem  server    http://closed does not answer: error sending request: client error (Connect): tcp connect error: Connection refused
                   Check the address, the name resolution, and any proxy or certificate on the way.
--- exit 6

"#]],
    );
}

#[test]
fn something_that_is_not_github_is_found_out() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = BufReader::new(stream.try_clone().unwrap()).lines();
        while !head.next().unwrap().unwrap().is_empty() {}
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            .unwrap();
    });
    let said = lives_in_our_time().run(&format!("doctor --api-url http://{address}"));
    server.join().unwrap();
    check(
        said.replace(&address, "other"),
        str![[r#"
$ deploystatus doctor --api-url http://other
problem  server    http://other answers with 200, and not as GitHub's API does
                   Check the address (an Enterprise Server's ends in /api/v3) and any proxy between here and it.
--- exit 6

"#]],
    );
}

#[test]
fn a_budget_that_is_used_up_is_found_out() {
    let world = World::with(Emulator::builder().limits(Limits::github()));
    let limited = Fault::status(200)
        .header("x-ratelimit-limit", "5000")
        .header("x-ratelimit-remaining", "0")
        .header("x-ratelimit-reset", "4102444800")
        .header("x-github-request-id", "A1");
    world.github.fault(limited);
    let said = world.run("doctor");
    let told = "problem  budget    0 of 5000 requests are left until 2100-01-01T00:00:00Z";
    assert!(said.contains(told), "{said}");
}

#[test]
fn a_private_repository_is_not_written_without_its_permission() {
    let world = lives_in_our_time();
    let new = NewRepository::new("octocat/private").private();
    world.github.create_repository(new).unwrap();
    world.github.add_token(Token::fine_grained("secret-token"));
    let said = world.run("doctor --repo octocat/private");
    assert!(said.contains("problem  read "), "{said}");
}
