//! Servers, proxies and policies that contradict each other.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use deploystatus::{Confirmation, ErrorKind, NewStatus, Pacing, RetryPolicy, ServerProfile, State};
use deploystatus_emulator::{Fault, Limits, Operation, RetryAfter};
use serde_json::json;
use tests::{Scene, client_builder, in_paused_time, on_tokio_time};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::Instant;

fn report() -> NewStatus {
    NewStatus::new(State::Success)
}

#[tokio::test(start_paused = true)]
async fn created_response_with_another_state_is_a_lost_response() {
    let scene = Scene::start().await;
    let other = json!({"id": 999_999, "state": "queued", "created_at": "2026-11-20T10:00:00Z"});
    scene.fault(Fault::status(201).body(other).on(Operation::CreateStatus));
    let created = scene.deployment.create_status(report()).await.unwrap();
    assert_ne!(created.status.id, 999_999);
    assert_eq!(scene.stored(), ["success"]);
}

#[tokio::test(start_paused = true)]
async fn created_response_with_a_returned_id_is_a_lost_response() {
    let scene = Scene::start().await;
    let first = scene.deployment.create_status(report()).await.unwrap();
    let again = serde_json::to_value(&first.status).unwrap();
    scene.fault(Fault::status(201).body(again).on(Operation::CreateStatus));
    let second = scene.deployment.create_status(report()).await.unwrap();
    assert_ne!(second.status.id, first.status.id);
    assert_eq!(scene.stored(), ["success", "success"]);
}

/// Forwards the first exchange of each connection, and drops every later request on it.
async fn forward_once(to: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let to = to.clone();
            tokio::spawn(async move {
                let mut request = vec![0; 16 * 1024];
                let length = client.read(&mut request).await.unwrap_or(0);
                let mut server = TcpStream::connect(&to).await.unwrap();
                server.write_all(&request[..length]).await.unwrap();
                let mut response = vec![0; 64 * 1024];
                let length = server.read(&mut response).await.unwrap_or(0);
                client.write_all(&response[..length]).await.unwrap_or(());
                // The connection stays open, so that the client reuses it, and never responds again.
                let _ = client.read(&mut request).await;
            });
        }
    });
    url
}

#[tokio::test(start_paused = true)]
async fn status_is_sent_again_on_a_new_connection() {
    let scene = Scene::start().await;
    let server = scene.github.url().trim_start_matches("http://").to_owned();
    let client = client_builder(forward_once(server).await)
        .retry_policy(RetryPolicy::new().max_attempts(2))
        .build()
        .unwrap();
    let deployment = client.deployment("octocat/example", scene.deployment.id());
    let deployment = deployment.unwrap();
    deployment.latest_status().await.unwrap();
    // The first request is dropped on the reused connection, and so is every read on one.
    let created = deployment.create_status(report()).await;
    assert_eq!(scene.stored(), ["success"], "{created:?}");
    assert_eq!(created.unwrap().confirmation, Confirmation::Created);
}

#[tokio::test]
async fn redirect_to_a_dead_place_is_not_remembered() {
    let scene = Scene::start().await;
    let dead = format!(
        "{}/repositories/7/deployments/1/statuses",
        scene.github.url()
    );
    scene.fault(Fault::status(301).header("location", dead));
    let error = scene.deployment.latest_status().await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert_eq!(scene.deployment.moved_to(), None);
    scene.deployment.create_status(report()).await.unwrap();
}

#[tokio::test]
async fn move_is_forgotten_when_the_new_place_is_gone() {
    let scene = Scene::start().await;
    let renamed = scene
        .github
        .rename_repository("octocat/example", "octocat/renamed");
    renamed.unwrap();
    scene.deployment.latest_status().await.unwrap();
    assert!(scene.deployment.moved_to().is_some());
    let back = scene
        .github
        .rename_repository("octocat/renamed", "octocat/example");
    back.unwrap();
    scene.fault(Fault::status(404).path("/repositories/*/deployments/*/statuses"));
    scene.deployment.create_status(report()).await.unwrap();
    assert_eq!(scene.deployment.moved_to(), None);
    assert_eq!(scene.stored(), ["success"]);
}

#[tokio::test(start_paused = true)]
async fn huge_durations_do_not_overflow() {
    let scene = Scene::start().await;
    let endless = RetryPolicy::new()
        .max_retry_after(Duration::MAX)
        .timeout(Duration::MAX)
        .search_timeout(Duration::MAX);
    let deployment = scene.deployment.clone().with_retry_policy(endless);
    let huge = Fault::status(503).header("retry-after", u64::MAX.to_string());
    scene.fault(huge.on(Operation::GetStatus));
    let reading = tokio::time::timeout(Duration::from_secs(60), deployment.get_status(1));
    assert!(reading.await.is_err(), "the server asked for a longer wait");
    scene.fault(Fault::status(502).after_work().on(Operation::CreateStatus));
    let created = deployment.create_status(report()).await.unwrap();
    assert_eq!(created.confirmation, Confirmation::Adopted);
}

