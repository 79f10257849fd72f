//! Renamed repositories and redirects.

use deploystatus::{Confirmation, ErrorKind, NewStatus, State};
use deploystatus_emulator::{Fault, NewStatus as Seeded};
use tests::{Scene, TOKEN, client_builder};
use wiremock::matchers::{any, body_json, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

#[tokio::test]
async fn new_url_of_renamed_repository_is_remembered() {
    let scene = Scene::start().await;
    scene
        .github
        .rename_repository("octocat/example", "octocat/renamed")
        .unwrap();
    assert_eq!(scene.deployment.moved_to(), None);
    for state in [State::InProgress, State::Success] {
        let created = scene
            .deployment
            .create_status(NewStatus::new(state))
            .await
            .unwrap();
        assert!(created.confirmation == Confirmation::Created);
    }
    assert_eq!(scene.stored(), ["in_progress", "success"]);
    let responses: Vec<_> = scene.github.requests().iter().map(|it| it.status).collect();
    assert_eq!(responses, [Some(307), Some(201), Some(201)]);
    let moved = scene.deployment.moved_to().unwrap();
    assert!(
        moved.contains("/repositories/") && moved.ends_with("/statuses"),
        "{moved}"
    );

    // Reads use the new address too, including further pages.
    scene.github.clear_requests();
    let newest = scene.deployment.latest_status().await.unwrap().unwrap();
    scene.deployment.get_status(newest.id).await.unwrap();
    let all: Vec<_> = scene
        .deployment
        .clone()
        .statuses()
        .per_page(1)
        .collect()
        .await
        .unwrap();
    assert_eq!(all.len(), 2);
    assert!(
        scene
            .github
            .requests()
            .iter()
            .all(|it| it.status == Some(200))
    );
}

#[tokio::test]
async fn reading_follows_renamed_repository() {
    let scene = Scene::start().await;
    let seeded = scene
        .github
        .create_status(scene.deployment.id(), Seeded::new("queued"))
        .unwrap();
    scene
        .github
        .rename_repository("octocat/example", "octocat/renamed")
        .unwrap();
    assert_eq!(
        scene.deployment.get_status(seeded.id).await.unwrap().id,
        seeded.id
    );
    scene
        .deployment
        .create_status(NewStatus::new(State::Success))
        .await
        .unwrap();
    let responses: Vec<_> = scene.github.requests().iter().map(|it| it.status).collect();
    assert_eq!(responses, [Some(301), Some(200), Some(201)]);
}

fn client_on(server: &MockServer) -> deploystatus::Deployment {
    let client = client_builder(server.uri()).build().unwrap();
    client.deployment("octocat/example", 42).unwrap()
}

#[tokio::test]
async fn redirects_preserve_method_and_body() {
    for status in [301, 302, 307, 308] {
        let server = MockServer::start().await;
        Mock::given(path("/repos/octocat/example/deployments/42/statuses"))
            .respond_with(
                ResponseTemplate::new(status).insert_header("location", "/elsewhere/statuses"),
            )
            .mount(&server)
            .await;
        Mock::given(method("POST"))
            .and(path("/elsewhere/statuses"))
            .and(header("authorization", format!("Bearer {TOKEN}").as_str()))
            .and(body_json(serde_json::json!({"state": "success"})))
            .respond_with(ResponseTemplate::new(201).set_body_json(serde_json::json!({
                "id": 7, "state": "success", "created_at": "2026-01-06T10:00:00Z"
            })))
            .mount(&server)
            .await;
        let deployment = client_on(&server);
        let created = deployment
            .create_status(NewStatus::new(State::Success))
            .await
            .unwrap();
        assert_eq!(created.status.id, 7, "{status}");
        // 302 and 307 are temporary.
        assert_eq!(
            deployment.moved_to().is_some(),
            matches!(status, 301 | 308),
            "{status}"
        );
    }
}

#[tokio::test]
async fn token_is_not_sent_to_another_origin() {
    let stranger = MockServer::start().await;
    let server = MockServer::start().await;
    let to = format!("{}/repositories/1/deployments/42/statuses", stranger.uri());
    Mock::given(any())
        .respond_with(ResponseTemplate::new(307).insert_header("location", to.as_str()))
        .mount(&server)
        .await;
    let deployment = client_on(&server);
    let creating = deployment
        .create_status(NewStatus::new(State::Success))
        .await
        .unwrap_err();
    let reading = deployment.get_status(1).await.unwrap_err();
    for error in [creating, reading] {
        assert_eq!(error.kind(), ErrorKind::Redirect, "{error:?}");
        assert!(!error.is_outcome_unknown());
        let text = error.to_string();
        assert!(
            text.contains("another server") && text.contains("/repositories/1/"),
            "{text}"
        );
    }
    assert!(stranger.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn foreign_page_links_use_own_host() {
    let scene = Scene::start().await;
    let status = |id: u64| serde_json::json!({"id": id, "state": "success", "created_at": "2026-01-06T10:00:00Z"});
    let page = Fault::status(200)
        .body(serde_json::json!([status(9)]))
        .header(
            "link",
            "<https://evil.example.com/x?page=2&per_page=1>; rel=\"next\"",
        );
    scene.fault(page);
    for _ in 0..2 {
        scene
            .github
            .create_status(scene.deployment.id(), Seeded::new("queued"))
            .unwrap();
    }
    let mut pages = scene.deployment.statuses().per_page(1);
    pages.next_page().await.unwrap();
    // Only the URL of the request matters here.
    pages.next_page().await.ok();
    let second = &scene.github.requests()[1];
    assert!(
        second.path.ends_with("/statuses?page=2&per_page=1"),
        "{second:?}"
    );
}

#[tokio::test]
async fn redirects_stop_after_five() {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(302).insert_header("location", "/again/statuses"))
        .mount(&server)
        .await;
    let error = client_on(&server).get_status(1).await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("more than 5 redirects; the last one to http://127.0.0.1:"),
        "{error}"
    );
    assert_eq!(server.received_requests().await.unwrap().len(), 6);
}
