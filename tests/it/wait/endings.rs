//! What a wait calls the end of a story.

use std::time::Duration;

use deploystatus::{Client, Outcome, State};
use deploystatus_emulator::{NewDeployment, NewStatus};

use super::{minutes, tell, wait_after, with_scene, words};

#[test]
fn an_ending_is_named_after_what_was_said() {
    let stories: [(&[&str], &str); 12] = [
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
    for (said, outcome) in stories {
        assert_eq!(wait_after(said, None), outcome, "{said:?}");
    }
}

#[test]
fn states_that_are_no_ending_go_on() {
    for word in ["queued", "pending", "waiting", "in_progress", "paused"] {
        assert_eq!(wait_after(&[word], None), format!("still {word}"));
    }
}

#[test]
fn a_success_is_found_below_hundreds_of_other_words() {
    let mut said = vec!["success"];
    said.extend(["in_progress"; 250]);
    said.push("inactive");
    assert_eq!(
        wait_after(&said, None),
        "superseded by inactive after success"
    );
}

#[test]
fn a_newer_deployment_supersedes_an_older_one() {
    with_scene(async |scene| {
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
        assert!(!outcome.is_good());
        let Outcome::Superseded { by, .. } = &outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!(by.creator.as_ref().unwrap().login(), "hubot");
        assert_eq!(outcome.status(), Some(by));
    });
}

#[test]
fn a_state_is_reached_when_it_is_the_newest() {
    let stories: [(&[&str], State, &str); 5] = [
        (&["queued"], State::Queued, "reached queued"),
        (&["queued", "success"], State::Success, "reached success"),
        (&["queued"], State::InProgress, "still queued"),
        (&["failure"], State::Success, "failed failure"),
        (&["paused"], State::from("paused"), "reached paused"),
    ];
    for (said, goal, outcome) in stories {
        assert_eq!(wait_after(said, Some(goal.clone())), outcome, "{goal}");
    }
}

#[test]
fn a_wait_for_inactive_goes_on_past_the_other_endings() {
    assert_eq!(
        wait_after(&["success"], Some(State::Inactive)),
        "still success"
    );
    assert_eq!(
        wait_after(&["success", "inactive"], Some(State::Inactive)),
        "reached inactive"
    );
}

#[test]
fn a_state_that_came_and_went_between_two_polls_is_reached() {
    with_scene(async |scene| {
        tell(scene, &["queued"]);
        let policy = minutes(5);
        let wait = scene.deployment.wait_for(State::InProgress, &policy);
        let said = async {
            tokio::time::sleep(Duration::from_secs(60)).await;
            tell(scene, &["in_progress", "success"]);
        };
        let (outcome, ()) = tokio::join!(wait.into_future(), said);
        assert_eq!(words(&outcome.unwrap()), "reached in_progress");
    });
}

#[test]
fn a_state_from_before_the_wait_is_not_reached() {
    with_scene(async |scene| {
        tell(scene, &["in_progress", "queued"]);
        let policy = minutes(5);
        let wait = scene.deployment.wait_for(State::InProgress, &policy);
        let said = async {
            tokio::time::sleep(Duration::from_secs(60)).await;
            tell(scene, &["pending"]);
        };
        let (outcome, ()) = tokio::join!(wait.into_future(), said);
        assert_eq!(words(&outcome.unwrap()), "still pending");
    });
}

#[test]
fn a_deployment_that_vanishes_is_gone() {
    with_scene(async |scene| {
        tell(scene, &["in_progress"]);
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
            let answer = request
                .header("user-agent", "tests")
                .bearer_auth("t")
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status(), 204);
        };
        let (outcome, ()) = tokio::join!(wait.into_future(), deleted);
        assert_eq!(outcome.unwrap(), Outcome::Gone);
    });
}

#[test]
fn a_deployment_that_was_never_there_is_an_error() {
    with_scene(async |scene| {
        let mistyped = scene.client.deployment("octocat/example", 999).unwrap();
        let error = mistyped.wait(&minutes(5)).await.unwrap_err();
        assert!(error.is_not_found(), "{error:?}");
        assert_eq!(scene.requests("GET"), 1);
    });
}

#[test]
fn a_wait_can_be_sent_to_another_task() {
    with_scene(async |scene| {
        tell(scene, &["success"]);
        let wait = scene.deployment.wait(&minutes(1)).into_future();
        let outcome = tokio::spawn(wait).await.unwrap().unwrap();
        assert_eq!(words(&outcome), "succeeded success");
        let client: &Client = &scene.client;
        assert!(client.rate_limit().is_some());
    });
}
