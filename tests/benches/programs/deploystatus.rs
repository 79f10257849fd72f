//! Creates a status and reads all statuses with `deploystatus`.

use deploystatus::{Client, DeploymentStatus, NewStatus, State};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build()?.block_on(report())
}

async fn report() -> Result<(), Box<dyn std::error::Error>> {
    let token = std::env::var("GITHUB_TOKEN")?;
    let client = Client::builder().token(token).build()?;
    let deployment = client.deployment("octocat/example", 42)?;
    let status = NewStatus::new(State::Success).environment("production");
    deployment.create_status(status).await?;
    let all: Vec<DeploymentStatus> = deployment.statuses().collect().await?;
    println!("{} statuses", all.len());
    Ok(())
}
