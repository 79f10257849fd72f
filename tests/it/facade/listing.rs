//! Reading of all statuses.

use std::time::Duration;

use deploystatus::DeploymentStatus;
use deploystatus_emulator::{Fault, NewStatus as Seeded, Operation};
use futures_util::{StreamExt, TryStreamExt};
use serde_json::json;
use tests::{Scene, client_builder};
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

fn seed(scene: &Scene, statuses: usize) {
    for _ in 0..statuses {
        scene
            .github
            .create_status(scene.deployment.id(), Seeded::new("in_progress"))
            .unwrap();
    }
}

fn expected(scene: &Scene) -> Vec<u64> {
    let history = scene.github.history(scene.deployment.id());
    history.into_iter().rev().map(|status| status.id).collect()
}

fn ids(statuses: &[DeploymentStatus]) -> Vec<u64> {
    statuses.iter().map(|status| status.id).collect()
}

#[tokio::test]
async fn all_pages_are_collected_newest_first() {
    for count in [0, 1, 99, 100, 101, 250] {
        let scene = Scene::start().await;
        seed(&scene, count);
        let all: Vec<_> = scene.deployment.statuses().collect().await.unwrap();
        assert_eq!(ids(&all), expected(&scene));
        assert_eq!(scene.github.requests().len(), count.div_ceil(100).max(1));
    }
}

#[tokio::test]
async fn pages_are_requested_on_demand() {
    let scene = Scene::start().await;
    seed(&scene, 25);
    let mut pages = scene.deployment.statuses().per_page(10);
    assert!(scene.github.requests().is_empty());
    assert_eq!(pages.next_page().await.unwrap().unwrap().len(), 10);
    assert_eq!(scene.github.requests().len(), 1);
    assert_eq!(pages.next_page().await.unwrap().unwrap().len(), 10);
    assert_eq!(pages.next_page().await.unwrap().unwrap().len(), 5);
    assert!(pages.next_page().await.unwrap().is_none());
    assert_eq!(scene.github.requests().len(), 3);
}

#[tokio::test]
async fn stream_reads_no_extra_page() {
    let scene = Scene::start().await;
    seed(&scene, 25);
    let stream = scene.deployment.statuses().per_page(10).into_stream();
    let some: Vec<_> = stream.take(12).try_collect().await.unwrap();
    assert_eq!(ids(&some), expected(&scene)[..12]);
    assert_eq!(scene.github.requests().len(), 2);

    let all: Vec<_> = scene
        .deployment
        .statuses()
        .into_stream()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(ids(&all), expected(&scene));
}

#[tokio::test]
async fn new_statuses_do_not_disturb_paging() {
    let scene = Scene::start().await;
    seed(&scene, 35);
    let before = expected(&scene);
    let mut pages = scene.deployment.statuses().per_page(10);
    let mut read = Vec::new();
    while let Some(page) = pages.next_page().await.unwrap() {
        read.extend(ids(&page));
        seed(&scene, 3);
    }
    assert_eq!(read, before);
}

#[tokio::test(start_paused = true)]
async fn new_statuses_do_not_disturb_parallel_paging() {
    // The second page is read after the others, when new statuses have moved its first ones to the third.
    let scene = Scene::start().await;
    seed(&scene, 45);
    let before = expected(&scene);
    for skip in 0..4 {
        scene.github.clear_faults();
        let slow = Fault::delay(Duration::from_secs(3)).skip(skip + 1);
        scene.fault(slow.on(Operation::ListStatuses));
        let reading = scene.deployment.statuses().per_page(10).collect::<Vec<_>>();
        let writing = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            seed(&scene, 4);
        };
        let (read, ()) = tokio::join!(reading, writing);
        let read = ids(&read.unwrap());
        assert!(read.is_sorted_by(|a, b| a > b), "{read:?}");
        let known: Vec<_> = read.into_iter().filter(|id| before.contains(id)).collect();
        assert_eq!(known, before, "slow page {}", skip + 2);
    }
}

#[tokio::test(start_paused = true)]
async fn parallel_pages_need_few_round_trips() {
    let scene = Scene::start().await;
    seed(&scene, 3000);
    let trip = Duration::from_millis(30);
    scene.fault(Fault::delay(trip).times(10_000));
    for (max_concurrent, round_trips) in [(10, 4), (100, 2)] {
        let started = tokio::time::Instant::now();
        let all: Vec<_> = scene
            .deployment
            .statuses()
            .max_concurrent(max_concurrent)
            .collect()
            .await
            .unwrap();
        assert_eq!(all.len(), 3000);
        // The clock of tokio rounds each sleep up to whole milliseconds.
        let most = trip * round_trips + Duration::from_millis(2) * round_trips;
        assert!(
            started.elapsed() <= most,
            "{:?} > {most:?}",
            started.elapsed()
        );
    }
}

