//! A server that deploys when GitHub sends a `deployment` event, and reports the progress.
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
use deploystatus::webhook::{DeploymentDetails, Event, EventContent, MAX_PAYLOAD_SIZE, Verifier};
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

/// Creates the server, which receives deliveries at `/hook`.
pub(crate) fn app(verifier: Verifier, client: Client) -> Router {
    Router::new()
        .route("/hook", post(receive))
        .layer(DefaultBodyLimit::max(MAX_PAYLOAD_SIZE))
        .with_state((verifier, client))
}

async fn receive(
    Shared((verifier, client)): Shared<(Verifier, Client)>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, String) {
    let event = match verifier.receive(&headers, &body) {
        Ok(event) => event,
        Err(error) => {
            let code = StatusCode::from_u16(error.status_code());
            return (code.unwrap_or_default(), error.to_string());
        }
    };
    if !matches!(event.content, EventContent::Deployment) {
        return (StatusCode::NO_CONTENT, String::new());
    }
    // GitHub expects a response within 10 seconds, so the deployment continues in a task.
    tokio::spawn(async move {
        if let Err(error) = deploy(&event, &client).await {
            tracing::error!(deployment = event.deployment.id, %error, "deployment failed");
        }
    });
    (StatusCode::ACCEPTED, "deployment started".to_owned())
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Deploys, and reports the start and the result.
async fn deploy(event: &Event, client: &Client) -> Result<(), BoxError> {
    let deployment = event.handle(client)?;
    let rollout = deployment.rollout(NewStatus::new(State::InProgress));
    let work = rollout.run(async |rollout| -> Result<(), BoxError> {
        let url = ship(&event.deployment).await?;
        rollout.environment_url(url)?;
        Ok(())
    });
    work.await?;
    Ok(())
}

/// Takes the place of the actual work. Only the environment `staging` exists.
async fn ship(deployment: &DeploymentDetails) -> Result<String, String> {
    tokio::task::yield_now().await;
    match deployment.environment.as_str() {
        "staging" => Ok(format!("https://{}.example.com", deployment.reference)),
        other => Err(format!("unknown environment {other}")),
    }
}
