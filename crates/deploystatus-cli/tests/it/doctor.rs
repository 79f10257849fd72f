//! The command `doctor`.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use deploystatus_emulator::{
    Emulator, Fault, Limits, NewRepository, Operation, Profile, RetryAfter, Token,
};
use serde_json::json;
use snapbox::str;

use crate::flushing;
use crate::scene::{ID, Scene};
use crate::transcript::check;

/// Replaces times, which differ from run to run.
fn without_times(transcript: &str) -> String {
    let lines = transcript.lines().map(|line| {
        let time = [" until 2", " (request "]
            .iter()
            .find_map(|it| line.split_once(it));
        match time {
            Some((before, _)) => format!("{before} …\n"),
            None => format!("{line}\n"),
        }
    });
    lines.collect()
}

#[test]
fn healthy_setup_has_no_problems() {
    let scene = Scene::real_time().statuses(&["in_progress"]);
    check(
        without_times(&scene.run("doctor")),
        str![[r#"
$ deploystatus doctor
ok       server    GitHub at http://emulator
ok       profile   github
                   Accept: application/vnd.github+json
                   X-GitHub-Api-Version: 2026-03-10
ok       token     token (from GITHUB_TOKEN), scopes: repo
ok       clock     same time as the server
ok       budget    5000 of 5000 requests left …
ok       read      deployment 42 of octocat/example is readable; its newest status is in_progress
ok       write     probably writable: the server rejected only the unknown state of a test request
--- exit 0

"#]],
    );
    let json = scene.output("doctor --json --deployment 42").stdout;
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(json["ok"], true);
    assert_eq!(json["findings"][0]["check"], "server");
    // The check stored no status.
    assert_eq!(scene.github.history(ID).len(), 1);
}

#[test]
fn read_only_token_is_reported() {
    let scene = Scene::real_time();
    scene
        .github
        .add_token(Token::actions("secret-token").permission("deployments", "read"));
    check(
        without_times(&scene.run("doctor")),
        str![[r#"
$ deploystatus doctor
ok       server    GitHub at http://emulator
ok       profile   github
                   Accept: application/vnd.github+json
                   X-GitHub-Api-Version: 2026-03-10
ok       token     token (from GITHUB_TOKEN)
ok       clock     same time as the server
ok       budget    5000 of 5000 requests left …
ok       read      deployment 42 of octocat/example is readable; it has no status
problem  write     the token is not allowed to write: Resource not accessible by integration
                   In a workflow, add these lines to the job or the file:
                     permissions:
                       deployments: write
                   For an app, add the permission `deployments: write` and accept it for the installation.
--- exit 4

"#]],
    );
    assert_eq!(scene.github.history(ID).len(), 0);
}

#[test]
fn invalid_token_is_reported() {
    let scene = Scene::real_time();
    scene.github.add_token(Token::classic("another"));
    check(
        without_times(&scene.run("doctor")),
        str![[r#"
$ deploystatus doctor
ok       server    GitHub at http://emulator
ok       profile   github
                   Accept: application/vnd.github+json
                   X-GitHub-Api-Version: 2026-03-10
problem  token     token (from GITHUB_TOKEN) is invalid, revoked or expired
                   The token is invalid, revoked or expired. Set a new one in GITHUB_TOKEN or GH_TOKEN, or with --token-file.
ok       clock     same time as the server
ok       budget    the server reports no rate limit
problem  read      failed to read the deployment: the server responded 401 Unauthorized: "Bad credentials" …
                   The token is invalid, revoked or expired. Set a new one in GITHUB_TOKEN or GH_TOKEN, or with --token-file.
--- exit 4

"#]],
    );
}

#[test]
fn archived_repository_is_reported() {
    let scene = Scene::real_time();
    scene.github.archive_repository("octocat/example").unwrap();
    let transcript = scene.run("doctor");
    assert!(
        transcript.contains("problem  write     the repository is archived"),
        "{transcript}"
    );
    assert!(transcript.ends_with("--- exit 3\n"), "{transcript}");
}

#[test]
fn missing_settings_are_reported() {
    let scene = Scene::real_time()
        .unset("GITHUB_TOKEN")
        .unset("GITHUB_REPOSITORY");
    check(
        without_times(&scene.run_bare("doctor")),
        str![[r#"
$ deploystatus doctor
ok       server    GitHub at http://emulator
ok       profile   github
                   Accept: application/vnd.github+json
                   X-GitHub-Api-Version: 2026-03-10
ok       clock     same time as the server
ok       budget    60 of 60 requests left …
problem  settings  missing repository; use --repo OWNER/NAME or set GITHUB_REPOSITORY
                   missing deployment; use --deployment ID or set DEPLOYSTATUS_DEPLOYMENT
                   missing token; set GITHUB_TOKEN or GH_TOKEN, or use --token-file FILE (there is no flag for the token itself, because other users could see it)
--- exit 2

"#]],
    );
}

#[test]
fn wrong_clock_is_reported() {
    let transcript = Scene::new().run("doctor");
    assert!(
        transcript.contains("warning  clock     this machine is "),
        "{transcript}"
    );
    assert!(transcript.contains(" ahead of the server"), "{transcript}");
}

#[test]
fn unreachable_server_is_reported() {
    let scene = Scene::real_time();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = listener.local_addr().unwrap().to_string();
    drop(listener);
    let transcript = scene.run(&format!("doctor --api-url http://{closed}"));
    check(
        transcript.replace(&closed, "closed"),
        str![[r#"
$ deploystatus doctor --api-url http://closed
problem  server    no response from http://closed: error sending request: client error (Connect): tcp connect error: Connection refused
                   Check the API URL, name resolution, proxies and certificates.
--- exit 6

"#]],
    );
}

#[test]
fn foreign_server_is_reported() {
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
    let transcript = Scene::real_time().run(&format!("doctor --api-url http://{address}"));
    server.join().unwrap();
    check(
        transcript.replace(&address, "other"),
        str![[r#"
$ deploystatus doctor --api-url http://other
problem  server    http://other is not GitHub's API (it responded 200)
                   Check the API URL (on Enterprise Server it ends in /api/v3) and proxies.
--- exit 6

"#]],
    );
}

#[test]
fn first_headers_for_enterprise_server_are_shown() {
    let scene = Scene::with(Emulator::builder().profile(Profile::enterprise(3, 12).unwrap()));
    let url = format!("{}/api/v3", scene.github.url());
    let transcript = scene.run(&format!("doctor --api-url {url}"));
    let profile = "ok       profile   ghes 3.12
                   Accept: application/vnd.github+json
                   X-GitHub-Api-Version: 2022-11-28
                   Before the first response: ghes with the previews ant-man and flash
";
    assert!(transcript.contains(profile), "{transcript}");
}

#[test]
fn exhausted_rate_limit_is_reported() {
    let scene = Scene::with(Emulator::builder().limits(Limits::github()));
    let limited = Fault::status(200)
        .header("x-ratelimit-limit", "5000")
        .header("x-ratelimit-remaining", "0")
        .header("x-ratelimit-reset", "4102444800")
        .header("x-github-request-id", "A1");
    scene.github.fault(limited);
    let transcript = scene.run("doctor");
    let expected = "problem  budget    0 of 5000 requests left until 2100-01-01T00:00:00Z";
    assert!(transcript.contains(expected), "{transcript}");
}

#[test]
fn unreadable_repository_is_not_written() {
    let scene = Scene::real_time();
    let new = NewRepository::new("octocat/private").private();
    scene.github.create_repository(new).unwrap();
    scene.github.add_token(Token::fine_grained("secret-token"));
    let transcript = scene.run("doctor --repo octocat/private");
    assert!(transcript.contains("problem  read "), "{transcript}");
}

#[test]
fn exceeded_rate_limit_is_a_problem() {
    let scene = Scene::real_time();
    let limit = Fault::secondary_limit(RetryAfter::Seconds(3600));
    scene.github.fault(limit.times(10));
    let transcript = scene.run("doctor");
    let expected = "problem  token     token (from GITHUB_TOKEN) is rate-limited";
    assert!(transcript.contains(expected), "{transcript}");
    assert!(transcript.ends_with("--- exit 5\n"), "{transcript}");
}

#[test]
fn rate_limits_and_server_errors_are_problems() {
    let limited = json!({ "message": "Too Many Requests" });
    let abuse = json!({ "message": "You have triggered an abuse detection mechanism." });
    let retry = |fault: Fault| fault.header("retry-after", "3600");
    for (fault, problem, code) in [
        (retry(Fault::status(429).body(limited)), "token", 5),
        (retry(Fault::status(403).body(abuse)), "token", 5),
        (Fault::status(502), "server", 6),
        (Fault::status(503).on(Operation::CreateStatus), "write", 6),
    ] {
        let scene = Scene::real_time();
        scene.github.fault(fault.times(1000));
        let transcript = scene.run("doctor");
        let expected = format!("problem  {problem:8}");
        assert!(transcript.contains(&expected), "{transcript}");
        assert!(!transcript.contains(&format!("ok       {problem}")));
        let exit = format!("--- exit {code}\n");
        assert!(transcript.ends_with(&exit), "{transcript}");
        let is_limited = code == 5;
        assert_eq!(
            transcript.contains("a wait of 1h 00m"),
            is_limited,
            "{transcript}"
        );
        assert!(
            !transcript.contains("no rate limit") || !is_limited,
            "{transcript}"
        );
    }
}

#[test]
fn workflow_token_starts_no_workflows() {
    let token = "ghs_0123456789abcdefghij";
    let scene = || Scene::real_time().unset("GITHUB_TOKEN");
    for (scene, is_of_workflow) in [
        (scene().set("GITHUB_TOKEN", token), true),
        (
            scene().set("GH_TOKEN", token).set("GITHUB_ACTIONS", "true"),
            true,
        ),
        (scene().set("GH_TOKEN", token), false),
    ] {
        scene.github.add_token(Token::actions(token));
        let transcript = scene.run("doctor");
        let is_reported = transcript.contains("start no workflows");
        assert_eq!(is_reported, is_of_workflow, "{transcript}");
    }
    let scene = scene().set("GITHUB_TOKEN", token);
    scene.github.add_token(Token::actions(token));
    scene.file("token", token);
    let transcript = scene.run("doctor --token-file token");
    assert!(transcript.contains("start no workflows"), "{transcript}");
}

#[test]
fn unsent_reports_are_counted() {
    let scene = flushing::scene();
    let home = scene.home.path();
    std::fs::rename(home.join("outbox"), home.join("my outbox")).unwrap();
    let transcript = scene.run("doctor --outbox 'my outbox'");
    let expected = "Send them with `deploystatus flush --outbox 'my outbox'`.";
    assert!(transcript.contains(expected), "{transcript}");
}

#[test]
fn named_outbox_is_checked() {
    let scene = Scene::real_time();
    let transcript = scene.run("doctor --outbox nowhere");
    assert!(transcript.contains("no outbox at nowhere"), "{transcript}");
}

#[test]
fn echoed_tokens_are_removed() {
    let token = "ghp_tok123456";
    let scene = Scene::real_time().set("GITHUB_TOKEN", token);
    for code in [200, 403, 404, 422, 429, 502] {
        scene.github.clear_faults();
        let echo = format!("for {token}!");
        let names = [
            "x-oauth-scopes",
            "github-authentication-token-expiration",
            "x-github-enterprise-version",
            "x-github-request-id",
            "retry-after",
            "date",
        ];
        let fault = Fault::status(code).body(json!({ "message": echo }));
        let fault = names
            .iter()
            .fold(fault, |fault, name| fault.header(*name, &echo));
        scene.github.fault(fault.times(1000));
        for format in ["", " --json", " -vv"] {
            let output = scene.output(&format!("doctor --timeout 1s --deployment 42{format}"));
            let text = format!("{output:?}");
            assert!(!text.contains(token), "{code}{format}: {text}");
        }
    }
}
