//! A process that is killed in the middle of a rollout.

use std::env;
use std::io::{BufRead, BufReader};

use deploystatus::{OnSuperseded, Outbox, Rollout};
use deploystatus_emulator::Emulator;

use tests::{Scene, another_process, client_builder};

use crate::rollout::first;

const PLAN: &str = "DEPLOYSTATUS_TEST_ROLLOUT";

/// Starts the rollout of the other process.
async fn roll_out(plan: &str) -> Rollout {
    let [url, id, folder] = plan.split(' ').collect::<Vec<_>>()[..] else {
        panic!("{plan}")
    };
    let client = client_builder(url).build().unwrap();
    let deployment = client.deployment("octocat/example", id.parse().unwrap());
    let rollout = deployment.unwrap().rollout(first());
    let rollout = rollout.outbox(&Outbox::open(folder).unwrap());
    rollout.begin().await.unwrap()
}

#[tokio::test]
async fn flush_reports_end_of_killed_process() {
    if let Ok(plan) = env::var(PLAN) {
        let _rollout = roll_out(&plan).await;
        println!("\nbegun");
        std::future::pending::<()>().await;
    }
    let scene = Scene::with_emulator(Emulator::builder()).await;
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(folder.path()).unwrap();
    let plan = [
        scene.github.api_url(),
        scene.deployment.id().to_string(),
        folder.path().display().to_string(),
    ];
    let name = "outbox::process::flush_reports_end_of_killed_process";
    let mut child = another_process(name, PLAN, &plan.join(" "))
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let begun = move || output.lines().any(|line| line.unwrap() == "begun");
    assert!(tokio::task::spawn_blocking(begun).await.unwrap());
    assert_eq!(scene.stored(), ["in_progress"]);

    let flushed = outbox
        .flush(&scene.client, OnSuperseded::Drop)
        .await
        .unwrap();
    assert_eq!(flushed.in_use.len(), 1, "its process is alive");

    child.kill().unwrap();
    child.wait().unwrap();
    tokio::time::pause();
    let flushed = outbox
        .flush(&scene.client, OnSuperseded::Drop)
        .await
        .unwrap();
    assert_eq!(flushed.delivered.len(), 1);
    assert_eq!(scene.stored(), ["in_progress", "error"]);
}
