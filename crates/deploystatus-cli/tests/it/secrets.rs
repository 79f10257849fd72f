//! Tokens and passwords, which are never printed.

use crate::scene::Scene;

#[test]
fn token_is_not_traced() {
    let scene = Scene::new();
    let traced = scene.output("create success --deployment 42 -vvv");
    let text = String::from_utf8(traced.stderr).unwrap();
    assert!(text.contains("create"), "{text}");
    assert!(!text.contains("secret-token"), "{text}");
}

#[test]
fn passwords_of_urls_are_not_printed() {
    for url in [
        "https://user:hunter2@github.example.com",
        "https://user:hunter2/x@github.example.com/",
        "https://user:hunter2?x@github.example.com/",
        "https:/user:hunter2@github.example.com",
        "user:hunter2@github.example.com",
        "https://github.example.com/?token=hunter2",
    ] {
        for command in ["latest", "doctor", "create success", "latest --json"] {
            let variable = Scene::new().set("GITHUB_API_URL", url);
            let outputs = [
                Scene::new().output(&format!("{command} --deployment 42 --api-url {url}")),
                variable.output(&format!("{command} --deployment 42")),
            ];
            for output in outputs {
                assert_eq!(output.status.code(), Some(2), "{output:?}");
                let text = format!("{output:?}");
                assert!(!text.contains("hunter2"), "{command}: {text}");
            }
        }
    }
}

#[test]
fn passwords_of_status_urls_are_not_printed() {
    for option in ["--log-url", "--environment-url"] {
        let line = format!("create success {option} user:hunter2@host --deployment 42");
        let output = Scene::new().output(&line);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(
            text.contains("invalid URL") && !text.contains("hunter2"),
            "{text}"
        );
    }
}

#[test]
fn other_crates_are_not_traced() {
    let output = Scene::new().output("latest --deployment 42 -vvv");
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("latest"), "{text}");
    assert!(!text.contains("hyper"), "{text}");
    assert!(!text.contains("reqwest"), "{text}");
}
