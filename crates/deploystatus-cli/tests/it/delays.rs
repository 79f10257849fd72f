//! Waits and time limits.

use std::net::TcpListener;
use std::process::Output;
use std::time::{Duration, Instant};

use deploystatus_emulator::{Emulator, Fault, Operation, RetryAfter, Stage};

use crate::flushing;
use crate::scene::Scene;
#[cfg(target_os = "linux")]
use crate::session::Session;

fn silent() -> Fault {
    Fault::delay(Duration::from_secs(600)).times(1000)
}

#[test]
fn rate_limit_is_announced() {
    let scene = Scene::with(Emulator::builder()).statuses(&["success"]);
    let limit = Fault::secondary_limit(RetryAfter::Seconds(6));
    scene.github.fault(limit);
    let output = scene.output("latest --deployment 42");
    assert!(output.status.success(), "{output:?}");
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("rate limited until "), "{errors}");
    assert!(errors.contains(" UTC)"), "{errors}");
}

/// Returns the lines that remain on the screen of a terminal.
#[cfg(target_os = "linux")]
fn remaining(screen: &str) -> Vec<&str> {
    let lines = screen.lines().map(|line| {
        let cleared = line.rsplit("\u{1b}[2K").next().unwrap();
        cleared.trim_matches('\r')
    });
    lines.filter(|line| !line.is_empty()).collect()
}

