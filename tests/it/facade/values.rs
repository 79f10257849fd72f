//! What a status is once it is read.

use deploystatus::{DeploymentStatus, State};
use deploystatus_generated::types;
use serde_json::{Value, json};

/// A status with every field that the description has, and one that it has not.
fn full() -> Value {
    let api = "https://api.example.com/repos/octocat/example";
    json!({
        "url": format!("{api}/deployments/42/statuses/5000000001"),
        "id": 5_000_000_001_u64,
        "node_id": "DES_1",
        "state": "success",
        "creator": {"login": "deployer[bot]", "id": 17, "type": "Bot", "html_url": "https://github.com/apps/deployer",
            "avatar_url": "https://avatars.example.com/17", "plan": "free"},
        "description": "Live",
        "environment": "production",
        "target_url": "https://ci.example.com/7",
        "created_at": "2026-01-06T10:00:00Z",
        "updated_at": "2026-01-06T10:00:01Z",
        "deployment_url": format!("{api}/deployments/42"),
        "repository_url": api,
        "environment_url": "https://example.com",
        "log_url": "https://ci.example.com/7",
        "performed_via_github_app": {"id": 3, "slug": "deployer", "name": "Deployer"},
        "reactions": {"rocket": 2}
    })
}

fn read(json: &Value) -> DeploymentStatus {
    serde_json::from_str(&json.to_string()).unwrap()
}

#[test]
fn a_status_is_written_as_github_writes_it() {
    let status = read(&full());
    assert_eq!(serde_json::to_value(&status).unwrap(), full());
    assert_eq!(
        serde_json::from_value::<DeploymentStatus>(full()).unwrap(),
        status
    );
}

#[test]
fn what_is_not_modelled_is_kept_as_it_came() {
    let status = read(&full());
    assert_eq!(status.extra("reactions"), Some(r#"{"rocket":2}"#));
    assert_eq!(status.extra_fields().collect::<Vec<_>>(), ["reactions"]);
    let creator = status.creator.unwrap();
    assert_eq!(
        (creator.login(), creator.id(), creator.is_bot()),
        ("deployer[bot]", Some(17), true)
    );
    assert_eq!(creator.html_url(), Some("https://github.com/apps/deployer"));
    assert!(creator.json().contains(r#""plan":"free""#));
    let app = status.performed_via_github_app.unwrap();
    assert_eq!(
        (app.id(), app.slug(), app.name()),
        (Some(3), Some("deployer"), Some("Deployer"))
    );
}

#[test]
fn empty_texts_are_none_and_are_written_as_empty_again() {
    let mut json = full();
    for field in ["description", "target_url", "log_url", "environment_url"] {
        json[field] = json!("");
    }
    let status = read(&json);
    assert_eq!(status.description, None);
    assert_eq!(status.log_url, None);
    assert_eq!(status.environment_url, None);
    assert_eq!(serde_json::to_value(&status).unwrap(), json);
}

#[test]
fn a_field_that_is_missing_or_odd_never_fails_a_status() {
    let needed = ["id", "state", "created_at"];
    let fields: Vec<_> = full().as_object().unwrap().keys().cloned().collect();
    for field in fields {
        for odd in [
            None,
            Some(json!(null)),
            Some(json!(17)),
            Some(json!([{"a": []}])),
            Some(json!({"b": {}})),
        ] {
            let mut json = full();
            match odd {
                Some(odd) => json[&field] = odd,
                None => drop(json.as_object_mut().unwrap().remove(&field)),
            }
            let outcome = serde_json::from_str::<DeploymentStatus>(&json.to_string());
            let is_needed = needed.contains(&field.as_str());
            let is_id = field == "id" && json["id"] == json!(17);
            assert_eq!(
                outcome.is_ok(),
                !is_needed || is_id,
                "{field}: {json} {outcome:?}"
            );
        }
    }
}

#[test]
fn the_facade_reads_what_the_description_says() {
    let facade = read(&full());
    let generated: types::DeploymentStatus = serde_json::from_str(&full().to_string()).unwrap();
    let described = serde_json::to_value(&generated).unwrap();
    let mut own = serde_json::to_value(&facade).unwrap();
    own.as_object_mut().unwrap().remove("reactions");
    assert_eq!(own, described);
    // Every field of the description is modelled; what was left over is what it does not have.
    assert_eq!(facade.extra_fields().count(), 1);
    let odd = json!({"id": 1, "state": "paused", "created_at": "2026-01-06T10:00:00Z"});
    assert_eq!(read(&odd).state, State::Unknown("paused".to_owned()));
}

#[test]
fn the_facade_knows_every_state_of_the_description() {
    let mut described: Vec<_> = deploystatus_generated::State::KNOWN
        .iter()
        .map(ToString::to_string)
        .collect();
    let mut own: Vec<_> = State::KNOWN.iter().map(ToString::to_string).collect();
    described.sort();
    own.sort();
    assert_eq!(own, described);
}

#[test]
fn states_are_ordered_answer_questions_and_keep_words_from_the_future() {
    let words = [
        "queued",
        "pending",
        "waiting",
        "in_progress",
        "success",
        "inactive",
        "failure",
        "error",
        "paused",
    ];
    let states: Vec<State> = words.iter().map(|word| word.parse().unwrap()).collect();
    assert!(states.is_sorted());
    for (state, word) in states.iter().zip(words) {
        assert_eq!(state.to_string(), word);
        assert_eq!(serde_json::to_value(state).unwrap(), json!(word));
        assert_eq!(
            &serde_json::from_value::<State>(json!(word)).unwrap(),
            state
        );
        let finished = ["success", "inactive", "failure", "error"].contains(&word);
        assert_eq!(state.is_finished(), finished, "{word}");
        assert_eq!(state.is_successful(), word == "success");
        assert_eq!(
            state.can_be_reported(),
            !["waiting", "paused"].contains(&word)
        );
    }
    assert_eq!(states[8], State::Unknown("paused".to_owned()));
}
