//! What is typed wrongly.

use snapbox::str;

use crate::world::{World, check};

#[test]
fn usage_is_explained_in_json_too() {
    let world = World::new();
    check(
        world.run_bare("create --json"),
        str![[r#"
$ deploystatus create --json
--- stderr
{"error":"usage","status":null,"message":"the following required arguments were not provided:\n  <STATE>\n\nUsage: deploystatus create --json <STATE>\n\nFor more information, try '--help'.","hint":null,"request_id":null}
--- exit 2

"#]],
    );
    check(
        world.run_bare("frobnicate"),
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
        world.run_bare("list --limit 0"),
        str![[r#"
$ deploystatus list --limit 0
--- stderr
error: invalid value '0' for '--limit <N>': 0 is not in 1..18446744073709551615

For more information, try '--help'.
--- exit 2

"#]],
    );
    check(
        world.run_bare("list --limit 3 --all"),
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
        world.run_bare("latest --json --jsonl"),
        str![[r#"
$ deploystatus latest --json --jsonl
--- stderr
{"error":"usage","status":null,"message":"the argument '--json' cannot be used with '--jsonl'\n\nUsage: deploystatus latest --json\n\nFor more information, try '--help'.","hint":null,"request_id":null}
--- exit 2

"#]],
    );
    check(
        world.run_bare("wait --timeout soon"),
        str![[r#"
$ deploystatus wait --timeout soon
--- stderr
error: invalid value 'soon' for '--timeout <TIME>': write it as 90s, 15m or 1h30m

For more information, try '--help'.
--- exit 2

"#]],
    );
}
