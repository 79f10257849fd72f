//! Failed calls: messages and exit codes.

use deploystatus_emulator::{Clock, Emulator, Fault, Operation, Profile, RetryAfter, Token};
use serde_json::json;
use snapbox::str;

use crate::scene::Scene;
use crate::transcript::check;

#[test]
fn unknown_resources_are_rejected() {
    let scene = Scene::new();
    check(
        scene.run("get 7"),
        str![[r#"
$ deploystatus get 7
--- stderr
error: failed to read the status: the server responded 404 Not Found: "Not Found" (request ID C001:10001:0200001:0400001:6955B900)
help: Check the repository and the IDs, and that the token can read the repository: GitHub responds 404 in both cases.
--- exit 3

"#]],
    );
    check(
        scene.run("list --deployment 7"),
        str![[r#"
$ deploystatus list --deployment 7
--- stderr
error: failed to list the statuses: the server responded 404 Not Found: "Not Found" (request ID C002:10002:0200002:0400002:6955B900)
help: Check the repository and the IDs, and that the token can read the repository: GitHub responds 404 in both cases.
--- exit 3

"#]],
    );
    check(
        scene.run("timeline --deployment 7"),
        str![[r#"
$ deploystatus timeline --deployment 7
--- stderr
error: failed to read the timeline: the server responded 404 Not Found: "Not Found" (request ID C003:10003:0200003:0400003:6955B900)
help: Check the repository and the IDs, and that the token can read the repository: GitHub responds 404 in both cases.
--- exit 3

"#]],
    );
    check(
        scene.run("create success --deployment 7"),
        str![[r#"
$ deploystatus create success --deployment 7
--- stderr
error: failed to create the status: the server responded 404 Not Found: "Not Found" (request ID C004:10004:0200004:0400004:6955B900)
help: Check the repository and the deployment ID, and that the token has the permission `deployments=write` (scope repo_deployment for a classic token): GitHub responds 404 in both cases.
--- exit 3

"#]],
    );
}

#[test]
fn refusals_show_the_servers_reason() {
    let scene = Scene::new();
    let errors = json!({"message": "Validation Failed", "errors": [
        {"resource": "DeploymentStatus", "code": "custom", "field": "description", "message": "description is invalid"}
    ]});
    scene.github.fault(Fault::status(422).body(errors));
    check(
        scene.run("create success"),
        str![[r#"
$ deploystatus create success
--- stderr
error: failed to create the status: the server responded 422 Unprocessable Entity: "Validation Failed": description is invalid (request ID C001:10001:0200001:0400001:6955B900)
--- exit 3

"#]],
    );
    scene
        .github
        .fault(Fault::status(422).body(json!({"message": "Validation Failed"})));
    check(
        scene.run("create success"),
        str![[r#"
$ deploystatus create success
--- stderr
error: failed to create the status: the server responded 422 Unprocessable Entity: "Validation Failed" (request ID C002:10002:0200002:0400002:6955B900)
--- exit 3

"#]],
    );
    let old = Profile::enterprise(2, 22).unwrap();
    let old = Scene::with(Emulator::builder().clock(Clock::manual()).profile(old));
    let invalid = Fault::status(422).body(json!({"message": "Validation Failed"}));
    old.github.fault(invalid.times(2));
    let transcript = old.run("create success");
    let help = "help: Enterprise Server before 3.3 requires previews for some states.";
    assert!(transcript.contains(help), "{transcript}");
    scene
        .github
        .fault(Fault::status(410).body(json!({"message": "This version is retired"})));
    check(
        scene.run("latest"),
        str![[r#"
$ deploystatus latest
--- stderr
error: failed to read the newest status: the server responded 410 Gone: "This version is retired" (request ID C003:10003:0200003:0400003:6955B900)
help: The server does not support the API version of the request. Update deploystatus. On Enterprise Server, check that no proxy removes the header X-GitHub-Enterprise-Version.
--- exit 3

"#]],
    );
}

#[test]
fn archived_repository_is_rejected() {
    let scene = Scene::new();
    scene.github.archive_repository("octocat/example").unwrap();
    check(
        scene.run("create success"),
        str![[r#"
$ deploystatus create success
--- stderr
error: failed to create the status: the server responded 403 Forbidden: "Repository was archived so is read-only." (request ID C001:10001:0200001:0400001:6955B900)
help: Unarchive the repository, or stop reporting.
--- exit 3

"#]],
    );
}

#[test]
fn invalid_token_is_not_allowed() {
    let scene = Scene::new();
    scene.github.add_token(Token::classic("another"));
    check(
        scene.run("latest"),
        str![[r#"
$ deploystatus latest
--- stderr
error: failed to read the newest status: the server responded 401 Unauthorized: "Bad credentials" (request ID C001:10001:0200001:0400001:6955B900)
help: The token is invalid, revoked or expired. Set a new one in GITHUB_TOKEN or GH_TOKEN, or with --token-file.
--- exit 4

"#]],
    );
    check(
        scene.run("latest --json"),
        str![[r#"
$ deploystatus latest --json
--- stderr
{"error":"not_allowed","status":401,"message":"failed to read the newest status: the server responded 401 Unauthorized: \"Bad credentials\" (request ID C002:10002:0200002:0400002:6955B900)","help":"The token is invalid, revoked or expired. Set a new one in GITHUB_TOKEN or GH_TOKEN, or with --token-file.","request_id":"C002:10002:0200002:0400002:6955B900"}
--- exit 4

"#]],
    );
}

#[test]
fn missing_permission_is_explained() {
    let scene = Scene::new();
    let token = Token::actions("secret-token").permission("deployments", "read");
    scene.github.add_token(token);
    check(
        scene.run("create success"),
        str![[r#"
$ deploystatus create success
--- stderr
error: failed to create the status: the server responded 403 Forbidden: "Resource not accessible by integration" (request ID C001:10001:0200001:0400001:6955B900)
help: Add the permission `deployments=write`. In a workflow, add these lines to the job or the file:
permissions:
  deployments: write
For an app, add the permission in its settings and accept it for the installation. Workflows started by Dependabot or from a fork get read-only tokens.
--- exit 4

"#]],
    );
}

/// Replaces the time that a command has waited, which depends on the machine.
fn without_waited(transcript: &str) -> String {
    let seconds = ["0s", "1s", "2s", "3s"];
    seconds.iter().fold(transcript.to_owned(), |text, time| {
        text.replace(&format!("waited: {time}"), "waited: TIME")
    })
}

#[test]
fn long_rate_limit_names_its_end() {
    let scene = Scene::new();
    let limit = Fault::secondary_limit(RetryAfter::Seconds(3600));
    scene.github.fault(limit.clone());
    check(
        without_waited(&scene.run("latest")),
        str![[r#"
$ deploystatus latest
--- stderr
error: failed to read the newest status: the server responded 403 Forbidden: "You have exceeded a secondary rate limit. Please wait a few minutes before you try again." (request ID C001:10001:0200001:0400001:6955B900); rate limited until 2026-01-01T01:00:00Z; required wait: 1h 00m, waited: TIME
help: Try again after 2026-01-01T01:00:00Z.
--- exit 5

"#]],
    );
    scene.github.fault(limit);
    check(
        without_waited(&scene.run("wait --timeout 1m --jsonl")),
        str![[r#"
$ deploystatus wait --timeout 1m --jsonl
--- stderr
{"note":"waiting for deployment 42 of octocat/example"}
{"error":"rate_limited","status":403,"message":"failed to wait for the deployment: the server responded 403 Forbidden: \"You have exceeded a secondary rate limit. Please wait a few minutes before you try again.\" (request ID C002:10002:0200002:0400002:6955B900); rate limited until 2026-01-01T01:00:00Z; required wait: 1h 00m, waited: TIME","help":"Try again after 2026-01-01T01:00:00Z.","request_id":"C002:10002:0200002:0400002:6955B900"}
--- exit 5

"#]],
    );
}

#[test]
fn repeated_server_errors_are_no_response() {
    let scene = Scene::new();
    scene.github.fault(Fault::status(503).times(5));
    check(
        scene.run("latest"),
        str![[r#"
$ deploystatus latest
--- stderr
attempt 2 of 5 in Ns: the server responded 503 Service Unavailable: "Server Error" (request ID C001:10001:0200001:0400001:6955B900)
attempt 3 of 5 in Ns: the server responded 503 Service Unavailable: "Server Error" (request ID C002:10002:0200002:0400002:6955B900)
attempt 4 of 5 in Ns: the server responded 503 Service Unavailable: "Server Error" (request ID C003:10003:0200003:0400003:6955B900)
attempt 5 of 5 in Ns: the server responded 503 Service Unavailable: "Server Error" (request ID C004:10004:0200004:0400004:6955B900)
error: failed to read the newest status: the server responded 503 Service Unavailable: "Server Error" (request ID C005:10005:0200005:0400005:6955B900)
help: Check the status of the server; https://www.githubstatus.com shows that of github.com.
--- exit 6

"#]],
    );
}

#[test]
fn closed_port_is_no_response() {
    let scene = Scene::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = listener.local_addr().unwrap();
    drop(listener);
    let transcript = scene.run(&format!("latest --api-url http://{closed}"));
    check(
        transcript.replace(&closed.to_string(), "closed"),
        str![[r#"
$ deploystatus latest --api-url http://closed
--- stderr
attempt 2 of 5 in Ns: cannot connect to the server
attempt 3 of 5 in Ns: cannot connect to the server
attempt 4 of 5 in Ns: cannot connect to the server
attempt 5 of 5 in Ns: cannot connect to the server
error: failed to read the newest status: cannot connect to the server: error sending request: client error (Connect): tcp connect error: Connection refused
help: Check the API URL (--api-url or GITHUB_API_URL; on Enterprise Server it ends in /api/v3), name resolution, proxies and certificates.
--- exit 6

"#]],
    );
}

#[test]
fn foreign_response_is_no_response() {
    let scene = Scene::new();
    scene.github.fault(Fault::html(200).times(5));
    check(
        scene.run("latest"),
        str![[r#"
$ deploystatus latest
--- stderr
error: failed to read the newest status: the server responded 200 with a body (text/html; charset=utf-8) that starts with "Unavailable This page is taking too long" (request ID C001:10001:0200001:0400001:6955B900): expected value at line 1 column 1
help: The response is not from GitHub's API. Check the API URL (--api-url or GITHUB_API_URL; on Enterprise Server it ends in /api/v3), and proxies.
--- exit 6

"#]],
    );
}

#[test]
fn redirect_to_another_host_is_not_followed() {
    let scene = Scene::new();
    let elsewhere = "https://elsewhere.example.com/statuses";
    scene
        .github
        .fault(Fault::status(301).header("location", elsewhere));
    check(
        scene.run("latest"),
        str![[r#"
$ deploystatus latest
--- stderr
error: failed to read the newest status: redirect to another server: https://elsewhere.example.com/statuses; the token is not sent there
help: Check the API URL (--api-url or GITHUB_API_URL; on Enterprise Server it ends in /api/v3). If the server has moved, use its new URL.
--- exit 6

"#]],
    );
}

#[test]
fn unverifiable_creation_is_outcome_unknown() {
    let scene = Scene::new();
    scene
        .github
        .fault(Fault::status(502).after_work().on(Operation::CreateStatus));
    scene
        .github
        .fault(Fault::status(403).on(Operation::ListStatuses));
    let transcript = scene.run("create success");
    let (before, rest) = transcript.split_once("created after ").unwrap();
    let (_, after) = rest.split_once(')').unwrap();
    check(
        format!("{before}created after THEN){after}"),
        str![[r#"
$ deploystatus create success
--- stderr
checking for up to 10s whether the status was stored: the server responded 502 Bad Gateway: "Server Error" (request ID C001:10001:0200001:0400001:6955B900)
error: failed to create the status: lost the response after sending; the status may or may not be stored (look for state success, created after THEN); the list could not be searched to the end: the server responded 403 Forbidden: "Server Error" (request ID C002:10002:0200002:0400002:6955B900)
help: Check `deploystatus list` before you create the status again; it may be stored already.
--- exit 8

"#]],
    );
}
