//! Many clients with one token, as the processes of a fleet have, within GitHub's limits.

use std::time::Duration;

use deploystatus::{NewStatus, Pacing, RetryPolicy, State};
use deploystatus_emulator::{Limits, NewDeployment, Operation};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::scene::{Scene, client_builder, in_paused_time, on_tokio_time};

/// Number of clients in a fleet.
const CLIENTS: u32 = 16;
/// Number of reports that each client makes.
const REPORTS: u32 = 62;

/// 500 of the 992 reports fit into the first hour. The others start after it, and 80 of them fit into a minute.
const THEORY: Duration = Duration::from_secs(3_600 + (992 - 500) * 60 / 80);

/// Costs of the reports of a fleet.
pub struct Fleet {
    /// Time of all reports, divided by the least time that the limits permit.
    pub time: f64,
    /// Number of rejected requests, divided by the number of reports.
    pub rejections: f64,
}

impl Fleet {
    /// Makes all reports on tokio's paused clock and checks that each is stored once.
    #[must_use]
    pub fn run() -> Self {
        in_paused_time(report)
    }
}

async fn report() -> Fleet {
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
            let deployment = client.deployment("octocat/example", id.unwrap().id);
            let deployment = deployment.unwrap();
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
    Fleet {
        time: elapsed.as_secs_f64() / THEORY.as_secs_f64(),
        rejections: f64::from(rejected) / f64::from(CLIENTS * REPORTS),
    }
}
