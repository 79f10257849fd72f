//! A hundred waits with one token, within GitHub's limits.

use std::time::Duration;

use deploystatus::{Outcome, WaitPolicy};
use deploystatus_emulator::{Limits, NewDeployment, NewStatus};
use tests::{Scene, client_builder, in_paused_time, on_tokio_time};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

const WAITS: u32 = 100;

/// The average time between the end of a deployment and its notice.
const AVERAGE_DELAY: f64 = 7.0;

#[test]
fn hundred_waits_stay_within_limits() {
    in_paused_time(|| async {
        let scene = Scene::with_emulator(on_tokio_time().limits(Limits::github())).await;
        let mut waits = JoinSet::new();
        let mut deployments = Vec::new();
        for seed in 0..WAITS {
            let new = NewDeployment::new("main");
            let id = scene.github.create_deployment("octocat/example", new);
            let id = id.unwrap().id;
            deployments.push(id);
            // Clients of their own, as processes have, so no client knows the requests of the others.
            let client = client_builder(scene.github.api_url()).build().unwrap();
            let deployment = client.deployment("octocat/example", id).unwrap();
            waits.spawn(async move {
                let outcome = deployment.wait(&WaitPolicy::new().seed(seed.into())).await;
                assert!(matches!(outcome, Ok(Outcome::Succeeded(_))), "{outcome:?}");
                Instant::now()
            });
        }
        let report = |state: &str| {
            for id in &deployments {
                let status = NewStatus::new(state);
                scene.github.create_status(*id, status).unwrap();
            }
        };
        // All deployments change at the same times, first often and then seldom.
        for pause in [10; 20].into_iter().chain([60; 10]) {
            report("in_progress");
            sleep(Duration::from_secs(pause)).await;
        }
        report("success");
        let end = Instant::now();
        let noticed = waits.join_all().await;
        let delays = noticed.iter().map(|noticed| (*noticed - end).as_secs_f64());
        let average = delays.sum::<f64>() / f64::from(WAITS);
        assert!(average < AVERAGE_DELAY, "{average} s");
        let requests = scene.github.requests();
        let rejected = requests.iter().filter(|it| it.status >= Some(400)).count();
        assert_eq!(rejected, 0, "of {} requests", requests.len());
    });
}
