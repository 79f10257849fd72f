//! Help, completions and manual pages.

use snapbox::{assert_data_eq, str};

use crate::world::World;

const COMMANDS: [&str; 12] = [
    "create",
    "list",
    "get",
    "latest",
    "wait",
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
    assert_data_eq!(World::new().run_bare("--help"), str![]);
    assert_data_eq!(World::new().run_bare("create --help"), str![]);
}

#[test]
fn every_help_fits_80_columns() {
    let world = World::new();
    for command in COMMANDS.into_iter().chain([""]) {
        let output = world.output(&format!("{command} --help"));
        assert!(output.status.success());
        let help = String::from_utf8(output.stdout).unwrap();
        assert!(help.contains("Usage: deploystatus"), "{help}");
        for line in help.lines() {
            assert!(line.chars().count() <= 80, "{command}: {line}");
        }
    }
}

#[test]
fn every_shell_has_completions() {
    let world = World::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = world.output(&format!("completions {shell}")).stdout;
        let script = String::from_utf8(script).unwrap();
        for word in ["timeline", "environment-url", "in_progress"] {
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
    assert_data_eq!(world.run_bare("man nothing"), str![]);
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
