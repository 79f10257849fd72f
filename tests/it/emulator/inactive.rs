use deploystatus_emulator::{AutoInactive, HadSuccess, NewDeployment, NewRepository, NewStatus};
use serde_json::json;

use super::github::{Github, statuses};

/// Returns the state of the newest status.
fn latest(github: &Github, id: u64) -> String {
    let history = github.emulator.history(id);
    history
        .last()
        .map(|it| it.state.clone())
        .unwrap_or_default()
}

/// Creates a deployment with these states and returns its ID.
fn deployed(github: &Github, new: NewDeployment, states: &[&str]) -> u64 {
    let deployment = github
        .emulator
        .create_deployment("octocat/example", new)
        .unwrap();
    for state in states {
        let new = NewStatus::new(*state).auto_inactive(false);
        github.emulator.create_status(deployment.id, new).unwrap();
    }
    deployment.id
}

fn staging() -> NewDeployment {
    NewDeployment::new("main").environment("staging")
}

#[tokio::test]
async fn success_makes_earlier_successes_inactive() {
    let github = Github::start().await;
    let prior = deployed(&github, staging(), &["queued", "success"]);
    let failed = deployed(&github, staging(), &["success", "failure"]);
    let transient = deployed(&github, staging().transient_environment(true), &["success"]);
    let elsewhere = deployed(&github, staging().environment("review"), &["success"]);
    let newer = github.deployment_to("staging");
    let later = deployed(&github, staging(), &["success"]);
    let other = github
        .emulator
        .create_repository(NewRepository::new("o/r"))
        .unwrap();
    let other = github
        .emulator
        .create_deployment(&other.full_name(), staging())
        .unwrap()
        .id;
    github
        .emulator
        .create_status(other, NewStatus::new("success"))
        .unwrap();

    for state in ["in_progress", "failure", "inactive", "error"] {
        github
            .post(&statuses(&newer), json!({"state": state}))
            .await
            .expect(201);
    }
    assert_eq!(latest(&github, prior), "success");
    let status = github
        .post(&statuses(&newer), json!({"state": "success"}))
        .await
        .json();
    assert_eq!(latest(&github, prior), "inactive");
    for (id, expected) in [
        (failed, "failure"),
        (transient, "success"),
        (elsewhere, "success"),
        (newer.id, "success"),
        (later, "success"),
        (other, "success"),
    ] {
        assert_eq!(latest(&github, id), expected);
    }
    let inactive = github.emulator.history(prior).pop().unwrap();
    assert!(inactive.id > status["id"].as_u64().unwrap());
    assert_eq!(inactive.environment, "staging");
    assert_eq!(
        (inactive.description.as_str(), inactive.log_url.as_str()),
        ("", "")
    );
    assert_eq!(inactive.creator.unwrap().login, "octocat");
}

#[tokio::test]
async fn auto_inactive_false_changes_nothing() {
    let github = Github::start().await;
    let prior = deployed(&github, staging(), &["success"]);
    let newer = github.deployment_to("staging");
    let body = json!({"state": "success", "auto_inactive": false});
    github.post(&statuses(&newer), body).await.expect(201);
    assert_eq!(latest(&github, prior), "success");
}

#[tokio::test]
async fn production_is_included_by_quirk_only() {
    let github = Github::start().await;
    let prior = deployed(&github, NewDeployment::new("main"), &["success"]);
    let newer = github.deployment();
    github
        .post(&statuses(&newer), json!({"state": "success"}))
        .await
        .expect(201);
    assert_eq!(latest(&github, prior), "success");
    github
        .emulator
        .change_quirks(|it| it.auto_inactive = AutoInactive::Observed);
    github
        .post(&statuses(&newer), json!({"state": "success"}))
        .await
        .expect(201);
    assert_eq!(latest(&github, prior), "inactive");
}

#[tokio::test]
async fn environment_of_the_status_decides() {
    let github = Github::start().await;
    let prior = deployed(&github, staging(), &["success"]);
    let newer = github.deployment_to("review");
    let body = json!({"state": "success", "environment": "staging"});
    github.post(&statuses(&newer), body).await.expect(201);
    assert_eq!(latest(&github, prior), "inactive");
}

#[tokio::test]
async fn had_success_quirk_counts_any_success() {
    let github = Github::start().await;
    let failed = deployed(&github, staging(), &["success", "failure"]);
    let never = deployed(&github, staging(), &["failure"]);
    github
        .emulator
        .change_quirks(|it| it.had_success = HadSuccess::Ever);
    let second = github.deployment_to("staging");
    for _ in 0..2 {
        github
            .post(&statuses(&second), json!({"state": "success"}))
            .await
            .expect(201);
    }
    assert_eq!(latest(&github, failed), "inactive");
    assert_eq!(github.emulator.history(failed).len(), 3);
    assert_eq!(latest(&github, never), "failure");
}
