use std::fs;
use std::path::PathBuf;

use deploystatus_emulator::{Emulator, NewDeployment, NewRepository, NewStatus, Seed};
use reqwest::Method;
use serde_json::{Value, json};

use super::github::{Github, send, statuses};

/// A folder that is removed after the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("emulator-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join("state.json")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn snapshot_restores_the_state() {
    let place = Folder::new("shutdown");
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
async fn snapshot_contains_every_confirmed_status() {
    for round in 0..20 {
        let place = Folder::new(&format!("confirmed-{round}"));
        let github = Github::from(Emulator::builder().snapshot(place.file())).await;
        let deployment = github.deployment();
        let request = github.request(Method::POST, &statuses(&deployment));
        let request = request.json(&json!({"state": "success"}));
        let (confirmed, mut responses) = tokio::sync::mpsc::unbounded_channel();
        for _ in 0..4 {
            let (request, confirmed) = (request.try_clone().unwrap(), confirmed.clone());
            tokio::spawn(async move {
                while let Ok(response) = request.try_clone().unwrap().send().await {
                    let Ok(status) = response.json::<Value>().await else {
                        break;
                    };
                    confirmed.send(status["id"].as_u64().unwrap()).unwrap();
                }
            });
        }
        drop(confirmed);
        let mut ids = vec![responses.recv().await.unwrap()];
        github.emulator.stop().await.unwrap();
        while let Some(id) = responses.recv().await {
            ids.push(id);
        }

        let github = Github::from(Emulator::builder().snapshot(place.file())).await;
        let kept = github.emulator.history(deployment.id);
        for id in ids {
            assert!(kept.iter().any(|it| it.id == id), "{id} was confirmed");
        }
    }
}

#[tokio::test]
async fn snapshot_is_written_on_request() {
    let place = Folder::new("request");
    let github = Github::from(Emulator::builder().snapshot(place.file())).await;
    assert!(!place.file().exists());
    let url = format!("{}/_emulator/snapshot", github.emulator.url());
    let request = reqwest::Client::new().request(Method::POST, url);
    send(request).await.expect(204);
    let saved: serde_json::Value =
        serde_json::from_slice(&fs::read(place.file()).unwrap()).unwrap();
    assert_eq!(saved["format"], 1);
    let without = Emulator::start().await.unwrap();
    assert!(
        without
            .save()
            .unwrap_err()
            .to_string()
            .contains("no snapshot file is configured")
    );
}

