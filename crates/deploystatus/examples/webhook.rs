//! A server that deploys when GitHub asks for it, and reports how that goes.
//!
//! ```sh
//! WEBHOOK_SECRET=… GITHUB_TOKEN=… cargo run -p deploystatus --features webhook --example webhook
//! ```

use std::error::Error;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State as Shared};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use deploystatus::webhook::{DeploymentDetails, DeploymentEvent, Event, Verifier};
use deploystatus::{Client, NewStatus, State};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let verifier = Verifier::new(&std::env::var("WEBHOOK_SECRET")?)?;
    let client = Client::builder()
        .token(std::env::var("GITHUB_TOKEN")?)
        .build()?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, app(verifier, client)).await?;
    Ok(())
}

/// Takes deliveries at `/hook`.
pub(crate) fn app(verifier: Verifier, client: Client) -> Router {
    Router::new()
        .route("/hook", post(receive))
        // GitHub sends no more than this, and more is not even read.
        .layer(DefaultBodyLimit::max(25 * 1024 * 1024))
        .with_state((verifier, client))
}

async fn receive(
    Shared((verifier, client)): Shared<(Verifier, Client)>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, String) {
    let delivery = match verifier.receive(&headers, &body) {
        Ok(delivery) => delivery,
        Err(rejected) => {
            let answer = StatusCode::from_u16(rejected.answer());
            return (answer.unwrap_or_default(), rejected.to_string());
        }
    };
    let Event::Deployment(event) = delivery.event else {
        return (StatusCode::NO_CONTENT, String::new());
    };
    // GitHub waits ten seconds for the answer, so the work goes on without it.
    tokio::spawn(async move {
        if let Err(error) = deploy(&event, &client).await {
            tracing::error!(deployment = event.deployment.id, %error, "the deployment did not succeed");
        }
    });
    (StatusCode::ACCEPTED, "on it".to_owned())
}

/// Deploys, and reports the beginning and the end, whatever it is.
async fn deploy(event: &DeploymentEvent, client: &Client) -> Result<(), deploystatus::Error> {
    let deployment = event.deployment(client)?;
    let rollout = deployment.rollout(NewStatus::new(State::InProgress));
    let shipping = rollout.run(async |rollout| {
        let url = ship(&event.deployment).await?;
        rollout.environment_url(url)?;
        Ok(())
    });
    shipping.await?;
    Ok(())
}

/// What deploying is in this example: only `staging` works.
async fn ship(wanted: &DeploymentDetails) -> Result<String, String> {
    tokio::task::yield_now().await;
    match wanted.environment.as_str() {
        "staging" => Ok(format!("https://{}.example.com", wanted.reference)),
        other => Err(format!("nobody has built {other} yet")),
    }
}
