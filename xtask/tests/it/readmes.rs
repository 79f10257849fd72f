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

/// Commands that need a published crate, and their form for this checkout and without a network.
const RUN_WITH_CHECKOUT: [(&str, &str); 5] = [
    (
        "cargo install deploystatus-cli --locked",
        "cargo install --path PROJECT/crates/deploystatus-cli --locked --offline --debug --root .",
    ),
    (
        "cargo add deploystatus",
        "cargo add --path PROJECT/crates/deploystatus --offline",
    ),
    (
        "cargo add --dev deploystatus-emulator",
        "cargo add --dev --path PROJECT/crates/deploystatus-emulator --offline",
    ),
    (
        "cargo add tokio --features macros,rt-multi-thread",
        "cargo add tokio --features macros,rt-multi-thread --offline",
    ),
    (
        "cargo add --dev tokio --features macros,rt-multi-thread",
        "cargo add --dev tokio --features macros,rt-multi-thread --offline",
    ),
];

/// Beginnings of commands that are run elsewhere.
const RUN_ELSEWHERE: [&str; 9] = [
    // Steps of `cargo xtask ci`.
    "cargo xtask generate",
    "cargo xtask trim ",
    "cargo test --workspace",
    // Tests of the command (`readmes.rs`) and of the emulator.
    "deploystatus ",
    "echo \"environment_url=",
    "curl ",
    // The scheduled workflow, because it needs nightly Rust.
    "cargo +nightly fuzz run",
    // Maintainers, because these need the network or a quiet machine.
    "cargo bench -p tests",
    "tests/clients/",
];

#[test]
fn every_command_is_run_somewhere() {
    for (readme, command) in all_commands() {
        let mut known = RUN.map(|(start, _)| start).into_iter().chain(RUN_ELSEWHERE);
        let is_published = RUN_WITH_CHECKOUT.iter().any(|(known, _)| command == *known);
        assert!(
            is_published || known.any(|start| command.starts_with(start)),
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

#[test]
fn published_commands_run_with_this_checkout() {
    let commands: Vec<_> = all_commands().into_iter().map(|(_, it)| it).collect();
    for (published, local) in RUN_WITH_CHECKOUT {
        assert!(commands.iter().any(|it| it == published), "{published}");
        let folder = tempfile::tempdir().unwrap();
        let manifest = "[package]\nname = \"example\"\nedition = \"2024\"\n";
        fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
        fs::create_dir(folder.path().join("src")).unwrap();
        fs::write(folder.path().join("src/lib.rs"), "").unwrap();
        let local = local.replace("PROJECT", project().to_str().unwrap());
        let words: Vec<_> = local.split(' ').collect();
        let status = Command::new(words[0])
            .args(&words[1..])
            .current_dir(folder.path())
            .status();
        assert!(status.unwrap().success(), "{local}");
    }
}

/// Languages of blocks whose commands are checked here or in the tests of the command.
const LANGUAGES: [&str; 8] = [
    "bash",
    "console",
    "crontab",
    "groovy",
    "rust",
    "rust,no_run",
    "sh",
    "yaml",
];

#[test]
fn every_block_has_a_checked_language() {
    for (readme, text) in all_readmes() {
        for block in text.split("\n```").skip(1).step_by(2) {
            let language = block.lines().next().unwrap_or_default();
            assert!(
                LANGUAGES.contains(&language),
                "{readme} has a block of {language:?}"
            );
        }
    }
}

/// Returns the commands of all READMEs, each with the name of its file.
fn all_commands() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (readme, text) in all_readmes() {
        found.extend(commands(&text).map(|command| (readme.clone(), command.to_owned())));
    }
    assert!(!found.is_empty());
    found
}

/// Returns all READMEs with their texts.
fn all_readmes() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![project().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy();
            let is_own = !name.starts_with('.') && name != "target" && name != "node_modules";
            if path.is_dir() && is_own {
                folders.push(path);
            } else if name == "README.md" {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path.display().to_string(), text));
            }
        }
    }
    found
}

/// Returns the commands in the `console` and `sh` blocks of a text, without prompts, comments and output.
fn commands(text: &str) -> impl Iterator<Item = &str> {
    let blocks = text.split("\n```").skip(1).step_by(2);
    let lines = blocks.flat_map(|block| {
        let (language, lines) = block.split_once('\n').unwrap_or_default();
        let prompt = match language {
            "console" => Some("$ "),
            "sh" => Some(""),
            _ => None,
        };
        let lines = lines.lines();
        lines.filter_map(move |line| prompt.and_then(|prompt| line.strip_prefix(prompt)))
    });
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
