//! The commands that READMEs tell people to type, and who sees to it that they work.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::checkout::Checkout;
use crate::tell;

/// Every command in a block of its own, by how it begins, in the order in which they are tried.
const COMMANDS: &[(&str, Proof)] = &[
    ("cargo run --package deploystatus-cli -- demo", Proof::Runs),
    (
        "cargo run --package deploystatus-cli -- emulator",
        Proof::Serves,
    ),
    (
        "cargo run -p deploystatus-emulator --example serve",
        Proof::Serves,
    ),
    (
        "cargo xtask generate",
        Proof::Elsewhere("the step `generated code`"),
    ),
    (
        "cargo xtask trim openapi/deployment-statuses.json",
        Proof::Elsewhere("the step `description`"),
    ),
    (
        "cargo xtask trim api.github.com.json",
        Proof::Elsewhere("the tests of xtask"),
    ),
    ("cargo test --workspace", Proof::Elsewhere("`.ci/run`")),
    (
        "curl ",
        Proof::Elsewhere("the test `the_curl_lines_of_the_readme_work`"),
    ),
    (
        "cargo install deploystatus-cli",
        Proof::Elsewhere("the step `packages`, as far as that goes before it is published"),
    ),
    (
        "deploystatus demo",
        Proof::Elsewhere("the tests of the command"),
    ),
    (
        "RUSTFLAGS=\"-C target-feature=+crt-static\" cargo build",
        Proof::Elsewhere("the release workflow"),
    ),
    (
        "cargo bench -p tests",
        Proof::Elsewhere("people, because it needs Valgrind, the network and a quiet machine"),
    ),
    (
        "cargo +nightly fuzz run",
        Proof::Elsewhere("the scheduled workflow"),
    ),
    (
        "tests/clients/",
        Proof::Elsewhere("people, because it needs the network"),
    ),
];

enum Proof {
    /// It is run here, and must succeed.
    Runs,
    /// It is started here, on any port, must say where it listens, and is ended.
    Serves,
    /// It is run by somebody else.
    Elsewhere(&'static str),
}

/// Runs what can be run of every README, and fails if one has a command that nobody runs.
pub(crate) fn check(checkout: &Checkout) -> Result<()> {
    let mut commands = Vec::new();
    for readme in readmes(checkout)? {
        let text = fs::read_to_string(checkout.root.join(&readme))?;
        for command in commands_in(&text) {
            let known = COMMANDS
                .iter()
                .find(|(start, _)| command.starts_with(start));
            let Some((_, proof)) = known else {
                bail!("nobody runs `{command}` of {readme}; say who does in xtask/src/readmes.rs");
            };
            commands.push((command.to_owned(), proof));
        }
    }
    for (start, _) in COMMANDS {
        let is_there = commands
            .iter()
            .any(|(command, _)| command.starts_with(start));
        ensure!(
            is_there,
            "no README has `{start}` any more; take it out of xtask/src/readmes.rs"
        );
    }
    for (command, proof) in commands {
        match proof {
            Proof::Runs => run(checkout, &command)?,
            Proof::Serves => serve(checkout, &command)?,
            Proof::Elsewhere(who) => tell(&format!("run by {who}: {command}")),
        }
    }
    Ok(())
}

fn readmes(checkout: &Checkout) -> Result<Vec<String>> {
    let output = Command::new("git")
        .args(["ls-files", "*README.md"])
        .current_dir(&checkout.root)
        .output()
        .context("cannot start git")?;
    ensure!(output.status.success(), "`git ls-files` failed");
    let names = String::from_utf8(output.stdout)?;
    Ok(names.lines().map(str::to_owned).collect())
}

/// The lines of blocks for a shell, without prompts and remarks.
fn commands_in(text: &str) -> Vec<&str> {
    let mut commands = Vec::new();
    let mut is_shell = None;
    for line in text.lines() {
        match (line.strip_prefix("```"), is_shell) {
            (Some(language), None) => is_shell = Some(matches!(language, "console" | "sh")),
            (Some(_), Some(_)) => is_shell = None,
            (None, Some(true)) => {
                let command = line.strip_prefix("$ ").unwrap_or(line);
                let command = command.split(" #").next().unwrap_or_default().trim();
                if !command.is_empty() && !command.starts_with('#') {
                    commands.push(command);
                }
            }
            (None, _) => {}
        }
    }
    commands
}

fn run(checkout: &Checkout, command: &str) -> Result<()> {
    let status = words(checkout, command).stdout(Stdio::null()).status();
    ensure!(
        status.context("cannot start it")?.success(),
        "`{command}` failed"
    );
    Ok(())
}

fn serve(checkout: &Checkout, command: &str) -> Result<()> {
    // Whoever reads the README has the port free, and a machine that checks may not.
    let (start, _) = command.split_once(" --port ").unwrap_or((command, ""));
    let mut child = words(checkout, &format!("{start} --port 0"))
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start it")?;
    let mut line = String::new();
    if let Some(output) = child.stdout.take() {
        BufReader::new(output).read_line(&mut line)?;
    }
    child.kill()?;
    child.wait()?;
    ensure!(
        line.contains("http://127.0.0.1:"),
        "`{command}` did not begin to serve: {line:?}"
    );
    Ok(())
}

fn words(checkout: &Checkout, line: &str) -> Command {
    let mut words = line.split(' ');
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words).current_dir(&checkout.root);
    command
}
