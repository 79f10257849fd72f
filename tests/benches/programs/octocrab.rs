//! Creates a status and reads all statuses with octocrab.

use octocrab::Octocrab;
use octocrab::models::repos::DeploymentStatusState;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build()?.block_on(report())
}

async fn report() -> Result<(), Box<dyn std::error::Error>> {
    let token = std::env::var("GITHUB_TOKEN")?;
    let client = Octocrab::builder().personal_token(token).build()?;
    let repository = client.repos("octocat", "example");
    let statuses = repository.deployments().statuses(42);
    let status = statuses.create(DeploymentStatusState::Success);
    status.environment("production").send().await?;
    let first = statuses.list().per_page(100).send().await?;
    let all = client.all_pages(first).await?;
    println!("{} statuses", all.len());
    Ok(())
}
