//! Snapshots of an emulator.

use std::fs;

use deploystatus_emulator::{Emulator, NewDeployment, NewStatus};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::is_one_clear_line;
use super::seed::{Folder, emulator, runtime, saved};

/// Number of deployments that a check changes, small enough for a fuzzer.
const CHANGED: usize = 3;

/// A snapshot is rejected with an error of one line that contains its path, and the file stays unchanged;
/// or the emulator continues from it without losing anything, and loading and saving it again changes nothing.
///
/// Nothing in it is lost, and saving it again changes nothing. The input is the file.
pub fn snapshot(bytes: &[u8]) {
    runtime().block_on(async {
        let folder = Folder::new();
        let path = folder.file("snapshot.json");
        fs::write(&path, bytes).unwrap();
        let github = match emulator().snapshot(&path).start().await {
            Ok(github) => github,
            Err(error) => {
                is_one_clear_line(&error.to_string());
                assert!(error.to_string().contains(&path.display().to_string()));
                assert_eq!(fs::read(&path).unwrap(), bytes);
                return;
            }
        };
        let first = saved(&github, &path);
        let github = emulator().snapshot(&path).start().await.unwrap();
        assert_eq!(saved(&github, &path), first);
        change(&github).await;
        let later = saved(&github, &path);
        let github = emulator().snapshot(&path).start().await.unwrap();
        assert_eq!(saved(&github, &path), later);
    });
}

/// Adds statuses and a deployment, and checks that everything else is preserved.
async fn change(github: &Emulator) {
    let deployments = github.deployments();
    for deployment in deployments.iter().take(CHANGED) {
        let id = deployment.id;
        let before = github.history(id);
        match github.create_status(id, NewStatus::new("success").auto_inactive(false)) {
            Ok(status) => {
                let after = github.history(id);
                assert_eq!(after[..before.len()], before);
                assert_eq!(after[before.len()..], [status]);
                assert!(
                    after.is_sorted_by(|one, next| one.id < next.id),
                    "{after:?}"
                );
            }
            Err(error) => {
                is_one_clear_line(&error.to_string());
                assert_eq!(github.history(id), before);
            }
        }
    }
    let before = github.deployments();
    match github.create_deployment("octocat/example", NewDeployment::new("main")) {
        Ok(deployment) => {
            let mut after = github.deployments();
            after.retain(|it| *it != deployment);
            assert_eq!(after, before);
        }
        Err(error) => is_one_clear_line(&error.to_string()),
    }
    for deployment in deployments.iter().take(CHANGED) {
        let (repository, id) = (deployment.repository_id, deployment.id);
        let path = format!("/repositories/{repository}/deployments/{id}/statuses");
        let response = get(github, &path).await;
        assert!(
            ["HTTP/1.1 200 ", "HTTP/1.1 404 "]
                .iter()
                .any(|it| response.starts_with(it)),
            "{response}"
        );
    }
}

async fn get(github: &Emulator, path: &str) -> String {
    let mut connection = TcpStream::connect(github.address()).await.unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: {}\r\nuser-agent: test\r\nauthorization: Bearer t\r\nconnection: close\r\n\r\n",
        github.address()
    );
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut response = Vec::new();
    connection.read_to_end(&mut response).await.unwrap();
    String::from_utf8_lossy(&response).into_owned()
}
