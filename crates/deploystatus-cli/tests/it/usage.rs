//! Invalid command lines.

use snapbox::str;

use crate::scene::Scene;
use crate::transcript::check;

#[test]
fn usage_errors_are_explained() {
    let scene = Scene::new();
    check(
        scene.run_bare("create --json"),
        str![[r#"
$ deploystatus create --json
--- stderr
{"error":"usage","status":null,"message":"the following required arguments were not provided:\n  <STATE>\n\nUsage: deploystatus create --json <STATE>\n\nFor more information, try '--help'.","help":null,"request_id":null}
--- exit 2

"#]],
    );
    check(
        scene.run_bare("frobnicate"),
        str![[r#"
$ deploystatus frobnicate
--- stderr
error: unrecognized subcommand 'frobnicate'

Usage: deploystatus [OPTIONS] <COMMAND>

For more information, try '--help'.
--- exit 2

"#]],
    );
    check(
        scene.run_bare("list --limit 0"),
        str![[r#"
$ deploystatus list --limit 0
--- stderr
error: invalid value '0' for '--limit <N>': expected a number of at least 1

For more information, try '--help'.
--- exit 2

"#]],
    );
    check(
        scene.run_bare("list --limit 3 --all"),
        str![[r#"
$ deploystatus list --limit 3 --all
--- stderr
error: the argument '--limit <N>' cannot be used with '--all'

Usage: deploystatus list --limit <N>

For more information, try '--help'.
--- exit 2

"#]],
    );
    check(
        scene.run_bare("latest --json --jsonl"),
        str![[r#"
$ deploystatus latest --json --jsonl
--- stderr
{"error":"usage","status":null,"message":"the argument '--json' cannot be used with '--jsonl'\n\nUsage: deploystatus latest --json\n\nFor more information, try '--help'.","help":null,"request_id":null}
--- exit 2

"#]],
    );
    check(
        scene.run_bare("wait --timeout soon"),
        str![[r#"
$ deploystatus wait --timeout soon
--- stderr
error: invalid value 'soon' for '--timeout <TIME>': expected a time such as 90s, 15m, 1h30m or 1d

For more information, try '--help'.
--- exit 2

"#]],
    );
}

#[test]
fn missing_dashes_are_explained() {
    check(
        Scene::new().run_bare("run true"),
        str![[r#"
$ deploystatus run true
--- stderr
error: unexpected argument 'true' found

Usage: deploystatus run [OPTIONS] -- <COMMAND>...

For more information, try '--help'.
help: write `--` before the command: deploystatus run -- true
--- exit 2

"#]],
    );
}

#[test]
fn usage_errors_are_annotations_in_actions() {
    let scene = Scene::new().set("GITHUB_ACTIONS", "true");
    check(
        scene.run_bare("list --limit 0"),
        str![[r#"
$ deploystatus list --limit 0
--- stderr
::error title=deploystatus::invalid value '0' for '--limit <N>': expected a number of at least 1%0A%0AFor more information, try '--help'.
--- exit 2

"#]],
    );
}

#[test]
fn long_arguments_are_shortened() {
    let scene = Scene::new();
    let long = "x".repeat(100_000);
    for line in [
        format!("create {long}"),
        format!("list --limit {long}"),
        format!("list --{long}"),
        format!("frobnicate{long}"),
        format!("run {long}"),
        format!("latest --api-url {long}"),
        format!("man {long}"),
    ] {
        for format in ["", " --json"] {
            let output = scene.output(&format!("{line}{format}"));
            assert_eq!(output.status.code(), Some(2));
            let length = output.stderr.len();
            assert!(length < 9_000, "{length} bytes for {}", &line[..20]);
        }
    }
}

#[test]
fn long_values_of_the_command_are_shortened() {
    let scene = Scene::new();
    let script = "head -c 900000 /dev/zero | tr '\\0' x >\"$DEPLOYSTATUS_OUTPUT\"";
    let output = scene.run_script(&[], script);
    assert!(output.status.success());
    let length = output.stderr.len();
    assert!(length < 9_000, "{length} bytes");
    assert!(length > 1_000, "{length} bytes");
}
