//! Every way to fail, what it says, and how it ends.

use deploystatus_emulator::{Fault, Operation, RetryAfter, Token};
use serde_json::json;
use snapbox::{assert_data_eq, str};

use crate::world::World;

#[test]
fn what_does_not_exist_is_rejected() {
    let world = World::new();
    assert_data_eq!(world.run("get 7"), str![]);
    assert_data_eq!(world.run("list --deployment 7"), str![]);
    assert_data_eq!(world.run("timeline --deployment 7"), str![]);
    assert_data_eq!(world.run("create success --deployment 7"), str![]);
}

#[test]
fn what_the_server_refuses_is_rejected() {
    let world = World::new();
    let errors = json!({"message": "Validation Failed", "errors": [
        {"resource": "DeploymentStatus", "code": "custom", "field": "description", "message": "description is odd"}
    ]});
    world.github.fault(Fault::status(422).body(errors));
    assert_data_eq!(world.run("create success"), str![]);
    world
        .github
        .fault(Fault::status(422).body(json!({"message": "Validation Failed"})));
    assert_data_eq!(world.run("create success"), str![]);
    world
        .github
        .fault(Fault::status(410).body(json!({"message": "This version is retired"})));
    assert_data_eq!(world.run("latest"), str![]);
}

#[test]
fn an_archived_repository_is_a_rejection() {
    let world = World::new();
    world
        .github
        .archive_repository("octocat/example", true)
        .unwrap();
    assert_data_eq!(world.run("create success"), str![]);
}

#[test]
fn a_wrong_token_is_not_allowed() {
    let world = World::new();
    world.github.add_token(Token::classic("another"));
    assert_data_eq!(world.run("latest"), str![]);
    assert_data_eq!(world.run("latest --json"), str![]);
}

#[test]
fn a_missing_permission_is_named_with_the_lines_to_add() {
    let world = World::new();
    let token = Token::actions("secret-token").permission("deployments", "read");
    world.github.add_token(token);
    assert_data_eq!(world.run("create success"), str![]);
}

#[test]
fn a_rate_limit_that_takes_too_long_says_until_when() {
    let world = World::new();
    let limit = Fault::secondary_limit(RetryAfter::Seconds(3600));
    world.github.fault(limit.clone());
    assert_data_eq!(world.run("latest"), str![]);
    world.github.fault(limit);
    assert_data_eq!(world.run("wait --timeout 1m --jsonl"), str![]);
}

#[test]
fn a_server_that_fails_again_and_again_is_no_answer() {
    let world = World::new();
    world.github.fault(Fault::status(503).times(5));
    assert_data_eq!(world.run("latest"), str![]);
}

#[test]
fn a_server_that_is_not_there_is_no_answer() {
    let world = World::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = listener.local_addr().unwrap();
    drop(listener);
    let said = world.run(&format!("latest --api-url http://{closed}"));
    assert_data_eq!(said.replace(&closed.to_string(), "closed"), str![]);
}

#[test]
fn an_answer_that_is_not_githubs_is_no_answer() {
    let world = World::new();
    world.github.fault(Fault::html(200).times(5));
    assert_data_eq!(world.run("latest"), str![]);
}

#[test]
fn a_redirect_to_another_server_is_not_followed() {
    let world = World::new();
    let elsewhere = "https://elsewhere.example.com/statuses";
    world
        .github
        .fault(Fault::status(301).header("location", elsewhere));
    assert_data_eq!(world.run("latest"), str![]);
}

#[test]
fn a_status_that_may_be_there_is_an_outcome_unknown() {
    let world = World::new();
    world
        .github
        .fault(Fault::status(502).after_work().on(Operation::CreateStatus));
    world
        .github
        .fault(Fault::status(403).on(Operation::ListStatuses));
    assert_data_eq!(world.run("create success"), str![]);
}

#[test]
fn usage_is_explained_in_json_too() {
    let world = World::new();
    assert_data_eq!(world.run_bare("create --json"), str![]);
    assert_data_eq!(world.run_bare("frobnicate"), str![]);
    assert_data_eq!(world.run_bare("list --limit 0"), str![]);
    assert_data_eq!(world.run_bare("list --limit 3 --all"), str![]);
    assert_data_eq!(world.run_bare("latest --json --jsonl"), str![]);
    assert_data_eq!(world.run_bare("wait --timeout soon"), str![]);
}

#[test]
fn the_token_is_never_told() {
    let world = World::new();
    let traced = world.output("create success --deployment 42 -vvv");
    let text = String::from_utf8(traced.stderr).unwrap();
    assert!(text.contains("create"), "{text}");
    assert!(!text.contains("secret-token"), "{text}");
}
