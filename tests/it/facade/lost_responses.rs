//! Ambiguous responses, and the data that all handles of a client share.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use deploystatus::{
    Client, Confirmation, Delay, NewStatus, Pacing, RetryPolicy, SearchBound, SearchResult, State,
};
use deploystatus_emulator::{Fault, NewStatus as Stored, Operation, RetryAfter, Stage};
use tests::{Scene, TOKEN, in_paused_time};
use tokio::time::{Instant, sleep};
use wiremock::MockServer;

fn report() -> NewStatus {
    NewStatus::new(State::Success).log_url("https://ci.example.com/7")
}

#[test]
fn ambiguous_status_code_is_a_lost_response() {
    for code in [303, 408, 425, 499] {
        in_paused_time(|| async {
            let scene = Scene::start().await;
            scene.fault(Fault::status(code).after_work().on(Operation::CreateStatus));
            let created = scene.deployment.create_status(report()).await.unwrap();
            assert_eq!(created.confirmation, Confirmation::Adopted, "{code}");
            assert!(matches!(created.search, Some(SearchBound::Time(_))));
            assert_eq!(scene.requests("POST"), 1, "{code}");
            assert_eq!(scene.stored(), ["success"], "{code}");
        });
    }
}

#[tokio::test(start_paused = true)]
async fn search_is_bound_by_the_highest_known_id() {
    let scene = Scene::start().await;
    let first = scene.deployment.create_status(report()).await.unwrap();
    scene.fault(Fault::status(502).after_work().on(Operation::CreateStatus));
    let second = scene.deployment.create_status(report()).await.unwrap();
    assert_eq!(second.confirmation, Confirmation::Adopted);
    assert_eq!(second.search, Some(SearchBound::Id(first.status.id)));
    assert_ne!(first.status.id, second.status.id);
}

#[tokio::test(start_paused = true)]
async fn handles_of_one_deployment_share_ids() {
    let scene = Scene::start().await;
    let id = scene.deployment.id();
    let other = scene.client.deployment("OctoCat/Example", id).unwrap();
    scene.deployment.create_status(report()).await.unwrap();
    scene.fault(Fault::close(Stage::BeforeWork).on(Operation::CreateStatus));
    let second = other.create_status(report()).await.unwrap();
    assert_eq!(second.confirmation, Confirmation::Created);
    assert_eq!(scene.stored(), ["success", "success"]);
}

#[tokio::test(start_paused = true)]
async fn similar_status_prevents_resending() {
    let scene = Scene::start().await;
    scene.store_states(&["in_progress"]);
    scene.deployment.latest_status().await.unwrap();
    scene.fault(Fault::status(502).on(Operation::CreateStatus));
    let storing = async {
        sleep(Duration::from_secs(5)).await;
        scene.store(Stored::new("success").description("from another process"))
    };
    let (created, similar) = tokio::join!(scene.deployment.create_status(report()), storing);
    let error = created.unwrap_err();
    let unknown = error.unknown_outcome().unwrap();
    assert_eq!(unknown.search, SearchResult::Similar);
    assert_eq!(unknown.candidates, [similar]);
    assert!(
        error
            .to_string()
            .ends_with(&format!("; similar statuses: {similar}")),
        "{error}"
    );
    assert_eq!(scene.requests("POST"), 1);
}

#[test]
fn rejected_token_of_a_source_is_requested_again() {
    for (rejections, is_created) in [(2, true), (3, false)] {
        in_paused_time(|| async {
            let scene = Scene::with_client(|client| {
                client.token_source(|| async { Ok::<_, std::io::Error>(TOKEN.to_owned()) })
            })
            .await;
            scene.fault(Fault::status(401).times(rejections));
            let started = Instant::now();
            let created = scene.deployment.create_status(report()).await;
            assert_eq!(created.is_ok(), is_created, "{created:?}");
            assert_eq!(scene.requests("POST"), 3);
            assert_eq!(started.elapsed().as_secs(), 4);
        });
    }
}

