//! Commands in READMEs: each is run here, or another check runs it.

use std::fs;
use std::io::{BufRead, BufReader, copy, sink};
use std::process::{Command, Stdio};

use crate::checkout::project;

/// Commands that are started here, and the URL that they must print first, if any.
const RUN: [(&str, &str); 3] = [
    ("cargo run --package deploystatus-cli -- demo", ""),
    (
        "cargo run --package deploystatus-cli -- emulator",
        "http://127.0.0.1:",
    ),
    (
        "cargo run -p deploystatus-emulator --example serve",
        "http://127.0.0.1:",
    ),
];

/// Beginnings of commands that are run elsewhere.
const RUN_ELSEWHERE: [&str; 12] = [
    // Steps of `cargo xtask ci`.
    "cargo xtask generate",
    "cargo xtask trim ",
    "cargo test --workspace",
    // Tests of the command (`readmes.rs`) and of the emulator.
    "deploystatus ",
    "echo \"environment_url=",
    "curl ",
    // Not before the first release.
    "cargo add ",
    "cargo install deploystatus-cli",
    // The release workflow and the scheduled one.
    "RUSTFLAGS=\"-C target-feature=+crt-static\" cargo build",
    "cargo +nightly fuzz run",
    // Maintainers, because these need the network or a quiet machine.
    "cargo bench -p tests",
    "tests/clients/",
];

#[test]
fn every_command_is_run_somewhere() {
    for (readme, command) in all_commands() {
        let mut known = RUN.map(|(start, _)| start).into_iter().chain(RUN_ELSEWHERE);
        assert!(
            known.any(|start| command.starts_with(start)),
            "nothing runs `{command}` of {readme}; add it to a list in {}",
            file!()
        );
    }
}

#[test]
fn commands_run() {
    for (_, command) in all_commands() {
        if let Some((_, url)) = RUN.iter().find(|(start, _)| command.starts_with(start)) {
            run(&command, url);
        }
    }
}

/// Returns the commands of all READMEs, each with the name of its file.
fn all_commands() -> Vec<(String, String)> {
    let git = Command::new("git")
        .args(["ls-files", "*README.md"])
        .current_dir(project())
        .output();
    let files = String::from_utf8(git.unwrap().stdout).unwrap();
    let mut found = Vec::new();
    for readme in files.lines() {
        let text = fs::read_to_string(project().join(readme)).unwrap();
        found.extend(commands(&text).map(|command| (readme.to_owned(), command.to_owned())));
    }
    assert!(!found.is_empty());
    found
}

/// Returns the commands in the `console` and `sh` blocks of a text, without prompts and comments.
fn commands(text: &str) -> impl Iterator<Item = &str> {
    let blocks = text.split("\n```").skip(1).step_by(2);
    let shell = blocks.filter_map(|block| {
        block
            .strip_prefix("console\n")
            .or_else(|| block.strip_prefix("sh\n"))
    });
    let lines = shell
        .flat_map(str::lines)
        .map(|line| line.trim_start_matches("$ "));
    let commands = lines.map(|line| line.split(" #").next().unwrap_or_default().trim());
    commands.filter(|command| !command.is_empty() && !command.starts_with('#'))
}

/// Runs a command to its end, or until it prints a URL.
fn run(command: &str, url: &str) {
    // The port in the README may be in use on this machine.
    let port = if url.is_empty() { "" } else { " --port 0" };
    let line = command.split(" --port ").next().unwrap().to_owned() + port;
    let words: Vec<_> = line.split(' ').collect();
    let mut child = Command::new(words[0])
        .args(&words[1..])
        .current_dir(project())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    if url.is_empty() {
        copy(&mut output, &mut sink()).unwrap();
        assert!(child.wait().unwrap().success(), "{command}");
        return;
    }
    let mut first = String::new();
    output.read_line(&mut first).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(first.contains(url), "{command}: {first:?}");
}
