//! Sources of the server, the repository, the deployment and the token.

use snapbox::str;

use crate::scene::Scene;
use crate::transcript::check;

fn without_settings() -> Scene {
    Scene::new()
        .unset("GITHUB_API_URL")
        .unset("GITHUB_REPOSITORY")
        .unset("GITHUB_TOKEN")
}

#[test]
fn missing_settings_are_listed_together() {
    check(
        without_settings().run_bare("latest"),
        str![[r#"
$ deploystatus latest
--- stderr
error: missing repository; use --repo OWNER/NAME or set GITHUB_REPOSITORY
missing deployment; use --deployment ID or set DEPLOYSTATUS_DEPLOYMENT
missing token; set GITHUB_TOKEN or GH_TOKEN, or use --token-file FILE (there is no flag for the token itself, because other users could see it)
--- exit 2

"#]],
    );
    check(
        without_settings().run_bare("latest --json"),
        str![[r#"
$ deploystatus latest --json
--- stderr
{"error":"usage","status":null,"message":"missing repository; use --repo OWNER/NAME or set GITHUB_REPOSITORY\nmissing deployment; use --deployment ID or set DEPLOYSTATUS_DEPLOYMENT\nmissing token; set GITHUB_TOKEN or GH_TOKEN, or use --token-file FILE (there is no flag for the token itself, because other users could see it)","help":null,"request_id":null}
--- exit 2

"#]],
    );
    check(
        without_settings().run_bare("flush --outbox ."),
        str![[r#"
$ deploystatus flush --outbox .
--- stderr
error: missing token; set GITHUB_TOKEN or GH_TOKEN, or use --token-file FILE (there is no flag for the token itself, because other users could see it)
--- exit 2

"#]],
    );
}

#[test]
fn empty_variable_counts_as_unset() {
    let scene = Scene::new().set("GITHUB_TOKEN", "").set("GH_TOKEN", "");
    check(
        scene.run("latest"),
        str![[r#"
$ deploystatus latest
--- stderr
error: missing token; set GITHUB_TOKEN or GH_TOKEN, or use --token-file FILE (there is no flag for the token itself, because other users could see it)
--- exit 2

"#]],
    );
}

#[test]
fn flags_override_variables_in_any_position() {
    let scene = Scene::new()
        .statuses(&["queued"])
        .set("GITHUB_REPOSITORY", "octocat/nothing");
    let before = scene.run_bare("--repo octocat/example --deployment 42 latest");
    let after = scene.run_bare("latest --repo octocat/example --deployment 42");
    assert_eq!(
        before.split_once('\n').unwrap().1,
        after.split_once('\n').unwrap().1
    );
    assert!(after.ends_with("--- exit 0\n"), "{after}");
}

#[test]
fn token_file_overrides_variables() {
    let scene = Scene::new()
        .set("GITHUB_TOKEN", "wrong")
        .statuses(&["queued"]);
    scene
        .github
        .add_token(deploystatus_emulator::Token::classic("from-a-file"));
    let path = scene.file("token", "from-a-file\n");
    let line = format!("latest --deployment 42 --token-file {}", path.display());
    assert!(scene.output(&line).status.success());
    scene.file("empty", "\n");
    check(
        scene.run("latest --token-file empty"),
        str![[r#"
$ deploystatus latest --token-file empty
--- stderr
error: empty token file empty
--- exit 2

"#]],
    );
    check(
        scene.run("latest --token-file missing"),
        str![[r#"
$ deploystatus latest --token-file missing
--- stderr
error: cannot read token file missing: No such file or directory
--- exit 2

"#]],
    );
}

#[test]
fn gh_token_is_the_fallback() {
    let scene = Scene::new()
        .unset("GITHUB_TOKEN")
        .set("GH_TOKEN", "theirs")
        .statuses(&["queued"]);
    assert!(scene.output("latest --deployment 42").status.success());
    assert_eq!(
        scene.github.requests()[0].header("authorization"),
        Some("Bearer theirs")
    );
}

#[test]
fn token_is_not_sent_over_plain_http() {
    let scene = Scene::new();
    check(
        scene.run("latest --api-url http://git.example.com"),
        str![[r#"
$ deploystatus latest --api-url http://git.example.com
--- stderr
error: insecure API URL "http://git.example.com" (from --api-url): the token would be sent without encryption; use https:// or --allow-plain-http
--- exit 2

"#]],
    );
}

#[test]
fn invalid_targets_are_rejected() {
    let scene = Scene::new();
    check(
        scene.run("latest --api-url somewhere"),
        str![[r#"
$ deploystatus latest --api-url somewhere
--- stderr
error: invalid API URL "somewhere" (from --api-url): expected a URL such as https://github.example.com/api/v3, without user name, query and fragment
--- exit 2

"#]],
    );
    check(
        scene.run("latest --repo example"),
        str![[r#"
$ deploystatus latest --repo example
--- stderr
error: invalid repository "example" (from --repo): expected OWNER/NAME
--- exit 2

"#]],
    );
    check(
        scene.run("latest --deployment main"),
        str![[r#"
$ deploystatus latest --deployment main
--- stderr
error: invalid value 'main' for '--deployment <ID>': expected a number such as 42

For more information, try '--help'.
--- exit 2

"#]],
    );
}

#[test]
fn tokens_are_read_from_pipes_and_standard_input() {
    let token = deploystatus_emulator::Token::classic("from-a-pipe");
    let scene = Scene::new().unset("GITHUB_TOKEN").statuses(&["queued"]);
    scene.github.add_token(token);
    scene.file("token", "\u{feff}from-a-pipe\r\n");
    for file in ["-", "/dev/stdin", "token"] {
        let input = std::fs::File::open(scene.home.path().join("token")).unwrap();
        let mut command = scene.command(&format!("latest --deployment 42 --token-file {file}"));
        let output = command.stdin(input).output().unwrap();
        assert!(output.status.success(), "{file}: {output:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn endless_token_file_is_rejected() {
    check(
        Scene::new().run("latest --token-file /dev/zero"),
        str![[r#"
$ deploystatus latest --token-file /dev/zero
--- stderr
error: cannot read token file /dev/zero: larger than 65536 bytes
--- exit 2

"#]],
    );
}

#[test]
fn invalid_utf8_is_attributed_to_its_variable() {
    use std::os::unix::ffi::OsStringExt;
    let value = std::ffi::OsString::from_vec(vec![b'a', 0xff]);
    let scene = Scene::new();
    let mut command = scene.command("latest --deployment 42");
    let output = command.env("GITHUB_REPOSITORY", value).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8(output.stderr).unwrap();
    let expected = "error: invalid environment variable GITHUB_REPOSITORY: expected UTF-8\n";
    assert_eq!(errors, expected);
}

#[test]
fn secrets_in_urls_are_not_printed() {
    let scene = Scene::new();
    for url in [
        "https://user:ecret@git.example.com",
        "http://git.example.com?token=ecret",
        "https://git.example.com/#ecret",
    ] {
        let transcript = scene.output(&format!("latest --deployment 42 --api-url {url}"));
        let errors = String::from_utf8(transcript.stderr).unwrap();
        assert!(errors.contains("git.example.com"), "{errors}");
        assert!(!errors.contains("ecret"), "{errors}");
    }
}

#[test]
fn long_values_are_shortened_in_errors() {
    let scene = Scene::new();
    let long = "x".repeat(100_000);
    for line in [
        format!("latest --api-url {long}"),
        format!("latest --repo {long}"),
        format!("create success --log-url {long}"),
    ] {
        let output = scene.output(&format!("{line} --deployment 42"));
        assert_eq!(output.status.code(), Some(2));
        assert!(output.stderr.len() < 500, "{}", output.stderr.len());
    }
}
