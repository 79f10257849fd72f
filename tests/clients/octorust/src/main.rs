//! Creates a status or lists all statuses with octorust.

#[path = "../../under_fire/output.rs"]
mod output;

use std::env::var;

use octorust::Client;
use octorust::auth::Credentials;
use octorust::types::{
    DeploymentStatusState as State, ReposCreateDeploymentStatusRequest as NewStatus,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut client = Client::new("octorust", Credentials::Token(var("GITHUB_TOKEN")?))?;
    client.with_host_override(var("GITHUB_API_URL")?);
    let repository = var("GITHUB_REPOSITORY")?;
    let (owner, repo) = repository.split_once('/').ok_or("owner/repo")?;
    let deployment = var("DEPLOYMENT")?.parse()?;
    let repos = client.repos();

    let statuses = if std::env::args().nth(1).as_deref() == Some("report") {
        let new = NewStatus {
            auto_inactive: None,
            description: "Deployed".to_owned(),
            environment: None,
            environment_url: String::new(),
            log_url: String::new(),
            state: State::Success,
            target_url: String::new(),
        };
        let created = repos
            .create_deployment_status(owner, repo, deployment, &new)
            .await;
        created.map(|created| vec![created.body])
    } else {
        let listed = repos
            .list_all_deployment_statuses(owner, repo, deployment)
            .await;
        listed.map(|listed| listed.body)
    };
    match statuses {
        Ok(statuses) => output::statuses(statuses.iter().map(|it| (it.id, &it.state))),
        Err(error) => output::error(&error, None),
    }
    Ok(())
}