#[tokio::test(start_paused = true)]
async fn rate_limits_are_counted_apart_from_other_failures() {
    let scene = Scene::start().await;
    scene.fault(Fault::status(502).times(2).on(Operation::ListStatuses));
    let limit = Fault::secondary_limit(RetryAfter::Absent);
    scene.fault(limit.on(Operation::ListStatuses));
    let started = Instant::now();
    scene.deployment.latest_status().await.unwrap();
    let elapsed = started.elapsed();
    assert!(elapsed >= Duration::from_secs(60), "{elapsed:?}");
    assert!(elapsed < Duration::from_secs(75), "{elapsed:?}");
}

#[tokio::test(start_paused = true)]
async fn refused_connections_use_up_no_budget() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = client_builder(format!("http://{address}"))
        .pacing(Pacing::new().creations_per_hour(5))
        .profile(ServerProfile::github())
        .retry_policy(RetryPolicy::never())
        .build()
        .unwrap();
    let deployment = client.deployment("octocat/example", 42).unwrap();
    for _ in 0..20 {
        let error = deployment.create_status(report()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn cancelled_waits_use_up_no_budget() {
    let scene = Scene::with(on_tokio_time().limits(Limits::github()), |client| {
        client
            .pacing(Pacing::new().creations_per_minute(1))
            .profile(ServerProfile::github())
    })
    .await;
    scene.deployment.create_status(report()).await.unwrap();
    for _ in 0..5 {
        let waiting = scene.deployment.create_status(report());
        let second = Duration::from_secs(1);
        assert!(tokio::time::timeout(second, waiting).await.is_err());
    }
    let started = Instant::now();
    scene.deployment.create_status(report()).await.unwrap();
    assert!(
        started.elapsed() < Duration::from_secs(61),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn known_rate_limits_use_up_no_budget() {
    let scene = Scene::with(on_tokio_time(), |client| {
        client
            .pacing(Pacing::new().creations_per_minute(2))
            .profile(ServerProfile::github())
            .retry_policy(RetryPolicy::never().max_retry_after(Duration::from_secs(1)))
    })
    .await;
    let limit = Fault::secondary_limit(RetryAfter::Seconds(20));
    scene.fault(limit.on(Operation::CreateStatus));
    let mut errors = Vec::new();
    for _ in 0..5 {
        errors.push(scene.deployment.create_status(report()).await.unwrap_err());
    }
    assert!(errors.iter().all(deploystatus::Error::is_rate_limited));
    assert_eq!(scene.github.requests().len(), 1);
    // A dropped wait for the end of the limit is not a creation either.
    let patient = scene.deployment.with_retry_policy(RetryPolicy::new());
    let waiting = patient.create_status(report());
    let second = Duration::from_secs(1);
    assert!(tokio::time::timeout(second, waiting).await.is_err());
    let started = Instant::now();
    patient.create_status(report()).await.unwrap();
    let elapsed = started.elapsed();
    assert!(elapsed < Duration::from_secs(30), "{elapsed:?}");
}

#[test]
fn four_hundred_reports_of_one_client_keep_the_pace() {
    in_paused_time(|| async {
        let limits = on_tokio_time().limits(Limits::github());
        let scene = Scene::with(limits, |client| {
            client
                .pacing(Pacing::new())
                .profile(ServerProfile::github())
        })
        .await;
        let started = Instant::now();
        let done = Arc::new(AtomicUsize::new(0));
        let mut reporters = JoinSet::new();
        for number in 0..400 {
            let new = deploystatus_emulator::NewDeployment::new("main");
            let id = scene.github.create_deployment("octocat/example", new);
            let deployment = scene.client.deployment("octocat/example", id.unwrap().id);
            let done = Arc::clone(&done);
            reporters.spawn(async move {
                let status = report().description(number.to_string());
                deployment.unwrap().create_status(status).await.unwrap();
                done.fetch_add(1, Ordering::Relaxed);
            });
        }
        reporters.join_all().await;
        assert_eq!(done.load(Ordering::Relaxed), 400);
        let elapsed = started.elapsed();
        assert!(elapsed < Duration::from_secs(245), "{elapsed:?}");
    });
}

#[tokio::test(start_paused = true)]
async fn timeout_includes_the_wait_for_earlier_creations() {
    let scene = Scene::start().await;
    let brief = RetryPolicy::new().timeout(Duration::from_secs(5));
    scene.fault(Fault::delay(Duration::from_secs(20)).on(Operation::CreateStatus));
    let slow = scene.deployment.create_status(report());
    let second = scene.another_handle().with_retry_policy(brief);
    let second = async {
        tokio::task::yield_now().await;
        let started = Instant::now();
        let error = second.create_status(report()).await.unwrap_err();
        (error, started.elapsed())
    };
    let (_, (error, elapsed)) = tokio::join!(slow, second);
    assert!(error.is_timeout(), "{error}");
    assert!(elapsed < Duration::from_secs(6), "{elapsed:?}");
}
