//! A thousand reporters that share one client, within GitHub's limits.

use std::time::Duration;

use deploystatus::{ClientBuilder, NewStatus, Pacing, RetryPolicy, ServerProfile, State};
use deploystatus_emulator::{Limits, NewDeployment, Operation};
use tests::{Scene, in_paused_time, on_tokio_time};
use tokio::task::JoinSet;
use tokio::time::Instant;

const REPORTERS: u64 = 1_000;

/// 500 creations fit into an hour and 80 into a minute, so the last 500 start after an hour and take six minutes.
const ALLOWED: Duration = Duration::from_secs(3_600 + 6 * 60);

#[test]
fn thousand_paced_reports_stay_within_limits() {
    let refused = report_at_once(|client| client.profile(ServerProfile::github()));
    assert_eq!(refused, 0, "the pacing exceeded the limits");
}

#[test]
fn thousand_unpaced_reports_are_stored_once() {
    let refused = report_at_once(|client| client);
    assert!(refused > 0, "the limits were never reached");
}

/// Returns the number of rejected requests.
fn report_at_once(client: impl Fn(ClientBuilder) -> ClientBuilder) -> usize {
    in_paused_time(|| async {
        let patience = 2 * ALLOWED;
        let policy = RetryPolicy::new()
            .max_retry_after(patience)
            .timeout(patience);
        let github = on_tokio_time().limits(Limits::github());
        let scene = Scene::with(github, |builder| {
            client(builder.pacing(Pacing::new()).retry_policy(policy))
        })
        .await;
        let started = Instant::now();
        let mut reporters = JoinSet::new();
        for number in 0..REPORTERS {
            let new = NewDeployment::new("main");
            let id = scene.github.create_deployment("octocat/example", new);
            let deployment = scene.client.deployment("octocat/example", id.unwrap().id);
            reporters.spawn(async move {
                let deployment = deployment.unwrap();
                let status = NewStatus::new(State::Success).description(number.to_string());
                let created = deployment.create_status(status).await.unwrap();
                (deployment.id(), created.status.id, number)
            });
        }
        let reported = reporters.join_all().await;
        let elapsed = started.elapsed();
        for (deployment, status, number) in reported {
            let history = scene.github.history(deployment);
            let [stored] = &history[..] else {
                panic!("not exactly one status: {history:?}")
            };
            assert_eq!(stored.id, status);
            assert_eq!(stored.description, number.to_string());
        }
        assert!(elapsed < ALLOWED.mul_f64(1.1), "{elapsed:?}");
        // A shorter time would mean that the limits were off.
        assert!(elapsed > ALLOWED.mul_f64(0.99), "{elapsed:?}");
        let requests = scene.github.requests();
        let creations = requests
            .iter()
            .filter(|it| it.operation == Some(Operation::CreateStatus));
        creations.filter(|it| it.status != Some(201)).count()
    })
}
