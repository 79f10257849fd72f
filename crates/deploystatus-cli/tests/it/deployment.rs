//! The deployment from the environment and from the event file.

use snapbox::str;

use crate::scene::Scene;
use crate::transcript::check;

#[test]
fn deployment_is_read_from_the_event() {
    for event in [
        r#"{"action": "created", "deployment": {"id": 42, "ref": "main"}}"#,
        r#"{"deployment_status": {"id": 7}, "deployment": {"id": 42}, "enterprise": {"id": 1}}"#,
        r#"{"workflow_job": {"id": 7}, "deployment": {"id": 42}}"#,
        "\u{feff}{\"deployment\": {\"id\": 42}}\r\n",
    ] {
        let scene = Scene::new().statuses(&["queued"]);
        let path = scene.file("event.json", event);
        let scene = scene.set("GITHUB_EVENT_PATH", path.display().to_string());
        assert!(scene.output("latest").status.success(), "{event}");
    }
}

#[test]
fn deployment_is_read_from_the_environment() {
    let scene = Scene::new().statuses(&["queued"]);
    let event = scene.file("event.json", r#"{"deployment": {"id": 7}}"#);
    let scene = scene
        .set("GITHUB_EVENT_PATH", event.display().to_string())
        .set("DEPLOYSTATUS_DEPLOYMENT", "42");
    assert!(scene.output("latest").status.success());
    let scene = scene.set("DEPLOYSTATUS_DEPLOYMENT", "4x");
    check(
        scene.run_bare("latest"),
        str![[r#"
$ deploystatus latest
--- stderr
error: invalid deployment "4x" (from DEPLOYSTATUS_DEPLOYMENT): expected a number such as 42
--- exit 2

"#]],
    );
}

/// Reads recorded webhook deliveries, which have the format of the event file.
#[test]
fn recorded_events_are_parsed() {
    let Ok(folder) = std::env::var("DEPLOYSTATUS_WEBHOOKS") else {
        eprintln!("skipped: DEPLOYSTATUS_WEBHOOKS is not set");
        return;
    };
    let mut read = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        let Ok(event) = serde_json::from_str::<serde_json::Value>(&text) else {
            continue;
        };
        let Some(id) = event["deployment"]["id"].as_u64() else {
            continue;
        };
        let scene = Scene::new().set("GITHUB_EVENT_PATH", path.display().to_string());
        let transcript = scene.run_bare("create success --dry-run");
        assert!(
            transcript.contains(&format!("for deployment {id} of")),
            "{}: {transcript}",
            path.display()
        );
        read += 1;
    }
    assert!(read > 0, "no event was read");
}

#[test]
fn event_without_deployment_is_explained() {
    let scene = Scene::new();
    let path = scene.file("event.json", r#"{"ref": "refs/heads/main"}"#);
    let scene = scene.set("GITHUB_EVENT_PATH", path.display().to_string());
    check(
        scene.run_bare("latest"),
        str![[r#"
$ deploystatus latest
--- stderr
error: missing deployment; use --deployment ID (the event at /home/event.json has no deployment, because the workflow was not started by one)
--- exit 2

"#]],
    );
    let path = scene.file("event.json", "{");
    let scene = scene.set("GITHUB_EVENT_PATH", path.display().to_string());
    check(
        scene.run_bare("latest"),
        str![[r#"
$ deploystatus latest
--- stderr
error: invalid JSON in event file /home/event.json (from GITHUB_EVENT_PATH): EOF while parsing an object at line 1 column 1
--- exit 2

"#]],
    );
    let scene = scene.set("GITHUB_EVENT_PATH", "/nowhere/event.json");
    check(
        scene.run_bare("latest"),
        str![[r#"
$ deploystatus latest
--- stderr
error: cannot read event file /nowhere/event.json (from GITHUB_EVENT_PATH): No such file or directory
--- exit 2

"#]],
    );
}