#[tokio::test(start_paused = true)]
async fn exhausted_quota_stops_the_client_until_the_reset() {
    let scene = Scene::with_client(|client| client.pacing(Pacing::new())).await;
    let reset = scene.github.now().as_second() + 40;
    let exhausted = Fault::status(200)
        .body("[]")
        .header("x-ratelimit-limit", "5000")
        .header("x-ratelimit-remaining", "0")
        .header("x-ratelimit-reset", reset.to_string());
    scene.fault(exhausted);
    scene.deployment.latest_status().await.unwrap();
    let started = Instant::now();
    scene.deployment.create_status(report()).await.unwrap();
    let waited = started.elapsed().as_secs_f64();
    assert!((39.0..46.0).contains(&waited), "{waited}");
}

#[tokio::test(start_paused = true)]
async fn rate_limit_stops_all_calls_of_the_client() {
    let scene = Scene::start().await;
    let limit = Fault::secondary_limit(RetryAfter::Seconds(20));
    scene.fault(limit.on(Operation::CreateStatus));
    let started = scene.github.now();
    let calls = (0..5_u64).map(|second| {
        let deployment = scene.deployment.clone();
        async move {
            sleep(Duration::from_secs(second)).await;
            deployment.get_status(1).await.ok();
            deployment.create_status(report()).await.unwrap()
        }
    });
    futures_util::future::join_all(calls).await;
    let requests = scene.github.requests();
    let creations = requests.iter().filter(|it| it.method == "POST");
    let times: Vec<_> = creations
        .map(|it| it.at.duration_since(started).as_secs())
        .collect();
    assert_eq!(times[0], 0, "{times:?}");
    assert!(times[1..].iter().all(|time| *time >= 20), "{times:?}");
    assert_eq!(times.len(), 6, "{times:?}");
}

#[tokio::test]
async fn loopback_address_is_reached_without_the_proxy() {
    let proxy = MockServer::start().await;
    let scene = Scene::with_client(|client| client.proxy(proxy.uri())).await;
    scene.deployment.create_status(report()).await.unwrap();
    assert!(proxy.received_requests().await.unwrap().is_empty());
    assert!(
        Client::builder()
            .proxy("http://[oops")
            .no_proxy()
            .build()
            .is_ok()
    );
}

#[tokio::test(start_paused = true)]
async fn failing_list_is_one_delay_of_its_own() {
    let delays = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&delays);
    let listener = move |delay: &Delay<'_>| seen.lock().unwrap().push(format!("{delay:?}"));
    let scene = Scene::with_client(|client| client.on_delay(listener)).await;
    let lost = Fault::status(502).after_work();
    scene.fault(lost.on(Operation::CreateStatus));
    let down = Fault::status(503).times(5);
    scene.fault(down.on(Operation::ListStatuses));
    scene.deployment.create_status(report()).await.unwrap();
    let delays = delays.lock().unwrap();
    let kinds: Vec<_> = delays
        .iter()
        .map(|delay| delay.split(' ').next().unwrap())
        .collect();
    assert_eq!(kinds, ["Search", "SearchRetry"], "{delays:?}");
}

#[tokio::test(start_paused = true)]
async fn search_that_is_cut_short_is_interrupted() {
    for (seconds, search) in [(3, SearchResult::Interrupted), (30, SearchResult::NotFound)] {
        let scene = Scene::start().await;
        let lost = Fault::status(502).times(99);
        scene.fault(lost.on(Operation::CreateStatus));
        let policy = RetryPolicy::never().timeout(Duration::from_secs(seconds));
        let deployment = scene.deployment.clone().with_retry_policy(policy);
        let error = deployment.create_status(report()).await.unwrap_err();
        let unknown = error.unknown_outcome().unwrap();
        assert_eq!(unknown.search, search, "{error}");
        assert_eq!(unknown.searched.as_secs(), seconds.min(10), "{error}");
    }
}
