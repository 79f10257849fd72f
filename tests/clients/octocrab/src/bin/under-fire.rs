//! Creates a status or lists all statuses with octocrab.

#[path = "../../../under_fire/output.rs"]
mod output;

use std::env::var;

use octocrab::Octocrab;
use octocrab::models::repos::{DeploymentStatus, DeploymentStatusState};
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let octocrab = Octocrab::builder()
        .base_uri(var("GITHUB_API_URL")?)?
        .personal_token(var("GITHUB_TOKEN")?)
        .build()?;
    let repository = var("GITHUB_REPOSITORY")?;
    let (owner, repo) = repository.split_once('/').ok_or("owner/repo")?;
    let deployment = var("DEPLOYMENT")?.parse::<u64>()?;

    let statuses = if std::env::args().nth(1).as_deref() == Some("report") {
        report(&octocrab, owner, repo, deployment).await
    } else {
        list(&octocrab, owner, repo, deployment).await
    };
    match statuses {
        Ok(statuses) => output::statuses(statuses.iter().map(|it| (it.id, text(it.state)))),
        Err(error) => output::error(&error, None),
    }
    Ok(())
}

type Statuses = octocrab::Result<Vec<DeploymentStatus>>;

async fn report(octocrab: &Octocrab, owner: &str, repo: &str, deployment: u64) -> Statuses {
    let repos = octocrab.repos(owner, repo);
    let statuses = repos.deployments().statuses(deployment);
    let new = statuses
        .create(DeploymentStatusState::Success)
        .description("Deployed");
    Ok(vec![new.send().await?])
}

async fn list(octocrab: &Octocrab, owner: &str, repo: &str, deployment: u64) -> Statuses {
    let repos = octocrab.repos(owner, repo);
    let statuses = repos.deployments().statuses(deployment);
    let first = statuses.list().per_page(100).send().await?;
    octocrab.all_pages(first).await
}

/// Returns the state as in JSON, because octocrab's states do not implement `Display`.
fn text(state: DeploymentStatusState) -> String {
    json!(state).as_str().unwrap_or_default().to_owned()
}
