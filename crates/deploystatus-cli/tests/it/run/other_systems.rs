//! The recipes in the README for GitLab, Buildkite, Jenkins and cron, run as those systems run them.

use super::readme::{README, blocks, has_programs, scene, shell, states};
use crate::process::stderr;

/// A recipe for another system.
struct Recipe {
    /// Variables that the recipe sets.
    variables: Vec<(String, String)>,
    /// Commands that the system runs in order.
    commands: Vec<String>,
}

/// Returns the recipes for GitLab, Buildkite and Jenkins.
fn other_systems() -> [Recipe; 3] {
    let yaml = blocks("yaml");
    let jenkins = &blocks("groovy")[0];
    let in_yaml = |recipe: &str| Recipe {
        variables: assignments(recipe, ": "),
        commands: items(recipe, "- ", ""),
    };
    [
        in_yaml(&yaml[5]),
        in_yaml(yaml[6].split_once("commands:").unwrap().1),
        Recipe {
            variables: assignments(jenkins, " = "),
            commands: items(jenkins, "sh '", "'"),
        },
    ]
}

/// Returns the variables that the lines of a recipe set. A credential is the token of the emulator.
fn assignments(recipe: &str, separator: &str) -> Vec<(String, String)> {
    let pairs = recipe
        .lines()
        .filter_map(|line| line.trim().split_once(separator));
    pairs
        .filter(|(name, _)| name.starts_with("GITHUB_"))
        .map(|(name, value)| {
            let is_secret = value.starts_with("credentials(");
            let value = if is_secret { "secret-token" } else { value };
            (name.to_owned(), value.trim_matches('\'').to_owned())
        })
        .collect()
}

/// Returns the rest of the lines with a prefix, without a suffix.
fn items(recipe: &str, prefix: &str, suffix: &str) -> Vec<String> {
    let items = recipe
        .lines()
        .filter_map(|line| line.trim().strip_prefix(prefix));
    items
        .map(|item| item.strip_suffix(suffix).unwrap().to_owned())
        .collect()
}

#[test]
fn other_systems_report_start_and_end() {
    if !has_programs(&["curl", "jq"]) {
        return;
    }
    for recipe in other_systems() {
        for (deploy, end, code) in [("exit 0", "success", 0), ("exit 3", "failure", 3)] {
            let scene = scene(deploy);
            let mut codes = Vec::new();
            for command in &recipe.commands {
                let mut shell = shell(&scene, command);
                // The token is a secret of the system, except in the recipe for Jenkins.
                shell.env("GITHUB_TOKEN", "secret-token").env("CI", "true");
                shell.envs(recipe.variables.iter().cloned());
                codes.push(shell.status().unwrap().code().unwrap());
            }
            let last = codes.pop().unwrap();
            assert!(!codes.is_empty() && codes.iter().all(|code| *code == 0));
            assert_eq!(last, code, "{:?}", recipe.commands);
            assert_eq!(
                states(&scene),
                ["in_progress", end],
                "{:?}",
                recipe.commands
            );
        }
    }
}

/// Runs the lines as cron does: with a home directory and the variables of the table.
#[test]
fn cron_lines_report_and_flush() {
    if !has_programs(&["curl", "jq"]) {
        return;
    }
    let scene = scene("exit 3");
    let home = scene.home.path().display().to_string();
    let install = "cargo install deploystatus-cli --locked";
    assert!(README.contains(&format!("user `deploy` who has run `{install}`")));
    assert!(shell(&scene, install).status().unwrap().success());
    let crontab = blocks("crontab")[0]
        .replace("/home/deploy", &home)
        .replace("/srv/app", &home)
        .replace("/etc/deploy-token", &format!("{home}/token"));
    let (variables, lines): (Vec<_>, Vec<_>) = crontab
        .lines()
        .partition(|line| line.contains('=') && !line.contains("* * *"));
    let variables: Vec<_> = variables
        .into_iter()
        .filter_map(|line| line.split_once('='))
        .collect();
    assert_eq!(lines.len(), 2);
    for line in lines {
        let command = line.splitn(6, ' ').last().unwrap();
        let mut shell = scene.shell(command);
        shell.envs(variables.iter().copied());
        let output = shell.output().unwrap();
        let is_flush = command.contains("flush");
        let code = if is_flush { 0 } else { 3 };
        assert_eq!(output.status.code(), Some(code), "{command}: {output:?}");
        // Cron mails what a line prints.
        assert_eq!(stderr(&output), "", "{command}");
        assert_eq!(output.stdout, b"", "{command}");
    }
    assert_eq!(states(&scene), ["in_progress", "failure"]);
}
