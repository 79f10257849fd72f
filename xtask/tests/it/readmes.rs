//! Commands in READMEs: each is run here, or another check runs it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};

use crate::checkout::Checkout;
use crate::console::print;

/// Commands that are run to their end.
const RUN: &[&str] = &["cargo run --package deploystatus-cli -- demo"];

/// Commands that are started, must print the URL they listen on, and are stopped.
const SERVE: &[&str] = &[
    "cargo run --package deploystatus-cli -- emulator",
    "cargo run -p deploystatus-emulator --example serve",
];

/// Beginnings of commands that another check runs, or that need the network or a quiet machine.
const RUN_ELSEWHERE: &[&str] = &[
    // Other steps of `cargo xtask ci`, and the tests.
    "cargo xtask generate",
    "cargo xtask trim ",
    "cargo test --workspace",
    "cargo install deploystatus-cli",
    "curl ",
    "deploystatus demo",
    // The release workflow and the scheduled one.
    "RUSTFLAGS=\"-C target-feature=+crt-static\" cargo build",
    "cargo +nightly fuzz run",
    // Maintainers.
    "cargo bench -p tests",
    "tests/clients/",
];

/// Runs the commands of all READMEs, and fails if one is in none of the lists.
pub(crate) fn check(checkout: &Checkout) -> Result<()> {
    for readme in readmes(checkout)? {
        let text = fs::read_to_string(checkout.root.join(&readme))?;
        for command in commands(&text) {
            let starts = |list: &[&str]| list.iter().any(|start| command.starts_with(start));
            if starts(RUN) {
                run(checkout, command)?;
            } else if starts(SERVE) {
                serve(checkout, command)?;
            } else {
                ensure!(
                    starts(RUN_ELSEWHERE),
                    "nothing runs `{command}` of {readme}; add it to a list in xtask/src/readmes.rs"
                );
                print(&format!("run elsewhere: {command}"));
            }
        }
    }
    Ok(())
}

fn readmes(checkout: &Checkout) -> Result<Vec<String>> {
    let output = checkout.command("git ls-files *README.md").output();
    let output = output.context("cannot start git")?;
    ensure!(output.status.success(), "`git ls-files` failed");
    let names = String::from_utf8(output.stdout)?;
    Ok(names.lines().map(str::to_owned).collect())
}

/// Returns the commands in the `console` and `sh` blocks of a text, without prompts and comments.
fn commands(text: &str) -> Vec<&str> {
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
    let status = checkout.command(command).stdout(Stdio::null()).status();
    let status = status.with_context(|| format!("cannot start `{command}`"))?;
    ensure!(status.success(), "`{command}` failed");
    Ok(())
}

fn serve(checkout: &Checkout, command: &str) -> Result<()> {
    // The port in the README may be in use on this machine.
    let start = command.split(" --port ").next().unwrap_or_default();
    let mut server = checkout.command(&format!("{start} --port 0"));
    let mut server = server.stdout(Stdio::piped()).spawn()?;
    let mut line = String::new();
    if let Some(output) = server.stdout.take() {
        BufReader::new(output).read_line(&mut line)?;
    }
    server.kill()?;
    server.wait()?;
    ensure!(
        line.contains("http://127.0.0.1:"),
        "`{command}` did not print its URL first, but {line:?}"
    );
    Ok(())
}
