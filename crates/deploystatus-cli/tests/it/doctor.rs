//! doctor.

use deploystatus_emulator::{Emulator, Fault, Limits, NewRepository, Seed, Token};
use snapbox::{assert_data_eq, str};

use crate::world::{ID, World};

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
    assert_data_eq!(timeless(&world.run("doctor")), str![]);
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
    assert_data_eq!(timeless(&world.run("doctor")), str![]);
    assert_eq!(world.github.history(ID).len(), 0);
}

#[test]
fn a_token_that_is_wrong_is_found_out() {
    let world = lives_in_our_time();
    world.github.add_token(Token::classic("another"));
    assert_data_eq!(timeless(&world.run("doctor")), str![]);
}

#[test]
fn an_archived_repository_is_found_out() {
    let world = lives_in_our_time();
    world
        .github
        .archive_repository("octocat/example", true)
        .unwrap();
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
    assert_data_eq!(timeless(&world.run_bare("doctor")), str![]);
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
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = listener.local_addr().unwrap().to_string();
    drop(listener);
    let said = world.run(&format!("doctor --api-url http://{closed}"));
    assert_data_eq!(said.replace(&closed, "closed"), str![]);
}

#[test]
fn something_that_is_not_github_is_found_out() {
    let world = lives_in_our_time();
    world.github.fault(Fault::html(200));
    let said = world.run("doctor");
    assert!(said.contains("problem  server "), "{said}");
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
    let world = World::with(
        Emulator::builder()
            .seed(Seed::empty())
            .seed(Seed::default()),
    );
    let new = NewRepository::new("octocat/private").private();
    world.github.create_repository(new).unwrap();
    world.github.add_token(Token::fine_grained("secret-token"));
    let said = world.run("doctor --repo octocat/private");
    assert!(said.contains("problem  read "), "{said}");
}
