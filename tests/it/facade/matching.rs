//! Comparison of listed statuses with a status whose response was lost.

use deploystatus::{Confirmation, Error, NewStatus, RetryPolicy, SearchResult, State};
use deploystatus_emulator::{Fault, NewStatus as Stored, Operation, Stage};
use serde_json::{Value, json};
use tests::{Scene, in_paused_time};

fn success() -> NewStatus {
    NewStatus::new(State::Success)
}

/// Sends a status, loses the response, and returns the result of the search in a list of these statuses, newest first.
fn search(listed: &[Value], new: &NewStatus) -> Result<u64, SearchResult> {
    in_paused_time(|| async {
        let scene = Scene::start().await;
        let known = scene.store(Stored::new("queued"));
        scene.deployment.latest_status().await.unwrap();
        let list = listed.iter().zip(1..).map(|(fields, older)| {
            let mut status = json!({"state": "success", "created_at": "2026-01-06T10:00:00Z"});
            status["id"] = json!(known + 10 - older);
            for (name, value) in fields.as_object().unwrap() {
                status[name] = value.clone();
            }
            status
        });
        let page = Fault::status(200).body(list.collect::<Vec<Value>>());
        scene.fault(page.on(Operation::ListStatuses).times(100));
        scene.fault(Fault::close(Stage::BeforeWork).on(Operation::CreateStatus));
        let deployment = scene.deployment.clone();
        let deployment = deployment.with_retry_policy(RetryPolicy::never());
        let created = deployment.create_status(new.clone()).await;
        let search = |error: Error| error.unknown_outcome().unwrap().search;
        created
            .map(|created| created.status.id - known)
            .map_err(search)
    })
}

#[track_caller]
fn assert_equal(fields: &Value, new: &NewStatus) {
    let result = search(std::slice::from_ref(fields), new);
    assert_eq!(result, Ok(9), "{fields} {new:?}");
}

#[track_caller]
fn assert_similar(fields: &Value, new: &NewStatus) {
    let result = search(std::slice::from_ref(fields), new);
    assert_eq!(result, Err(SearchResult::Similar), "{fields} {new:?}");
}

#[test]
fn all_fields_are_compared() {
    let fields = json!({
        "description": "Live",
        "log_url": "https://a/1",
        "target_url": "https://a/1",
        "environment": "staging",
        "environment_url": "https://b",
    });
    let same = || {
        success()
            .description("Live")
            .log_url("https://a/1")
            .environment("staging")
            .environment_url("https://b")
    };
    assert_equal(&fields, &same());
    assert_similar(&fields, &same().description(""));
    assert_similar(&fields, &same().description("Alive"));
    assert_similar(&fields, &same().log_url("https://a/2"));
    assert_similar(&fields, &same().environment("production"));
    assert_similar(&fields, &same().environment_url(""));
    let mut failure = same();
    failure.state = State::Failure;
    assert_eq!(search(&[fields], &failure), Err(SearchResult::NotFound));
}

#[test]
fn log_url_takes_precedence_over_target_url() {
    for fields in [
        json!({"log_url": "https://a/1", "target_url": "https://a/1"}),
        // An old server.
        json!({"target_url": "https://a/1"}),
    ] {
        assert_equal(&fields, &success().log_url("https://a/1"));
        assert_equal(&fields, &success().target_url("https://a/1"));
        let both = success().log_url("https://a/1").target_url("https://a/2");
        assert_equal(&fields, &both);
        assert_similar(&fields, &success());
    }
}

#[test]
fn environment_is_inherited_from_older_status() {
    let older = json!({"environment": "staging", "state": "queued"});
    let newer = |name| json!({"environment": name});
    let result = |name| search(&[newer(name), older.clone()], &success());
    assert_eq!(result("staging"), Ok(9));
    assert_eq!(result("production"), Err(SearchResult::Similar));
    assert_equal(&newer("production"), &success());
}

#[test]
fn fields_missing_on_old_servers_are_ignored() {
    let new = success()
        .environment("staging")
        .environment_url("https://b");
    assert_equal(&json!({}), &new);
    assert_similar(&json!({"environment_url": ""}), &new);
}

#[test]
fn normalized_values_are_equal() {
    for (stored, sent) in [
        ("https://ci.example.com/", "https://ci.example.com"),
        ("https://ci.example.com/7", "https://CI.example.com/7/"),
        ("https://ci.example.com/7", "https://ci.example.com:443/7"),
        ("https://xn--bcher-kva.example/", "https://bücher.example"),
        (
            "https://ci.example.com/b%C3%BC",
            "https://ci.example.com/bü",
        ),
    ] {
        let fields = json!({"log_url": stored, "environment_url": stored});
        assert_equal(&fields, &success().log_url(sent).environment_url(sent));
    }
    assert_equal(
        &json!({"description": "a b c", "environment": "Staging"}),
        &success()
            .description(" a  b\u{a0}c ")
            .environment("STAGING"),
    );
}

#[test]
fn different_paths_and_fragments_are_similar() {
    let fields = json!({"log_url": "https://a/x?y=1#z"});
    assert_equal(&fields, &success().log_url("https://a/x?y=1#z"));
    for other in ["https://a/X?y=1#z", "https://a/x?y=2#z", "https://a/x?y=1"] {
        assert_similar(&fields, &success().log_url(other));
    }
}

#[tokio::test]
async fn markers_are_ignored_if_the_status_is_unchanged() {
    for (stored, sent, is_same) in [
        ("https://a/1#deploystatus-00", "https://a/1", true),
        ("https://a/1#x&deploystatus-00", "https://a/1#x", true),
        (
            "https://a/deploystatus-00",
            "https://a/deploystatus-00",
            true,
        ),
        ("https://a/deploystatus-00", "https://a/", false),
    ] {
        let scene = Scene::start().await;
        scene.store(Stored::new("success").log_url(stored));
        let status = success().log_url(sent);
        let outcome = scene.deployment.create_status_if_changed(status).await;
        let is_unchanged = outcome.unwrap().confirmation == Confirmation::Unchanged;
        assert_eq!(is_unchanged, is_same, "{stored} {sent}");
    }
}
