//! The example, told of deployments by an emulator, and reporting to it.

use std::time::Duration;

use deploystatus::{Client, Deployment, Outcome, Pacing, WaitPolicy};
use deploystatus_emulator::{Clock, Emulator, NewDeployment, Webhook};

use super::SECRET;
use crate::facade::in_paused_time;

#[expect(dead_code, reason = "it is a program of its own as well")]
#[path = "../../../crates/deploystatus/examples/webhook.rs"]
mod example;

/// An emulator that signs with this secret, and the example at the address that the emulator tells.
async fn scene(secret: Option<&str>) -> (Emulator, Client) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut hook = Webhook::new(format!("http://{address}/hook"));
    if let Some(secret) = secret {
        hook = hook.secret(secret);
    }
    let github = Emulator::builder().clock(Clock::tokio()).webhook(hook);
    let github = github.start().await.unwrap();
    let client = Client::builder()
        .base_url(github.api_url())
        .token("t")
        .pacing(Pacing::off())
        .build()
        .unwrap();
    let app = example::app(super::verifier(), client.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (github, client)
}

fn deploy(github: &Emulator, client: &Client, environment: &str) -> Deployment {
    let new = NewDeployment::new("v7").environment(environment);
    let id = github.create_deployment("octocat/example", new).unwrap().id;
    client.deployment("octocat/example", id).unwrap()
}

#[test]
fn a_deployment_that_is_asked_for_is_carried_out_and_reported() {
    in_paused_time(|| async {
        let (github, client) = scene(Some(SECRET)).await;
        let deployment = deploy(&github, &client, "staging");
        let outcome = deployment.wait(&WaitPolicy::new()).await.unwrap();
        let Outcome::Succeeded(status) = outcome else {
            panic!("{outcome:?}")
        };
        let visit = status.environment_url.as_deref();
        assert_eq!(visit, Some("https://v7.example.com"));
        let told: Vec<_> = github.history(deployment.id());
        let told: Vec<_> = told.iter().map(|status| status.state.as_str()).collect();
        assert_eq!(told, ["in_progress", "success"]);

        // The deployment was accepted, and of the statuses there was nothing to do.
        github.wait_for_deliveries().await;
        let answers: Vec<_> = github.deliveries().iter().map(|it| it.status).collect();
        assert_eq!(answers, [Some(202), Some(204), Some(204)]);
    });
}

#[test]
fn a_deployment_that_fails_is_reported_as_failed() {
    in_paused_time(|| async {
        let (github, client) = scene(Some(SECRET)).await;
        let deployment = deploy(&github, &client, "the moon");
        let outcome = deployment.wait(&WaitPolicy::new()).await.unwrap();
        let Outcome::Failed(status) = outcome else {
            panic!("{outcome:?}")
        };
        let why = status.description.as_deref();
        assert_eq!(why, Some("nobody has built the moon yet"));
    });
}

#[test]
fn a_delivery_that_is_not_ours_deploys_nothing() {
    for secret in [None, Some("another")] {
        in_paused_time(|| async {
            let (github, client) = scene(secret).await;
            let deployment = deploy(&github, &client, "staging");
            github.wait_for_deliveries().await;
            assert_eq!(github.deliveries()[0].status, Some(401), "{secret:?}");
            let policy = WaitPolicy::new().timeout(Duration::from_secs(60));
            let outcome = deployment.wait(&policy).await.unwrap();
            assert!(
                matches!(outcome, Outcome::StillRunning { last: None, .. }),
                "{outcome:?}"
            );
        });
    }
}