#[tokio::test]
async fn collect_returns_remaining_statuses() {
    let scene = Scene::start().await;
    seed(&scene, 45);
    let mut pages = scene.deployment.statuses().per_page(10);
    pages.next_page().await.unwrap();
    pages.next_page().await.unwrap();
    let rest: Vec<_> = pages.clone().collect().await.unwrap();
    assert_eq!(ids(&rest), expected(&scene)[20..]);
    assert_eq!(scene.github.requests().len(), 5);
    while pages.next_page().await.unwrap().is_some() {}
    let after_end: Vec<_> = pages.collect().await.unwrap();
    assert!(after_end.is_empty());
}

#[tokio::test]
async fn pagination_loop_is_an_error() {
    for link in [
        "<x/>; rel=next",
        "<http://other.example/?page=9999999999999999999>; rel=next",
    ] {
        let scene = Scene::start().await;
        seed(&scene, 1);
        let status = scene.deployment.latest_status().await.unwrap();
        scene.github.clear_requests();
        let page = Fault::status(200)
            .body(json!([status]))
            .header("link", link);
        scene.fault(page.times(10_000));
        let mut pages = scene.deployment.statuses();
        assert_eq!(pages.next_page().await.unwrap().unwrap().len(), 1);
        let error = pages.next_page().await.unwrap_err().to_string();
        assert!(
            error.ends_with("follows 100 pages without a new status"),
            "{error}"
        );
        assert!(error.chars().count() < 500, "{error}");
        assert_eq!(scene.github.requests().len(), 101);
        let collected = scene.deployment.statuses().collect::<Vec<_>>().await;
        assert_eq!(collected.unwrap_err().to_string(), error);
    }
}

#[tokio::test]
async fn missing_pages_are_not_requested() {
    let scene = Scene::start().await;
    seed(&scene, 1);
    let status = scene.deployment.latest_status().await.unwrap();
    scene.github.clear_requests();
    let last = "<?page=9999999999>; rel=last";
    let page = Fault::status(200)
        .body(json!([status]))
        .header("link", last);
    scene.fault(page.times(10_000));
    let all: Vec<_> = scene.deployment.statuses().collect().await.unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!(scene.github.requests().len(), 1);
}

#[tokio::test]
async fn failed_page_can_be_retried() {
    let scene = Scene::start().await;
    seed(&scene, 25);
    let mut pages = scene.deployment.statuses().per_page(10);
    pages.next_page().await.unwrap();
    scene.fault(Fault::status(403));
    assert_eq!(pages.next_page().await.unwrap_err().status(), Some(403));
    assert_eq!(pages.next_page().await.unwrap().unwrap().len(), 10);
}

/// Sends a page with these `Link` headers, and returns the path and query of the next request.
async fn next_request(links: &[&str]) -> Option<String> {
    let server = MockServer::start().await;
    let status = json!({"id": 1, "state": "success", "created_at": "2026-01-06T10:00:00Z"});
    let mut page = ResponseTemplate::new(200).set_body_json([status]);
    for link in links {
        page = page.append_header("link", *link);
    }
    let first = Mock::given(method("GET")).respond_with(page);
    first.up_to_n_times(1).mount(&server).await;
    let client = client_builder(server.uri()).build().unwrap();
    let deployment = client.deployment("octocat/example", 42).unwrap();
    let mut pages = deployment.statuses();
    pages.next_page().await.unwrap();
    // Only the URL of the request matters here.
    pages.next_page().await.ok();
    let requests = server.received_requests().await.unwrap();
    let url = &requests.get(1)?.url;
    let query = url.query().unwrap_or_default();
    Some(format!("{}?{query}", url.path()))
}

#[tokio::test]
async fn next_page_is_read_from_link_headers() {
    let deprecation = r#"</docs?a,b>; rel="deprecation"; type="text/html""#;
    let mixed = format!(r#"{deprecation}, </p?page=2>; title="a, b; rel=prev"; rel=next"#);
    for links in [
        &[r#"</p?page=2>; rel="next", </p?page=9>; rel="last""#][..],
        &[r#"</p?page=2>; rel="next""#, r#"</p?page=9>; rel="last""#],
        &[&mixed],
        &[r#"</p?page=2>; rel="last NEXT""#],
    ] {
        let next = next_request(links).await;
        assert_eq!(next.as_deref(), Some("/p?page=2"), "{links:?}");
    }
    let with_comma = next_request(&[r#"</p?a=1,2>; rel="next""#]).await;
    assert_eq!(with_comma.as_deref(), Some("/p?a=1,2"));
    for malformed in [
        deprecation,
        "next",
        "<",
        "<>",
        r#"</2; rel="next""#,
        "</2>",
        "<https://[x>; rel=next",
    ] {
        assert_eq!(next_request(&[malformed]).await, None, "{malformed}");
    }
}
