//! A deployment and its statuses with octocrab.

use octocrab::{Octocrab, Page};
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let octocrab = Octocrab::builder()
        .base_uri(std::env::var("GITHUB_API")?)?
        .personal_token("token".to_owned())
        .build()?;
    assert_eq!(octocrab.current().user().await?.login, "octocat");
    let repository = octocrab.repos("octocat", "example").get().await?;
    assert_eq!(repository.full_name.as_deref(), Some("octocat/example"));

    // octocrab has no words of its own for deployments.
    let deployments = "/repos/octocat/example/deployments";
    let new = json!({"ref": "main", "environment": "staging"});
    let deployment: Value = octocrab.post(deployments, Some(&new)).await?;
    let statuses = format!("{deployments}/{}/statuses", deployment["id"]);
    for state in ["queued", "in_progress", "success"] {
        let new = json!({"state": state});
        let created: Value = octocrab.post(&statuses, Some(&new)).await?;
        assert_eq!(created["state"], state);
    }

    let first: Page<Value> = octocrab.get(format!("{statuses}?per_page=1"), None::<&()>).await?;
    assert_eq!(first.number_of_pages(), Some(3));
    let all = octocrab.all_pages(first).await?;
    let states: Vec<_> = all.iter().map(|it| &it["state"]).collect();
    assert_eq!(states, ["success", "in_progress", "queued"]);

    let refused: Result<Value, _> = octocrab.post(&statuses, Some(&json!({"state": "done"}))).await;
    match refused {
        Err(octocrab::Error::GitHub { source, .. }) => {
            assert_eq!(source.message, "Validation Failed");
            Ok(())
        }
        other => Err(format!("an unknown state was answered with {other:?}").into()),
    }
}
