//! Reading of single statuses, and conditional requests.

use deploystatus::{Advice, DeploymentStatus, State};
use deploystatus_emulator::{Fault, NewStatus as Seeded};
use tests::Scene;

#[tokio::test]
async fn status_is_read_by_id() {
    let scene = Scene::start().await;
    let seeded = Seeded::new("failure")
        .description("Out of disk")
        .log_url("https://ci.example.com/1");
    let stored = scene
        .github
        .create_status(scene.deployment.id(), seeded)
        .unwrap();
    let status = scene.deployment.get_status(stored.id).await.unwrap();
    assert_eq!(status.id, stored.id);
    assert_eq!(status.state, State::Failure);
    assert_eq!(status.description.as_deref(), Some("Out of disk"));
    assert_eq!(status.created_at.as_second(), stored.created_at.as_second());
    assert_eq!(status.environment_url, None);
}

#[tokio::test]
async fn missing_status_is_not_found() {
    let scene = Scene::start().await;
    let error = scene.deployment.get_status(17).await.unwrap_err();
    assert!(error.is_not_found());
    assert!(
        error
            .to_string()
            .starts_with("the server responded 404 Not Found: \"Not Found\" (request ID "),
        "{error}"
    );
    assert!(matches!(
        error.advice(),
        Some(Advice::CheckDeployment {
            permission: None,
            ..
        })
    ));
}

#[tokio::test]
async fn unchanged_status_costs_no_quota() {
    let scene = Scene::start().await;
    let stored = scene
        .github
        .create_status(scene.deployment.id(), Seeded::new("queued"))
        .unwrap();
    let first = scene.deployment.get_status(stored.id).await.unwrap();
    let again = scene
        .deployment
        .clone()
        .get_status(stored.id)
        .await
        .unwrap();
    assert_eq!(first, again);
    let statuses: Vec<_> = scene.github.requests().iter().map(|it| it.status).collect();
    assert_eq!(statuses, [Some(200), Some(304)]);
}

#[tokio::test]
async fn newest_status_uses_conditional_requests() {
    let scene = Scene::start().await;
    let id = scene.deployment.id();
    let newest = || async { scene.deployment.latest_status().await.unwrap() };
    assert_eq!(newest().await, None);
    scene
        .github
        .create_status(id, Seeded::new("queued"))
        .unwrap();
    assert_eq!(newest().await.unwrap().state, State::Queued);
    assert_eq!(newest().await.unwrap().state, State::Queued);
    scene
        .github
        .create_status(id, Seeded::new("success"))
        .unwrap();
    assert_eq!(newest().await.unwrap().state, State::Success);
    let statuses: Vec<_> = scene.github.requests().iter().map(|it| it.status).collect();
    assert_eq!(statuses, [Some(200), Some(200), Some(304), Some(200)]);
}

#[tokio::test]
async fn creators_are_shared_only_if_equal() {
    let scene = Scene::start().await;
    let store = |status: Seeded| {
        let stored = scene.github.create_status(scene.deployment.id(), status);
        stored.unwrap().id
    };
    let read = async |id| scene.deployment.get_status(id).await.unwrap().creator;
    let ids = [
        store(Seeded::new("queued").creator("hubot")),
        store(Seeded::new("pending").creator("hubot")),
        store(Seeded::new("in_progress").creator("octocat")),
        store(Seeded::new("success").without_creator()),
    ];
    let first = read(ids[0]).await.unwrap();
    let second = read(ids[1]).await.unwrap();
    assert_eq!(first.login(), "hubot");
    assert!(std::ptr::eq(first.json(), second.json()));
    assert_eq!(read(ids[2]).await.unwrap().login(), "octocat");
    assert_eq!(read(ids[3]).await, None);
    assert_eq!(read(ids[0]).await.unwrap().login(), "hubot");
}

#[tokio::test]
async fn unexpected_304_is_an_error() {
    let scene = Scene::start().await;
    scene.fault(Fault::status(304).body(""));
    let error = scene.deployment.get_status(1).await.unwrap_err();
    assert_eq!(error.status(), Some(304));
}

#[tokio::test(start_paused = true)]
async fn sixteen_accounts_of_a_deployment_are_stored_once() {
    let scene = Scene::start().await;
    for _ in 0..2 {
        for number in 0..16 {
            scene.store(Seeded::new("in_progress").creator(format!("user-{number}")));
        }
    }
    let statuses: Vec<_> = scene.deployment.statuses().collect().await.unwrap();
    let texts = |half: &[DeploymentStatus]| -> Vec<*const u8> {
        let json = |status: &DeploymentStatus| status.creator.as_ref().unwrap().json().as_ptr();
        half.iter().map(json).collect()
    };
    assert_eq!(statuses.len(), 32);
    assert_eq!(texts(&statuses[..16]), texts(&statuses[16..]));
}
