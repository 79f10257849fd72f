//! Creates a status or lists all statuses with the library of this project.

#[path = "output.rs"]
mod output;

use std::env::var;

use deploystatus::{Client, DeploymentStatus, NewStatus, State};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::builder()
        .base_url(var("GITHUB_API_URL")?)
        .token(var("GITHUB_TOKEN")?)
        .build()?;
    let deployment = client.deployment(&var("GITHUB_REPOSITORY")?, var("DEPLOYMENT")?.parse()?)?;

    let statuses = if std::env::args().nth(1).as_deref() == Some("report") {
        let report = NewStatus::new(State::Success).description("Deployed");
        let delivered = deployment.create_status(report).await;
        delivered.map(|delivered| vec![delivered.status])
    } else {
        deployment.statuses().collect().await
    };
    match statuses {
        Ok(statuses) => output::statuses(
            statuses
                .iter()
                .map(|it: &DeploymentStatus| (it.id, &it.state)),
        ),
        Err(error) => output::error(
            &error,
            error.advice().map(|advice| advice.to_string()).as_deref(),
        ),
    }
    Ok(())
}