#[cfg(target_os = "linux")]
#[test]
fn delays_are_shown_in_the_live_line_of_a_terminal() {
    for (command, result) in [("create success", "success"), ("latest", "queued")] {
        let scene = Scene::real_time().statuses(&["queued"]);
        let limit = Fault::secondary_limit(RetryAfter::Seconds(1));
        scene.github.fault(limit.times(2));
        let line = format!("{command} --deployment 42");
        let arguments: Vec<_> = line.split(' ').collect();
        let mut session = Session::start(&scene, &scene.background(&arguments));
        let screen = session.rest();
        assert!(session.process.wait().unwrap().success(), "{screen}");
        assert!(screen.contains("attempt 3 of 5"), "{command}: {screen}");
        let remaining = remaining(&screen).join("\n");
        assert!(
            !remaining.contains("attempt") && !remaining.contains("waiting"),
            "{command}: {remaining:?}"
        );
        assert!(remaining.contains(result), "{command}: {remaining:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn terminal_shows_that_the_server_is_slow() {
    let scene = Scene::real_time().statuses(&["queued"]);
    scene.github.fault(Fault::delay(Duration::from_secs(3)));
    let latest = scene.background(&["latest", "--deployment", "42"]);
    let mut session = Session::start(&scene, &latest);
    let screen = session.rest();
    assert!(screen.contains("waiting for the server"), "{screen}");
    assert!(!remaining(&screen).join("").contains("waiting"), "{screen}");
}

#[test]
fn quiet_omits_waits() {
    let scene = Scene::new().statuses(&["success"]);
    scene.github.fault(Fault::status(503));
    let output = scene.output("latest --deployment 42 --quiet");
    assert!(output.status.success());
    assert!(output.stderr.is_empty(), "{output:?}");
}

/// Time that a command may take in addition to its time limit.
const OVERRUN: Duration = Duration::from_secs(2);

#[test]
fn time_limit_ends_every_command() {
    for (command, code) in [
        ("latest", 7),
        ("get 5000000001", 7),
        ("list", 7),
        ("list --all", 7),
        ("list --jsonl", 7),
        ("timeline", 7),
        ("doctor", 7),
        ("flush", 7),
        ("wait", 7),
        ("create success --unless-finished", 7),
        ("create success --if-changed", 7),
        ("create success", 8),
    ] {
        let scene = flushing::scene();
        scene.github.fault(silent());
        let line = format!("{command} --timeout 1s --deployment 42");
        let (elapsed, output) = timed(&scene, &line);
        assert_eq!(output.status.code(), Some(code), "{command}: {output:?}");
        let limit = Duration::from_secs(1) + OVERRUN;
        assert!(elapsed < limit, "{command}: {elapsed:?}");
    }
}

/// Runs a command and measures its time.
fn timed(scene: &Scene, line: &str) -> (Duration, Output) {
    let start = Instant::now();
    let output = scene.output(line);
    (start.elapsed(), output)
}

fn errors(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn time_limit_includes_the_summary_of_the_step() {
    for (command, code) in [("create success", 0), ("wait", 7)] {
        let scene = Scene::real_time().set("GITHUB_STEP_SUMMARY", "summary");
        let scene = scene.statuses(&["queued"]);
        let polls = u32::from(command == "wait");
        let silent = silent().skip(polls).on(Operation::ListStatuses);
        scene.github.fault(silent);
        let line = format!("{command} --timeout 1s --deployment 42");
        let (elapsed, output) = timed(&scene, &line);
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        let limit = Duration::from_secs(1) + OVERRUN;
        assert!(elapsed < limit, "{command}: {elapsed:?}");
        // The newest status needs no request.
        let summary = std::fs::read_to_string(scene.home.path().join("summary")).unwrap();
        assert!(
            summary.contains("| success") || summary.contains("| queued"),
            "{summary}"
        );
    }
}

#[test]
fn time_limit_names_the_last_failure() {
    let scene = Scene::real_time().statuses(&["queued"]);
    scene.github.fault(Fault::status(502));
    scene.github.fault(silent());
    let output = scene.output("latest --timeout 3s --deployment 42");
    assert_eq!(output.status.code(), Some(7), "{output:?}");
    let text = errors(&output);
    let expected =
        "no result within the time limit of 3s (--timeout); last delay: the server responded 502";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn creation_without_a_connection_is_no_response() {
    // The handshake of TLS never ends, because nothing reads from this listener.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let scene = Scene::real_time().set("GITHUB_API_URL", url);
    let (elapsed, output) = timed(&scene, "create success --timeout 2s --deployment 42");
    assert_eq!(output.status.code(), Some(6), "{output:?}");
    assert!(elapsed < Duration::from_secs(2) + OVERRUN, "{elapsed:?}");
    let text = errors(&output);
    assert!(!text.contains("may be stored"), "{text}");
}

#[test]
fn time_limit_starts_again_with_each_page() {
    let scene = Scene::new().statuses(&["in_progress"; 250]);
    let slow = Fault::delay(Duration::from_millis(900)).times(1000);
    scene.github.fault(slow.on(Operation::ListStatuses));
    for command in ["list --limit 249", "timeline"] {
        let output = scene.output(&format!("{command} --timeout 1s --deployment 42"));
        assert!(output.status.success(), "{command}: {output:?}");
    }
}

#[test]
fn wait_ends_on_time_although_the_server_is_silent() {
    for (answered, state) in [(0, "null"), (1, "\"queued\"")] {
        let scene = Scene::real_time().statuses(&["queued"]);
        scene.github.fault(silent().skip(answered));
        let start = Instant::now();
        let output = scene.output("wait --timeout 1s --interval 100ms --json --deployment 42");
        // A poll that starts at the end would take ten seconds.
        assert!(start.elapsed() < Duration::from_secs(7), "{output:?}");
        assert_eq!(output.status.code(), Some(7), "{output:?}");
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(document["state"].to_string(), state);
        assert_eq!(document["outcome"], "still_running");
    }
}

#[test]
fn wait_ends_with_7_during_a_rate_limit() {
    let scene = Scene::real_time().statuses(&["queued"]);
    let limit = Fault::secondary_limit(RetryAfter::Seconds(600));
    scene.github.fault(limit.times(1000).skip(1));
    let output = scene.output("wait --timeout 1m --interval 100ms --deployment 42");
    assert_eq!(output.status.code(), Some(7), "{output:?}");
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.contains("outcome      still_running"), "{printed}");
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("rate limit"), "{errors}");
    assert!(errors.contains(" of 1m 00s: cannot read"), "{errors}");
    assert!(errors.contains("required wait: 10m 00s"), "{errors}");
    assert!(!errors.contains("did not finish"), "{errors}");
}

#[test]
fn calls_are_traced_when_they_begin() {
    let scene = Scene::real_time();
    scene.github.fault(silent());
    let output = scene.output("latest -v --timeout 1s --deployment 42");
    let errors = String::from_utf8(output.stderr).unwrap();
    let begin = errors.lines().next().unwrap();
    let expected = "starting latest (GET) for deployment 42 of octocat/example at 127.0.0.1";
    assert!(begin.ends_with(expected), "{errors}");
}

#[test]
fn attempts_are_traced() {
    let scene = Scene::new().statuses(&["queued"]);
    scene.github.fault(Fault::status(502));
    scene.github.fault(Fault::close(Stage::BeforeWork));
    let text = errors(&scene.output("latest -v --deployment 42"));
    let lines = text.lines().filter(|line| line.starts_with("20"));
    let lines: Vec<_> = lines.filter_map(|line| line.split_once(' ')).collect();
    let texts: Vec<_> = lines.iter().map(|(_, text)| *text).collect();
    for (text, start) in texts.iter().zip([
        "starting latest (GET)",
        "response 502, error rejected, request ID",
        "waiting for the next attempt attempt=1",
        "repeating latest (GET) for deployment 42 of octocat/example at 127.0.0.1, attempt 2",
        "no response, error connection_lost (latest)",
        "waiting for the next attempt attempt=2",
        "repeating latest (GET) for deployment 42 of octocat/example at 127.0.0.1, attempt 3",
        "response 200, request ID",
    ]) {
        assert!(text.starts_with(start), "{texts:#?}");
    }
    assert_eq!(texts.len(), 8, "{texts:#?}");
}

#[test]
fn requests_of_doctor_are_traced() {
    let text = errors(&Scene::new().output("doctor -v --deployment 42"));
    for expected in [
        "sending GET /rate_limit",
        "starting latest (GET)",
        "sending POST /repos/octocat/example/deployments/42/statuses",
        "response 422",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
}
