//! Creates a deployment, reports its statuses and reads them with octocrab.

use octocrab::Octocrab;
use octocrab::models::repos::DeploymentStatusState::{InProgress, Queued, Success};
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let octocrab = Octocrab::builder()
        .base_uri(std::env::var("GITHUB_API")?)?
        .personal_token("token".to_owned())
        .build()?;
    assert_eq!(octocrab.current().user().await?.login, "octocat");
    let repository = octocrab.repos("octocat", "example");
    let found = repository.get().await?;
    assert_eq!(found.full_name.as_deref(), Some("octocat/example"));

    let deployments = repository.deployments();
    let created = deployments
        .create("main")
        .environment("staging")
        .send()
        .await?;
    let statuses = deployments.statuses(created.id);
    for state in [Queued, InProgress, Success] {
        assert_eq!(statuses.create(state).send().await?.state, state);
    }

    let first = statuses.list().per_page(1).send().await?;
    assert_eq!(first.number_of_pages(), Some(3));
    let all = octocrab.all_pages(first).await?;
    let states: Vec<_> = all.iter().map(|it| it.state).collect();
    assert_eq!(states, [Success, InProgress, Queued]);
    assert_eq!(statuses.get(all[0].id).await?, all[0]);

    let path = format!("/repos/octocat/example/deployments/{}/statuses", created.id);
    let refused: Result<Value, _> = octocrab.post(path, Some(&json!({"state": "done"}))).await;
    match refused {
        Err(octocrab::Error::GitHub { source, .. }) => {
            assert_eq!(source.message, "Validation Failed");
            Ok(())
        }
        other => Err(format!("an unknown state resulted in {other:?}").into()),
    }
}
