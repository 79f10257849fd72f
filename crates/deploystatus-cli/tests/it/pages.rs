//! Help, completions and manual pages.

use snapbox::str;

use crate::world::{World, check};

const COMMANDS: [&str; 13] = [
    "create",
    "list",
    "get",
    "latest",
    "wait",
    "run",
    "timeline",
    "flush",
    "doctor",
    "emulator",
    "demo",
    "completions",
    "man",
];

#[test]
fn the_help_says_what_there_is() {
    check(
        World::new().run_bare("--help"),
        str![[r#"
$ deploystatus --help
Report and follow GitHub deployment statuses

Usage: deploystatus [OPTIONS] <COMMAND>

Commands:
  create       Report a status
  list         Show the statuses of a deployment, newest first
  get          Show one status
  latest       Show the newest status
  wait         Wait until the deployment ends
  run          Run a command and report how it went
  timeline     Show what happened to a deployment
  flush        Deliver the reports that an outbox still holds
  doctor       Tell what would work, and why the rest would not
  emulator     Be a GitHub on this machine, for tests
  demo         Show it all against an emulator, in seconds and without a token
  completions  Print completions for a shell
  man          Print the manual page
  help         Print this message or the help of the given subcommand(s)

Options:
  -h, --help     Print help
  -V, --version  Print version

Where:
      --api-url <URL>      The API's address, or GITHUB_API_URL
      --repo <OWNER/NAME>  The repository, or GITHUB_REPOSITORY
      --deployment <ID>    The deployment's id, or deployment.id of the file at
                           GITHUB_EVENT_PATH
      --token-file <FILE>  A file with the token, or the token itself in
                           GITHUB_TOKEN or GH_TOKEN
      --allow-plain-http   Send the token over plain http to other machines too

Output:
      --json        Answer with one JSON document, in GitHub's own field names
      --jsonl       Answer with one status a line, as JSON, as they arrive
  -q, --quiet       Say nothing but the answer and errors
  -v, --verbose...  Trace what is sent and received; twice or three times for
                    more

Examples:
  deploystatus demo
  deploystatus create in_progress --deployment 42
  deploystatus wait --timeout 15m
  deploystatus list --limit 5 --json

In a workflow that a deployment started, only GITHUB_TOKEN has to be given.
The exit codes are in `deploystatus man`.
--- exit 0

"#]],
    );
    check(
        World::new().run_bare("create --help"),
        str![[r#"
$ deploystatus create --help
Report a status

Usage: deploystatus create [OPTIONS] <STATE>

Arguments:
  <STATE>  How the deployment is going [possible values: queued, pending,
           in_progress, success, failure, error, inactive]

Options:
      --log-url <URL>          Where its output can be read; in Actions, the
                               run's page unless told
      --environment-url <URL>  Where the environment can be visited
      --environment <NAME>     The environment, if it is to change
      --description <TEXT>     A remark of at most 140 characters
      --auto-inactive <BOOL>   Whether a success retires the deployments it
                               replaces; GitHub's default is true [possible
                               values: true, false]
      --truncate               Cut a longer remark to 140 characters
      --if-changed             Send nothing when the newest status says the same
                               already
      --dry-run                Show what would be sent, and send nothing
  -h, --help                   Print help

Where:
      --api-url <URL>      The API's address, or GITHUB_API_URL
      --repo <OWNER/NAME>  The repository, or GITHUB_REPOSITORY
      --deployment <ID>    The deployment's id, or deployment.id of the file at
                           GITHUB_EVENT_PATH
      --token-file <FILE>  A file with the token, or the token itself in
                           GITHUB_TOKEN or GH_TOKEN
      --allow-plain-http   Send the token over plain http to other machines too

Output:
      --json        Answer with one JSON document, in GitHub's own field names
      --jsonl       Answer with one status a line, as JSON, as they arrive
  -q, --quiet       Say nothing but the answer and errors
  -v, --verbose...  Trace what is sent and received; twice or three times for
                    more

Examples:
  deploystatus create in_progress --description 'Copying files'
  deploystatus create success --environment-url https://example.com
  deploystatus create ${{ job.status }}

A workflow's job.status may be cancelled, which counts as error,
or skipped, which counts as inactive.
--- exit 0

"#]],
    );
}

#[test]
fn every_help_fits_80_columns() {
    let world = World::new();
    for command in COMMANDS.into_iter().chain([""]) {
        let output = world.output(&format!("{command} --help"));
        assert!(output.status.success());
        let help = String::from_utf8(output.stdout).unwrap();
        assert!(help.contains("Usage: deploystatus"), "{help}");
        assert!(help.contains("\nExample"), "{help}");
        for line in help.lines() {
            assert!(line.chars().count() <= 80, "{command}: {line}");
        }
    }
}

#[test]
fn the_numbers_of_the_readme_are_those_of_the_help() {
    let world = World::new();
    for (command, default) in [("list", "[default: 30]"), ("wait", "[default: 15m]")] {
        let help = String::from_utf8(world.output(&format!("{command} --help")).stdout).unwrap();
        assert!(help.contains(default), "{help}");
    }
    let readme = include_str!("../../README.md");
    assert!(readme.contains("newest first: 30 unless told"));
    assert!(readme.contains("15 minutes unless told"));
}

#[test]
fn every_command_is_in_the_readme() {
    let readme = include_str!("../../README.md");
    let table = readme.split("## Commands").nth(1).unwrap();
    let table = table.split("\n## ").next().unwrap();
    for command in COMMANDS {
        assert!(table.contains(&format!("`{command}")), "{command}");
    }
}

#[test]
fn every_shell_has_completions() {
    let world = World::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = world.output(&format!("completions {shell}")).stdout;
        let script = String::from_utf8(script).unwrap();
        for word in ["timeline", "environment-url", "drop-overtaken"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn every_command_has_a_manual_page_with_the_exit_codes() {
    let world = World::new();
    for command in COMMANDS.into_iter().chain([""]) {
        let page = world.output(&format!("man {command}"));
        assert!(page.status.success(), "{command}");
        let page = String::from_utf8(page.stdout).unwrap();
        assert!(page.starts_with(".ie"), "{page}");
        assert!(page.contains(".SH NAME\ndeploystatus"), "{page}");
        assert!(
            page.contains("time ran out before the deployment ended"),
            "{page}"
        );
    }
    check(
        world.run_bare("man nothing"),
        str![[r#"
$ deploystatus man nothing
--- stderr
error: there is no command "nothing"; `deploystatus --help` lists them
--- exit 2

"#]],
    );
}

#[test]
fn without_a_command_there_is_help() {
    let output = World::new().output("");
    assert_eq!(output.status.code(), Some(2));
    let help = String::from_utf8(output.stderr).unwrap();
    assert!(help.contains("Usage: deploystatus"), "{help}");
}

#[test]
fn the_version_is_the_crates() {
    let version = World::new().output("--version").stdout;
    let expected = concat!("deploystatus ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(String::from_utf8(version).unwrap(), expected);
}
