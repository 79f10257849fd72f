//! Webhook events: verification, parsing and the example server.

mod end_to_end;
mod parsing;
mod recorded;
mod verification;

use deploystatus::webhook::Verifier;
use deploystatus_emulator::{
    Delivery, Emulator, EmulatorBuilder, NewDeployment, NewStatus, Webhook,
};
use http::{HeaderMap, HeaderName};

const SECRET: &str = "It's a Secret to Everybody";

/// Creates a deployment and a status, and returns their deliveries, which reach no server.
async fn deliveries(github: EmulatorBuilder, new: NewDeployment) -> (Emulator, Vec<Delivery>) {
    let unreachable = Webhook::new("http://127.0.0.1:9/").secret(SECRET);
    let github = github.webhook(unreachable).start().await.unwrap();
    let deployment = github.create_deployment("octocat/example", new).unwrap();
    let status = NewStatus::new("in_progress").log_url("https://ci.example.com/7");
    github.create_status(deployment.id, status).unwrap();
    let deliveries = github.deliveries();
    assert_eq!(deliveries.len(), 2);
    (github, deliveries)
}

/// Returns the delivery of a `deployment` event.
async fn delivery() -> Delivery {
    let (_, deliveries) = deliveries(Emulator::builder(), NewDeployment::new("main")).await;
    deliveries[0].clone()
}

fn headers(delivery: &Delivery) -> HeaderMap {
    let header = |(name, value): &(String, String)| {
        (name.parse::<HeaderName>().unwrap(), value.parse().unwrap())
    };
    delivery.headers.iter().map(header).collect()
}

fn verifier() -> Verifier {
    Verifier::new(SECRET).unwrap()
}
