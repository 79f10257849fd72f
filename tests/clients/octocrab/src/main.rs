//! A deployment reported and read with octocrab.

use octocrab::models::repos::DeploymentStatusState as State;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let octocrab = octocrab::Octocrab::builder()
        .base_uri(std::env::var("EMULATOR")?)?
        .personal_token("token")
        .build()?;
    let repository = octocrab.repos("octocat", "example");
    let deployments = repository.deployments();

    let deployment = deployments.create("main").environment("octocrab").send().await?;
    let statuses = deployments.statuses(deployment.id);
    for step in 1..=40 {
        let description = format!("step {step} of 40");
        statuses.create(State::InProgress).description(description).send().await?;
    }
    let created = statuses.create(State::Success).log_url("https://ci.example/runs/7").send().await?;
    assert_eq!(created.creator.ok_or("nobody reported it")?.login, "octocat");

    let first = statuses.list().per_page(20).send().await?;
    assert_eq!(first.items[0].id, created.id);
    let all = octocrab.all_pages(first).await?;
    assert_eq!(all.len(), 41);
    assert_eq!(statuses.get(created.id).await?.id, created.id);

    let refused = deployments.get(1).await;
    assert!(
        matches!(&refused, Err(octocrab::Error::GitHub { source, .. }) if source.status_code == 404),
        "{refused:?}"
    );
    Ok(())
}
