//! Every way to fail, what it says, and how it ends.

use deploystatus_emulator::{Fault, Operation, RetryAfter, Token};
use serde_json::json;
use snapbox::str;

use crate::world::{World, check};

#[test]
fn what_does_not_exist_is_rejected() {
    let world = World::new();
    check(
        world.run("get 7"),
        str![[r#"
$ deploystatus get 7
--- stderr
error: failed to read the status: the server answered 404 Not Found, "Not Found" (request ID)
It does not exist, or the token may not read it; GitHub says 404 for both. Check the repository and the ids.
--- exit 3

"#]],
    );
    check(
        world.run("list --deployment 7"),
        str![[r#"
$ deploystatus list --deployment 7
--- stderr
error: failed to list the statuses: the server answered 404 Not Found, "Not Found" (request ID)
It does not exist, or the token may not read it; GitHub says 404 for both. Check the repository and the ids.
--- exit 3

"#]],
    );
    check(
        world.run("timeline --deployment 7"),
        str![[r#"
$ deploystatus timeline --deployment 7
--- stderr
error: failed to read the timeline: the server answered 404 Not Found, "Not Found" (request ID)
It does not exist, or the token may not read it; GitHub says 404 for both. Check the repository and the ids.
--- exit 3

"#]],
    );
    check(
        world.run("create success --deployment 7"),
        str![[r#"
$ deploystatus create success --deployment 7
--- stderr
error: failed to report the status: the server answered 404 Not Found, "Not Found" (request ID)
The deployment does not exist, or the token may not write to it; GitHub says 404 for both. Check the repository and the id, and that the token has `deployments=write` (classic tokens: repo_deployment).
--- exit 3

"#]],
    );
}

#[test]
fn what_the_server_refuses_is_rejected() {
    let world = World::new();
    let errors = json!({"message": "Validation Failed", "errors": [
        {"resource": "DeploymentStatus", "code": "custom", "field": "description", "message": "description is odd"}
    ]});
    world.github.fault(Fault::status(422).body(errors));
    check(
        world.run("create success"),
        str![[r#"
$ deploystatus create success
--- stderr
error: failed to report the status: the server answered 422 Unprocessable Entity, "Validation Failed": description is odd (request ID)
--- exit 3

"#]],
    );
    world
        .github
        .fault(Fault::status(422).body(json!({"message": "Validation Failed"})));
    check(
        world.run("create success"),
        str![[r#"
$ deploystatus create success
--- stderr
error: failed to report the status: the server answered 422 Unprocessable Entity, "Validation Failed" (request ID)
Enterprise Servers before 3.3 need previews for some states; `deploystatus doctor` tells what it is.
--- exit 3

"#]],
    );
    world
        .github
        .fault(Fault::status(410).body(json!({"message": "This version is retired"})));
    check(
        world.run("latest"),
        str![[r#"
$ deploystatus latest
--- stderr
error: failed to read the newest status: the server answered 410 Gone, "This version is retired" (request ID)
The server does not know the API version that was asked for; `deploystatus doctor` tells what it is.
--- exit 3

"#]],
    );
}

#[test]
fn an_archived_repository_is_a_rejection() {
    let world = World::new();
    world.github.archive_repository("octocat/example").unwrap();
    check(
        world.run("create success"),
        str![[r#"
$ deploystatus create success
--- stderr
error: failed to report the status: the server answered 403 Forbidden, "Repository was archived so is read-only." (request ID)
The repository is archived and takes no statuses: unarchive it or stop reporting.
--- exit 3

"#]],
    );
}

#[test]
fn a_wrong_token_is_not_allowed() {
    let world = World::new();
    world.github.add_token(Token::classic("another"));
    check(
        world.run("latest"),
        str![[r#"
$ deploystatus latest
--- stderr
error: failed to read the newest status: the server answered 401 Unauthorized, "Bad credentials" (request ID)
The token is wrong, revoked or expired: give a fresh one in GITHUB_TOKEN or GH_TOKEN, or as --token-file.
--- exit 4

"#]],
    );
    check(
        world.run("latest --json"),
        str![[r#"
$ deploystatus latest --json
--- stderr
{"error":"not_allowed","status":401,"message":"failed to read the newest status: the server answered 401 Unauthorized, \"Bad credentials\" (request ID)","hint":"The token is wrong, revoked or expired: give a fresh one in GITHUB_TOKEN or GH_TOKEN, or as --token-file.","request_id":"C002:10002:0200002:0400002:6955B900"}
--- exit 4

"#]],
    );
}

#[test]
fn a_missing_permission_is_named_with_the_lines_to_add() {
    let world = World::new();
    let token = Token::actions("secret-token").permission("deployments", "read");
    world.github.add_token(token);
    check(
        world.run("create success"),
        str![[r#"
$ deploystatus create success
--- stderr
error: failed to report the status: the server answered 403 Forbidden, "Resource not accessible by integration" (request ID)
The token lacks `deployments=write`. In a workflow, add these lines to the job or the file:
permissions:
  deployments: write
For an app, add the permission in its settings and accept it for the installation. Workflows that Dependabot or a fork started get read-only tokens.
--- exit 4

"#]],
    );
}

#[test]
fn a_rate_limit_that_takes_too_long_says_until_when() {
    let world = World::new();
    let limit = Fault::secondary_limit(RetryAfter::Seconds(3600));
    world.github.fault(limit.clone());
    check(
        world.run("latest"),
        str![[r#"
$ deploystatus latest
--- stderr
error: failed to read the newest status: the server answered 403 Forbidden, "You have exceeded a secondary rate limit. Please wait a few minutes before you try again." (request ID); it asks to wait until 2026-01-01T01:00:00Z
Try again after 2026-01-01T01:00:00Z.
--- exit 5

"#]],
    );
    world.github.fault(limit);
    check(
        world.run("wait --timeout 1m --jsonl"),
        str![[r#"
$ deploystatus wait --timeout 1m --jsonl
--- stderr
waiting for deployment 42 of octocat/example
{"error":"rate_limited","status":403,"message":"failed to wait for the deployment: the server answered 403 Forbidden, \"You have exceeded a secondary rate limit. Please wait a few minutes before you try again.\" (request ID); it asks to wait until 2026-01-01T01:00:00Z","hint":"Try again after 2026-01-01T01:00:00Z.","request_id":"C002:10002:0200002:0400002:6955B900"}
--- exit 5

"#]],
    );
}

#[test]
fn a_server_that_fails_again_and_again_is_no_answer() {
    let world = World::new();
    world.github.fault(Fault::status(503).times(5));
    check(
        world.run("latest"),
        str![[r#"
$ deploystatus latest
--- stderr
error: failed to read the newest status: the server answered 503 Service Unavailable, "Server Error" (request ID)
The server has a problem of its own; https://www.githubstatus.com tells of GitHub's.
--- exit 6

"#]],
    );
}

#[test]
fn a_server_that_is_not_there_is_no_answer() {
    let world = World::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = listener.local_addr().unwrap();
    drop(listener);
    let said = world.run(&format!("latest --api-url http://{closed}"));
    check(
        said.replace(&closed.to_string(), "closed"),
        str![[r#"
$ deploystatus latest --api-url http://closed
--- stderr
error: failed to read the newest status: no connection to the server was made: error sending request: client error (Connect): tcp connect error: Connection refused
Check the API's address (--api-url or GITHUB_API_URL; an Enterprise Server's ends in /api/v3), the name resolution, and any proxy or certificate on the way.
--- exit 6

"#]],
    );
}

#[test]
fn an_answer_that_is_not_githubs_is_no_answer() {
    let world = World::new();
    world.github.fault(Fault::html(200).times(5));
    check(
        world.run("latest"),
        str![[r#"
$ deploystatus latest
--- stderr
error: failed to read the newest status: the server answered 200 with a body (text/html; charset=utf-8) that begins "Unavailable This page is taking too long" (request ID): expected value at line 1 column 1
Something that is not GitHub's API answered. Check the API's address (--api-url or GITHUB_API_URL; an Enterprise Server's ends in /api/v3), and any proxy or certificate on the way.
--- exit 6

"#]],
    );
}

#[test]
fn a_redirect_to_another_server_is_not_followed() {
    let world = World::new();
    let elsewhere = "https://elsewhere.example.com/statuses";
    world
        .github
        .fault(Fault::status(301).header("location", elsewhere));
    check(
        world.run("latest"),
        str![[r#"
$ deploystatus latest
--- stderr
error: failed to read the newest status: the server redirects to https://elsewhere.example.com/statuses, which is another server, and the token is not sent there
If the new place is right, give it as --api-url.
--- exit 6

"#]],
    );
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
    let said = world.run("create success");
    let (before, rest) = said.split_once(" since ").unwrap();
    let (_, after) = rest.split_once(": ").unwrap();
    check(
        format!("{before} since THEN: {after}"),
        str![[r#"
$ deploystatus create success
--- stderr
error: failed to report the status: the status was sent and it is unknown whether it is stored: look for `success` since THEN: the server answered 403 Forbidden, "Server Error" (request ID)
Look with `deploystatus list` for `success` before you report it again, or it may be there twice.
--- exit 8

"#]],
    );
}

#[test]
fn the_token_is_never_told() {
    let world = World::new();
    let traced = world.output("create success --deployment 42 -vvv");
    let text = String::from_utf8(traced.stderr).unwrap();
    assert!(text.contains("create"), "{text}");
    assert!(!text.contains("secret-token"), "{text}");
}
