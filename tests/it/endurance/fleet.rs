//! Sixteen clients with one token, as a fleet of processes has, within GitHub's limits.

use std::time::Duration;

use deploystatus::{NewStatus, Pacing, RetryPolicy, State};
use deploystatus_emulator::{Limits, NewDeployment, Operation};
use tests::{Scene, client_builder, in_paused_time, on_tokio_time};
use tokio::task::JoinSet;
use tokio::time::Instant;

const CLIENTS: u32 = 16;
const REPORTS: u32 = 62;

/// 500 of the 992 reports fit into the first hour. The others start after it, and 80 of them fit into a minute.
const THEORY: Duration = Duration::from_secs(3_600 + (992 - 500) * 60 / 80);

#[test]
fn fleet_reports_within_limits_with_few_rejections() {
    in_paused_time(|| async {
        let scene = Scene::with_emulator(on_tokio_time().limits(Limits::github())).await;
        let policy = RetryPolicy::new()
            .max_retry_after(2 * THEORY)
            .timeout(2 * THEORY)
            .max_attempts(100);
        let started = Instant::now();
        let mut reporters = JoinSet::new();
        for _ in 0..CLIENTS {
            let client = client_builder(scene.github.api_url())
                .pacing(Pacing::new())
                .retry_policy(policy)
                .build()
                .unwrap();
            for _ in 0..REPORTS {
                let new = NewDeployment::new("main");
                let id = scene.github.create_deployment("octocat/example", new);
                let deployment = client
                    .deployment("octocat/example", id.unwrap().id)
                    .unwrap();
                reporters.spawn(async move {
                    let status = NewStatus::new(State::Success);
                    deployment.create_status(status).await.unwrap();
                    deployment.id()
                });
            }
        }
        let deployments = reporters.join_all().await;
        let elapsed = started.elapsed();
        for deployment in deployments {
            assert_eq!(scene.github.history(deployment).len(), 1);
        }
        let requests = scene.github.requests();
        let creations = requests
            .iter()
            .filter(|request| request.operation == Some(Operation::CreateStatus));
        let rejected = creations.filter(|it| it.status != Some(201)).count();
        let rejected = u32::try_from(rejected).unwrap();
        let per_report = f64::from(rejected) / f64::from(CLIENTS * REPORTS);
        let ratio = elapsed.as_secs_f64() / THEORY.as_secs_f64();
        println!("fleet: {ratio:.3} of the limits' theory, {per_report:.2} rejections per report");
        assert!(ratio < 1.03, "{elapsed:?}, and {THEORY:?} in theory");
        assert!(per_report < 0.3, "{rejected} rejections");
    });
}
