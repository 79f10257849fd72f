use std::fs;
use std::path::PathBuf;

use deploystatus_emulator::{Emulator, NewDeployment, NewRepository, NewStatus};
use reqwest::Method;
use serde_json::{Value, json};

use super::github::{Answer, Github, statuses};

/// A file of its own for each test, gone afterwards.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Place {
        let folder = std::env::temp_dir().join(format!("emulator-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Place(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join("state.json")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn what_was_saved_on_shutdown_is_there_again_and_goes_on() {
    let place = Place::new("shutdown");
    let github = Github::from(Emulator::builder().snapshot(place.file())).await;
    let deployment = github.deployment_to("staging");
    github
        .emulator
        .create_repository(NewRepository::new("o/r").private())
        .unwrap();
    github
        .emulator
        .rename_repository("octocat/example", "octocat/new")
        .unwrap();
    let first = github
        .emulator
        .create_status(deployment.id, NewStatus::new("success"))
        .unwrap();
    github.emulator.stop().await.unwrap();

    let github = Github::from(Emulator::builder().snapshot(place.file())).await;
    assert_eq!(
        github.emulator.history(deployment.id),
        std::slice::from_ref(&first)
    );
    github.get(&statuses(&deployment)).await.expect(301);
    let next = github
        .emulator
        .create_status(deployment.id, NewStatus::new("failure"))
        .unwrap();
    assert!(next.id > first.id);
    drop(github);
    let github = Github::from(Emulator::builder().snapshot(place.file())).await;
    assert_eq!(github.emulator.history(deployment.id), [first, next]);
    assert_eq!(fs::read_dir(&place.0).unwrap().count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_before_the_end_is_in_the_snapshot() {
    for round in 0..20 {
        let place = Place::new(&format!("answered-{round}"));
        let github = Github::from(Emulator::builder().snapshot(place.file())).await;
        let deployment = github.deployment();
        let request = github.request(Method::POST, &statuses(&deployment));
        let request = request.json(&json!({"state": "success"}));
        let (answered, mut answers) = tokio::sync::mpsc::unbounded_channel();
        for _ in 0..4 {
            let (request, answered) = (request.try_clone().unwrap(), answered.clone());
            tokio::spawn(async move {
                while let Ok(answer) = request.try_clone().unwrap().send().await {
                    let Ok(status) = answer.json::<Value>().await else {
                        break;
                    };
                    answered.send(status["id"].as_u64().unwrap()).unwrap();
                }
            });
        }
        drop(answered);
        let mut ids = vec![answers.recv().await.unwrap()];
        github.emulator.stop().await.unwrap();
        while let Some(id) = answers.recv().await {
            ids.push(id);
        }

        let github = Github::from(Emulator::builder().snapshot(place.file())).await;
        let kept = github.emulator.history(deployment.id);
        for id in ids {
            assert!(kept.iter().any(|it| it.id == id), "{id} was answered");
        }
    }
}

#[tokio::test]
async fn a_snapshot_is_saved_on_request() {
    let place = Place::new("request");
    let github = Github::from(Emulator::builder().snapshot(place.file())).await;
    assert!(!place.file().exists());
    let url = format!("{}/_emulator/snapshot", github.emulator.url());
    let request = reqwest::Client::new().request(Method::POST, url);
    Answer::to(request).await.expect(204);
    let saved: serde_json::Value =
        serde_json::from_slice(&fs::read(place.file()).unwrap()).unwrap();
    assert_eq!(saved["format"], 1);
    let without = Emulator::start().await.unwrap();
    assert!(
        without
            .save()
            .unwrap_err()
            .to_string()
            .contains("without a snapshot file")
    );
}

#[tokio::test]
async fn a_snapshot_that_cannot_be_read_is_an_error_naming_the_place_and_stays_as_it_is() {
    let place = Place::new("unreadable");
    for (text, reason) in [
        ("{\"format\": 1,\n \"state\": oops", "line 2 column 11"),
        ("", "line 1 column 0"),
        ("{\"format\": 1, \"state\": {}}", "missing field"),
    ] {
        fs::write(place.file(), text).unwrap();
        let error = Emulator::builder()
            .snapshot(place.file())
            .start()
            .await
            .unwrap_err();
        let error = error.to_string();
        assert!(
            error.contains(&place.file().display().to_string()),
            "{error}"
        );
        assert!(error.contains(reason), "{error}");
        assert_eq!(fs::read_to_string(place.file()).unwrap(), text);
    }
}

#[tokio::test]
async fn a_snapshot_that_cannot_be_written_is_an_error_and_leaves_nothing_behind() {
    let place = Place::new("unwritable");
    let file = place.0.join("nowhere").join("state.json");
    let emulator = Emulator::builder().snapshot(&file).start().await.unwrap();
    emulator
        .create_deployment("octocat/example", NewDeployment::new("main"))
        .unwrap();
    let error = emulator.stop().await.unwrap_err();
    assert!(error.to_string().contains(&file.display().to_string()));
    assert_eq!(fs::read_dir(&place.0).unwrap().count(), 0);
}
