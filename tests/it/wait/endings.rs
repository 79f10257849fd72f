//! Outcomes of a wait.

use std::time::Duration;

use deploystatus::{Client, Outcome, State};
use deploystatus_emulator::{NewDeployment, NewStatus};
use tests::Scene;

use super::{described, minutes, outcome_after};

#[test]
fn outcome_follows_from_the_statuses() {
    let cases: [(&[&str], &str); 12] = [
        (&["queued", "in_progress", "success"], "succeeded success"),
        (&["in_progress", "failure"], "failed failure"),
        (&["error"], "errored error"),
        (&["failure", "in_progress", "success"], "succeeded success"),
        (
            &["success", "inactive"],
            "superseded by inactive after success",
        ),
        (
            &["success", "inactive", "inactive"],
            "superseded by inactive after success",
        ),
        (
            &["success", "in_progress", "inactive"],
            "superseded by inactive after success",
        ),
        (
            &["in_progress", "inactive"],
            "abandoned by inactive after in_progress",
        ),
        (
            &["failure", "inactive"],
            "abandoned by inactive after failure",
        ),
        (&["inactive"], "abandoned by inactive after nothing"),
        (&["success", "paused"], "still paused"),
        (&[], "still nothing"),
    ];
    for (states, outcome) in cases {
        assert_eq!(outcome_after(states, None), outcome, "{states:?}");
    }
}

#[test]
fn other_states_do_not_end_the_wait() {
    for state in ["queued", "pending", "waiting", "in_progress", "paused"] {
        assert_eq!(outcome_after(&[state], None), format!("still {state}"));
    }
}

#[test]
fn success_is_found_below_many_statuses() {
    let mut states = vec!["success"];
    states.extend(["in_progress"; 250]);
    states.push("inactive");
    assert_eq!(
        outcome_after(&states, None),
        "superseded by inactive after success"
    );
}

#[tokio::test(start_paused = true)]
async fn newer_deployment_supersedes_older() {
    let scene = Scene::start().await;
    let staging = |it: &str| NewDeployment::new(it).environment("staging");
    let github = &scene.github;
    let older = github
        .create_deployment("octocat/example", staging("v1"))
        .unwrap();
    let newer = github
        .create_deployment("octocat/example", staging("v2"))
        .unwrap();
    let success = || NewStatus::new("success").creator("hubot");
    github.create_status(older.id, success()).unwrap();
    github.create_status(newer.id, success()).unwrap();
    let older = scene
        .client
        .deployment("octocat/example", older.id)
        .unwrap();
    let outcome = older.wait(&minutes(1)).await.unwrap();
    assert!(!outcome.is_success());
    let Outcome::Superseded { inactive, .. } = &outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(inactive.creator.as_ref().unwrap().login(), "hubot");
    assert_eq!(outcome.status(), Some(inactive));
}

#[test]
fn newest_state_counts_as_reached() {
    let cases: [(&[&str], State, &str); 5] = [
        (&["queued"], State::Queued, "reached queued"),
        (&["queued", "success"], State::Success, "reached success"),
        (&["queued"], State::InProgress, "still queued"),
        (&["failure"], State::Success, "failed failure"),
        (&["paused"], State::from("paused"), "reached paused"),
    ];
    for (states, goal, outcome) in cases {
        assert_eq!(outcome_after(states, Some(goal.clone())), outcome, "{goal}");
    }
}

#[test]
fn wait_for_inactive_ignores_other_final_states() {
    assert_eq!(
        outcome_after(&["success"], Some(State::Inactive)),
        "still success"
    );
    assert_eq!(
        outcome_after(&["success", "inactive"], Some(State::Inactive)),
        "reached inactive"
    );
}

#[tokio::test(start_paused = true)]
async fn state_between_two_polls_is_reached() {
    let scene = Scene::start().await;
    scene.store_states(&["queued"]);
    let policy = minutes(5);
    let wait = scene.deployment.wait_for(State::InProgress, &policy);
    let states = async {
        tokio::time::sleep(Duration::from_secs(60)).await;
        scene.store_states(&["in_progress", "success"]);
    };
    let (outcome, ()) = tokio::join!(wait.into_future(), states);
    assert_eq!(described(&outcome.unwrap()), "reached in_progress");
}

#[tokio::test(start_paused = true)]
async fn earlier_state_does_not_count_as_reached() {
    let scene = Scene::start().await;
    scene.store_states(&["in_progress", "queued"]);
    let policy = minutes(5);
    let wait = scene.deployment.wait_for(State::InProgress, &policy);
    let states = async {
        tokio::time::sleep(Duration::from_secs(60)).await;
        scene.store_states(&["pending"]);
    };
    let (outcome, ()) = tokio::join!(wait.into_future(), states);
    assert_eq!(described(&outcome.unwrap()), "still pending");
}

#[tokio::test(start_paused = true)]
async fn deleted_deployment_is_gone() {
    let scene = Scene::start().await;
    scene.store_states(&["in_progress"]);
    let policy = minutes(5);
    let wait = scene.deployment.wait(&policy);
    let deleted = async {
        tokio::time::sleep(Duration::from_secs(60)).await;
        let url = format!(
            "{}/repos/octocat/example/deployments/{}",
            scene.github.api_url(),
            scene.deployment.id()
        );
        let request = reqwest::Client::new().delete(url);
        let response = request
            .header("user-agent", "tests")
            .bearer_auth("t")
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 204);
    };
    let (outcome, ()) = tokio::join!(wait.into_future(), deleted);
    assert_eq!(outcome.unwrap(), Outcome::Gone);
}

#[tokio::test(start_paused = true)]
async fn missing_deployment_is_an_error() {
    let scene = Scene::start().await;
    let mistyped = scene.client.deployment("octocat/example", 999).unwrap();
    let error = mistyped.wait(&minutes(5)).await.unwrap_err();
    assert!(error.is_not_found(), "{error:?}");
    assert_eq!(scene.requests("GET"), 1);
}

#[tokio::test(start_paused = true)]
async fn wait_is_send() {
    let scene = Scene::start().await;
    scene.store_states(&["success"]);
    let wait = scene.deployment.wait(&minutes(1)).into_future();
    let outcome = tokio::spawn(wait).await.unwrap().unwrap();
    assert_eq!(described(&outcome), "succeeded success");
    let client: &Client = &scene.client;
    assert!(client.rate_limit().is_some());
}
