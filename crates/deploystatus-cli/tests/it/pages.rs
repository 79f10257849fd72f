//! Help, completions and manual pages.

use snapbox::str;

use crate::scene::Scene;
use crate::transcript::check;

const COMMANDS: [&str; 14] = [
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
    "schema",
    "completions",
    "man",
];

#[test]
fn help_lists_commands_and_options() {
    check(
        Scene::new().run_bare("--help"),
        str![[r#"
$ deploystatus --help
Report and follow GitHub deployment statuses

Usage: deploystatus [OPTIONS] <COMMAND>

Commands:
  create       Create a deployment status
  list         List the statuses of a deployment, newest first
  get          Show one status
  latest       Show the newest status
  wait         Wait for a deployment to finish
  run          Run a command and report its result
  timeline     Show the history of a deployment
  flush        Send the reports left in the outbox
  doctor       Check the server, token and deployment
  emulator     Start a local GitHub emulator
  demo         Run a short tour against a local emulator (no token needed)
  schema       Print the JSON schema of an output or of a seed
  completions  Print shell completions
  man          Print a manual page
  help         Print this message or the help of the given subcommand(s)

Options:
  -h, --help     Print help
  -V, --version  Print version

Target:
      --api-url <URL>      Base URL of the API [env: GITHUB_API_URL] [default:
                           https://api.github.com]
      --repo <OWNER/NAME>  Repository as OWNER/NAME [env: GITHUB_REPOSITORY]
      --deployment <ID>    Deployment ID [env: DEPLOYSTATUS_DEPLOYMENT]
                           [default: ID in the event file at GITHUB_EVENT_PATH]
      --token-file <FILE>  File containing the token, or - for standard input
                           [default: GITHUB_TOKEN or GH_TOKEN]
      --allow-plain-http   Allow sending the token over http:// to other hosts

Output:
      --json        Print one JSON document
      --jsonl       Print each status as a line of JSON as it arrives
  -q, --quiet       Print only the result and errors
  -v, --verbose...  Print request traces (repeat for more detail)

Examples:
  deploystatus demo
  deploystatus create in_progress --deployment 42
  deploystatus wait --timeout 15m
  deploystatus list --limit 5 --json

A workflow that was started by a deployment only needs GITHUB_TOKEN.
`deploystatus man` lists the exit codes.
--- exit 0

"#]],
    );
}

#[test]
fn help_of_create_lists_its_options() {
    check(
        Scene::new().run_bare("create --help"),
        str![[r#"
$ deploystatus create --help
Create a deployment status

Usage: deploystatus create [OPTIONS] <STATE>

Arguments:
  <STATE>  State to report [possible values: queued, pending, in_progress,
           success, failure, error, inactive]

Options:
      --log-url <URL>          URL of the deployment's log [default in Actions:
                               the workflow run; elsewhere: CI_JOB_URL,
                               BUILDKITE_BUILD_URL, CIRCLE_BUILD_URL or
                               BUILD_URL]
      --environment-url <URL>  URL of the deployed environment
      --environment <NAME>     Environment name [default: unchanged]
      --description <TEXT>     Description (at most 140 characters)
      --truncate               Shorten a longer description
      --auto-inactive <BOOL>   Mark earlier deployments of the environment
                               inactive on success [default: true] [possible
                               values: true, false]
      --if-changed             Send nothing if the newest status is identical;
                               it is read twice, 5 seconds apart
      --dry-run                Print the request without sending it
      --cancelled-as <STATE>   State that `cancelled` is reported as [default:
                               error] [possible values: failure, error,
                               inactive]
      --unless-finished        Send nothing if the deployment has finished; the
                               list is read twice, 5 seconds apart
      --timeout <TIME>         Time limit of the command [default: 3m]
  -h, --help                   Print help

Target:
      --api-url <URL>      Base URL of the API [env: GITHUB_API_URL] [default:
                           https://api.github.com]
      --repo <OWNER/NAME>  Repository as OWNER/NAME [env: GITHUB_REPOSITORY]
      --deployment <ID>    Deployment ID [env: DEPLOYSTATUS_DEPLOYMENT]
                           [default: ID in the event file at GITHUB_EVENT_PATH]
      --token-file <FILE>  File containing the token, or - for standard input
                           [default: GITHUB_TOKEN or GH_TOKEN]
      --allow-plain-http   Allow sending the token over http:// to other hosts

Output:
      --json        Print one JSON document
      --jsonl       Print each status as a line of JSON as it arrives
  -q, --quiet       Print only the result and errors
  -v, --verbose...  Print request traces (repeat for more detail)

Examples:
  deploystatus create in_progress --description 'Copying files'
  deploystatus create success --environment-url https://example.com
  deploystatus create ${{ job.status }}

The values of a workflow's job.status are accepted:
cancelled is reported as error (--cancelled-as), skipped as inactive.
--- exit 0

"#]],
    );
}

#[test]
fn help_fits_80_columns() {
    let scene = Scene::new();
    for command in COMMANDS.into_iter().chain([""]) {
        let output = scene.output(&format!("{command} --help"));
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
fn readme_states_the_defaults() {
    let scene = Scene::new();
    for (command, default) in [("list", "[default: 30]"), ("wait", "[default: 15m]")] {
        let help = String::from_utf8(scene.output(&format!("{command} --help")).stdout).unwrap();
        assert!(help.contains(default), "{help}");
    }
    let readme = include_str!("../../README.md");
    assert!(readme.contains("30 by default"));
    assert!(readme.contains("15 minutes by default"));
}

#[test]
fn readme_lists_every_command() {
    let readme = include_str!("../../README.md");
    let table = readme.split("## Commands").nth(1).unwrap();
    let table = table.split("\n## ").next().unwrap();
    for command in COMMANDS {
        assert!(table.contains(&format!("`{command}")), "{command}");
    }
}

#[test]
fn readme_lists_the_environment_and_files_of_the_manual() {
    let readme = include_str!("../../README.md");
    let section = |title: &str| {
        let (_, text) = readme.split_once(&format!("\n## {title}\n")).unwrap();
        text.split("\n## ").next().unwrap()
    };
    let page = String::from_utf8(Scene::new().output("man").stdout).unwrap();
    for title in ["Environment", "Files"] {
        let start = format!(".SH \"{}\"\n", title.to_uppercase());
        let (_, text) = page.split_once(&start).unwrap();
        let text = text.split(".SH ").next().unwrap();
        let terms = text.split(".TP\n\\fB").skip(1);
        let names = terms.flat_map(|term| term.split("\\fR").next().unwrap().split(", "));
        let names: Vec<_> = names.collect();
        assert!(!names.is_empty());
        for name in names {
            assert!(section(title).contains(&format!("`{name}`")), "{name}");
        }
    }
}

#[test]
fn completions_exist_for_every_shell() {
    let scene = Scene::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = scene.output(&format!("completions {shell}")).stdout;
        let script = String::from_utf8(script).unwrap();
        for word in ["timeline", "environment-url", "send-superseded"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn manual_pages_list_the_exit_codes() {
    let scene = Scene::new();
    for command in COMMANDS.into_iter().chain([""]) {
        let page = scene.output(&format!("man {command}"));
        assert!(page.status.success(), "{command}");
        let page = String::from_utf8(page.stdout).unwrap();
        assert!(page.starts_with(".ie "), "{page}");
        assert!(!page.contains(".SH EXTRA"), "{page}");
        for section in [
            "EXAMPLES",
            "ENVIRONMENT",
            "FILES",
            "EXIT STATUS",
            "SEE ALSO",
        ] {
            assert!(page.contains(&format!(".SH \"{section}\"\n")), "{page}");
        }
        assert_eq!(page.contains(".SH \"SIGNALS\""), command == "run");
        assert!(page.contains(".SH NAME\ndeploystatus"), "{page}");
        assert!(page.contains("a time limit was reached"), "{page}");
    }
    check(
        scene.run_bare("man nothing"),
        str![[r#"
$ deploystatus man nothing
--- stderr
error: unknown subcommand "nothing"; `deploystatus --help` lists the subcommands
--- exit 2

"#]],
    );
}

#[test]
fn missing_command_prints_help() {
    let output = Scene::new().output("");
    assert_eq!(output.status.code(), Some(2));
    let help = String::from_utf8(output.stderr).unwrap();
    assert!(help.contains("Usage: deploystatus"), "{help}");
}

#[test]
fn version_is_the_crate_version() {
    let version = Scene::new().output("--version").stdout;
    let expected = concat!("deploystatus ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(String::from_utf8(version).unwrap(), expected);
}

#[test]
fn all_manual_pages_are_written() {
    let scene = Scene::new();
    assert!(scene.output("man --all pages").status.success());
    let pages = std::fs::read_dir(scene.home.path().join("pages")).unwrap();
    assert_eq!(pages.count(), COMMANDS.len() + 1);
    let page = scene.home.path().join("pages/deploystatus-run.1");
    let page = std::fs::read_to_string(page).unwrap();
    let printed = scene.output("man run").stdout;
    assert_eq!(page, String::from_utf8(printed).unwrap());
}