#[tokio::test]
async fn unreadable_snapshot_is_reported_and_unchanged() {
    let place = Folder::new("unreadable");
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
async fn payloads_survive_a_snapshot() {
    let place = Folder::new("payload");
    let deep = (0..125).fold(json!([]), |inner, _| json!([inner]));
    for payload in [
        deep,
        json!([51.248_178_375_505_404, 3.141_592_653_589_793e-5]),
    ] {
        let _ = fs::remove_file(place.file());
        let emulator = Emulator::builder().snapshot(place.file()).start().await;
        let emulator = emulator.unwrap();
        let new = NewDeployment::new("main").payload(payload);
        let deployment = emulator.create_deployment("octocat/example", new).unwrap();
        emulator.stop().await.unwrap();
        let again = Emulator::builder().snapshot(place.file()).start().await;
        assert_eq!(again.unwrap().deployments(), [deployment]);
    }
}

#[tokio::test]
async fn inconsistent_snapshots_are_rejected() {
    let place = Folder::new("contradiction");
    let emulator = Emulator::builder().snapshot(place.file()).start().await;
    let emulator = emulator.unwrap();
    let new = NewDeployment::new("main").id(7);
    let id = emulator
        .create_deployment("octocat/example", new)
        .unwrap()
        .id;
    for number in [3, 5] {
        let status = NewStatus::new("queued").id(number);
        emulator.create_status(id, status).unwrap();
    }
    emulator.stop().await.unwrap();
    let whole = fs::read_to_string(place.file()).unwrap();
    for (from, to, reason) in [
        (
            "\"id\":1296269",
            "\"id\":5",
            "repository 5 has the key 1296269",
        ),
        (
            "\"deployments\":[7]",
            "\"deployments\":[7,8]",
            "repository 1296269 has no deployment 8",
        ),
        (
            "\"deployments\":[7]",
            "\"deployments\":[]",
            "deployment 7 is not listed by repository 1296269",
        ),
        (
            "\"octocat/example\":1296269",
            "\"octocat/example\":6",
            "a name belongs to repository 6, which is missing",
        ),
        (
            "\"deployment\":{\"id\":7",
            "\"deployment\":{\"id\":8",
            "deployment 8 has the key 7",
        ),
        (
            "{\"id\":3,\"deployment_id\":7",
            "{\"id\":3,\"deployment_id\":8",
            "deployment 7 has status 3 of another",
        ),
        ("{\"id\":3,", "{\"id\":6,", "status 5 comes after status 6"),
        (
            "\"next_deployment_id\":4400000001",
            "\"next_deployment_id\":7",
            "the next deployment ID is 7, and a higher one exists",
        ),
        (
            "\"next_status_id\":5000000001",
            "\"next_status_id\":1",
            "the next status ID is 1, and a higher one exists",
        ),
        (
            "\"next_user_id\":583232",
            "\"next_user_id\":1",
            "the next user ID is 1, and a higher one exists",
        ),
    ] {
        assert!(whole.contains(from), "{from} is not in {whole}");
        fs::write(place.file(), whole.replacen(from, to, 1)).unwrap();
        let refused = Emulator::builder().snapshot(place.file()).start().await;
        let error = refused.unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
}

#[tokio::test]
async fn highest_ids_are_used_once() {
    let place = Folder::new("last");
    let last = NewRepository::new("o/last").id(u64::MAX);
    let seed = Seed::default().repository(last);
    let emulator = Emulator::builder().seed(seed).snapshot(place.file());
    let emulator = emulator.start().await.unwrap();
    let refused = emulator.create_repository(NewRepository::new("o/later"));
    assert!(refused.unwrap_err().to_string().contains("already in use"));
    let deployment = NewDeployment::new("main").id(u64::MAX);
    let deployment = emulator.create_deployment("o/last", deployment).unwrap();
    let refused = emulator.create_deployment("o/last", NewDeployment::new("later"));
    assert!(refused.unwrap_err().to_string().contains("already exists"));
    let status = NewStatus::new("queued").id(u64::MAX);
    let status = emulator.create_status(deployment.id, status).unwrap();
    let refused = emulator.create_status(deployment.id, NewStatus::new("success"));
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .contains("IDs must increase")
    );
    emulator.stop().await.unwrap();
    let again = Emulator::builder().snapshot(place.file()).start().await;
    let again = again.unwrap();
    assert_eq!(again.deployments().len(), 1);
    assert_eq!(again.history(deployment.id), [status]);
}

#[tokio::test]
async fn seed_errors_are_one_short_line() {
    let wild = format!("{{\"\u{7f}\\n{}\": 1}}", "x".repeat(10_000));
    let error = Seed::from_json(&wild).unwrap_err().to_string();
    assert!(!error.contains(char::is_control), "{error}");
    assert!(error.ends_with(" at line 1 column 10006"), "{error}");
    assert!(error.chars().count() < 500, "{error}");
}

#[tokio::test]
async fn unwritable_snapshot_leaves_no_files() {
    let place = Folder::new("unwritable");
    let file = place.0.join("nowhere").join("state.json");
    let emulator = Emulator::builder().snapshot(&file).start().await.unwrap();
    emulator
        .create_deployment("octocat/example", NewDeployment::new("main"))
        .unwrap();
    let error = emulator.stop().await.unwrap_err();
    assert!(error.to_string().contains(&file.display().to_string()));
    assert_eq!(fs::read_dir(&place.0).unwrap().count(), 0);
}
