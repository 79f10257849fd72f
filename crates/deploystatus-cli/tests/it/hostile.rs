//! Hostile text from servers, files and arguments, in every command and format.

use std::fs;
use std::process::Output;

use deploystatus_emulator::{Fault, Operation};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::scene::{ID, Scene};
use crate::transcript::step_outputs;

/// Texts that terminals, the runner of GitHub Actions or readers of logs could misinterpret.
const HOSTILE: [&str; 14] = [
    "\u{1b}[2J\u{1b}]0;title\u{7}",
    "##[set-output name=approved]true",
    "::add-path::/tmp",
    "\n::error::forged",
    "\r\nstate=success\r\n",
    "\u{202e}reversed\u{2066}isolated",
    "\u{200b}\u{200d}\u{2060}\u{feff}",
    "\u{2028}\u{2029}\u{85}",
    "\u{9b}31m\u{90}",
    "\u{7f}\u{8}\u{0}",
    "\u{e0041}\u{ad}\u{3164}",
    "EOF\nend_0\n",
    "\"'`$(id)\\",
    "本番環境 🚀",
];

/// Beginning of a line that only foreign text can produce.
const FORGED: &str = "forged: ";

/// Values of response headers, which cannot contain control characters.
const HEADERS: [&str; 4] = [
    "##[set-output name=approved]true",
    "::add-path::/tmp",
    "a\t##[group]",
    "x, y; \"'`$(id)\\",
];

/// Response headers that the command or the library prints.
const HEADER_NAMES: [&str; 11] = [
    "deprecation",
    "github-authentication-token-expiration",
    "link",
    "location",
    "retry-after",
    "sunset",
    "x-accepted-github-permissions",
    "x-accepted-oauth-scopes",
    "x-github-request-id",
    "x-github-sso",
    "x-oauth-scopes",
];

/// Formats of the output, with and without traces.
const FORMATS: [&str; 4] = ["", " -vv", " --json", " --jsonl -vv"];

const COMMANDS: [&str; 7] = [
    "list",
    "list --all",
    "get 5000000001",
    "latest",
    "timeline",
    "wait --timeout 0",
    "doctor",
];

fn hostile() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        3 => prop::sample::select(&HOSTILE[..]).prop_map(ToOwned::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => "[ #:\\[]{1,4}",
    ];
    prop::collection::vec(part, 1..6).prop_map(|parts| parts.concat())
}

/// Runs `test` with a few hostile texts; each runs many processes.
fn for_hostile_texts(test: impl Fn(&str)) {
    let config = Config {
        cases: 4,
        failure_persistence: None,
        ..Config::default()
    };
    let run = |text: String| {
        test(&with_forged_lines(&text));
        Ok(())
    };
    TestRunner::new(config).run(&hostile(), run).unwrap();
    test(&with_forged_lines(&HOSTILE.concat()));
}

/// Returns a text that has further lines wherever its line breaks are not escaped.
fn with_forged_lines(text: &str) -> String {
    format!("x\n{FORGED}\r\n{FORGED}\u{2028}{FORGED}{text}\n{FORGED}")
}

/// Returns a status whose texts are all hostile.
fn status(text: &str) -> Value {
    json!({
        "id": 5_000_000_001_u64,
        "state": text,
        "creator": { "login": text, "id": 1 },
        "description": text,
        "environment": text,
        "log_url": format!("https://example.com/{text}"),
        "environment_url": format!("https://example.com/{text}"),
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
    })
}

#[test]
fn hostile_statuses_are_escaped() {
    for_hostile_texts(|text| {
        let outputs = "outputs";
        let summary = "summary";
        let scene = Scene::new()
            .set("GITHUB_OUTPUT", outputs)
            .set("GITHUB_STEP_SUMMARY", summary);
        let lists = Fault::status(200).body(json!([status(text)]));
        let statuses = Fault::status(200).body(status(text));
        let (lists, statuses) = (lists.times(1000), statuses.times(1000));
        scene.github.fault(lists.on(Operation::ListStatuses));
        scene.github.fault(statuses.on(Operation::GetStatus));
        for command in COMMANDS {
            for_all_formats(&scene, command);
        }
        let written = fs::read_to_string(scene.home.path().join(outputs)).unwrap();
        for (index, (name, value)) in step_outputs(&written).iter().enumerate() {
            let names = ["status_id", "state", "environment_url"];
            assert_eq!(name, names[index % 3]);
            assert_clean(value);
        }
        let written = fs::read_to_string(scene.home.path().join(summary)).unwrap();
        for line in written.lines() {
            assert_clean(line);
            let is_own = line.is_empty() || line.starts_with("### ") || line.starts_with('|');
            assert!(is_own, "{line}");
        }
    });
}

#[test]
fn hostile_headers_are_escaped() {
    let scene = Scene::new();
    for (code, value) in [200, 302, 403, 422].into_iter().zip(HEADERS) {
        scene.github.clear_faults();
        let fault = Fault::status(code).body(json!([status("x")])).times(1000);
        let fault = HEADER_NAMES
            .iter()
            .fold(fault, |fault, name| fault.header(*name, value));
        scene.github.fault(fault);
        for command in ["latest --timeout 1s", "doctor --timeout 1s"] {
            for_all_formats(&scene, command);
        }
    }
}

#[test]
fn hostile_errors_are_escaped() {
    for_hostile_texts(|text| {
        let scene = Scene::new();
        let body = json!({ "message": text, "errors": [{ "field": text, "message": text }] });
        for code in [403, 404, 422] {
            scene.github.clear_faults();
            let fault = Fault::status(code).body(body.clone()).times(1000);
            scene.github.fault(fault);
            for command in ["latest", "create success", "doctor"] {
                for_all_formats(&scene, command);
            }
        }
    });
}

#[test]
fn hostile_arguments_and_files_are_escaped() {
    for_hostile_texts(|text| {
        let argument: String = text
            .chars()
            .filter(|it| !matches!(it, '\0' | '\''))
            .collect();
        let scene = Scene::new().set("DEPLOYSTATUS_OUTBOX", "outbox");
        let name: String = argument.chars().filter(|it| *it != '/').take(40).collect();
        fs::create_dir(scene.home.path().join("outbox")).unwrap();
        scene.file(&format!("outbox/{name}.json"), text);
        for command in [
            format!("latest --api-url 'https://{argument}'"),
            format!("latest --repo '{argument}'"),
            format!("latest --token-file '{argument}'"),
            format!("create success --log-url '{argument}'"),
            format!("create '{argument}'"),
            format!("man '{argument}'"),
            format!("list --limit '{argument}'"),
            format!("list '--{argument}'"),
            "flush".to_owned(),
        ] {
            for_all_formats(&scene, &command);
        }
    });
}

fn for_all_formats(scene: &Scene, command: &str) {
    for format in FORMATS {
        for actions in ["", "true"] {
            let line = format!("{command}{format} --deployment {ID}");
            let mut process = scene.command(&line);
            let output = process.env("GITHUB_ACTIONS", actions).output().unwrap();
            check(&output, format, actions, &line);
        }
    }
}

fn check(output: &Output, format: &str, actions: &str, line: &str) {
    for stream in [&output.stdout, &output.stderr] {
        let text = std::str::from_utf8(stream).unwrap();
        for line in text.lines() {
            assert_clean(line);
            assert!(!line.trim_start().starts_with(FORGED), "{line}: {text}");
        }
        if actions == "true" {
            assert!(!text.contains("##["), "{line}: {text}");
            for line in text.lines().map(str::trim_start) {
                let is_own = line.starts_with("::error title=deploystatus::")
                    || line.starts_with("::warning title=deploystatus::");
                assert!(is_own || !line.starts_with("::"), "{line}");
            }
        }
    }
    if format.contains("json") {
        for line in String::from_utf8_lossy(&output.stderr).lines() {
            assert!(serde_json::from_str::<Value>(line).is_ok(), "{line}");
        }
    }
    if format == " --json" && !output.stdout.is_empty() {
        serde_json::from_slice::<Value>(&output.stdout).unwrap();
    }
}

/// Checks that a line contains none of the characters of [`HOSTILE`] that are invisible.
#[track_caller]
fn assert_clean(line: &str) {
    let invisible =
        "\u{202e}\u{2066}\u{200b}\u{200d}\u{2060}\u{feff}\u{2028}\u{2029}\u{e0041}\u{ad}\u{3164}";
    let found = line
        .chars()
        .find(|it| it.is_control() || invisible.contains(*it));
    assert_eq!(found, None, "{line:?}");
}
