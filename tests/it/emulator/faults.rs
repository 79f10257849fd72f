use std::time::Duration;

use deploystatus_emulator::{Clock, Emulator, Fault, FaultMix, Operation, RetryAfter, Stage};
use reqwest::Method;
use serde_json::json;

use super::github::{Github, statuses};

/// Posts a status and returns the status code of the response.
async fn post(github: &Github, path: &str) -> Result<u16, reqwest::Error> {
    let request = github.request(Method::POST, path);
    let response = request.json(&json!({"state": "success"})).send().await?;
    let status = response.status().as_u16();
    response.bytes().await?;
    Ok(status)
}

#[tokio::test]
async fn status_fault_acts_before_or_after_the_work() {
    let github = Github::start().await;
    let deployment = github.deployment();
    let path = statuses(&deployment);
    github.emulator.fault(Fault::status(502));
    assert_eq!(post(&github, &path).await.unwrap(), 502);
    assert_eq!(github.emulator.history(deployment.id).len(), 0);
    github.emulator.fault(Fault::status(502).after_work());
    assert_eq!(post(&github, &path).await.unwrap(), 502);
    assert_eq!(github.emulator.history(deployment.id).len(), 1);
    assert_eq!(post(&github, &path).await.unwrap(), 201);
    assert!(github.emulator.pending_faults().is_empty());
}

#[tokio::test]
async fn fault_matches_times_skip_method_and_path() {
    let github = Github::start().await;
    let path = statuses(&github.deployment());
    github
        .emulator
        .fault(Fault::status(500).times(2).on(Operation::CreateStatus));
    github.emulator.fault(
        Fault::status(418)
            .method("get")
            .path("/repos/*/*/deployments/*/statuses"),
    );
    github
        .emulator
        .fault(Fault::status(503).path("/zen").skip(1));
    assert_eq!(github.get("/zen").await.status, 200);
    assert_eq!(github.get("/zen").await.status, 503);
    assert_eq!(post(&github, &path).await.unwrap(), 500);
    assert_eq!(github.get(&path).await.status, 418);
    assert_eq!(github.get(&path).await.status, 200);
    assert_eq!(post(&github, &path).await.unwrap(), 500);
    assert_eq!(post(&github, &path).await.unwrap(), 201);
}

#[tokio::test]
async fn fault_sets_body_and_headers() {
    let github = Github::start().await;
    let fault = Fault::status(409)
        .body(json!({"message": "no"}))
        .header("X-Why", "because");
    github.emulator.fault(fault);
    let response = github.get("/zen").await.expect(409);
    assert_eq!(response.json(), json!({"message": "no"}));
    assert_eq!(response.header("x-why"), "because");
    github.emulator.fault(Fault::status(200).body("not {json"));
    assert_eq!(github.get("/zen").await.expect(200).body, "not {json");
    github.emulator.fault(Fault::html(503));
    let response = github.get("/zen").await.expect(503);
    assert!(response.header("content-type").starts_with("text/html"));
    assert!(response.body.starts_with("<!DOCTYPE html>"));
}

#[tokio::test]
async fn invalid_fault_is_reported_with_500() {
    let github = Github::start().await;
    for (fault, reason) in [
        (Fault::status(99), "status 99 is not between 200 and 999"),
        (Fault::status(502).header("a b", "c"), "invalid header"),
        (Fault::html(1000), "status 1000 is not"),
    ] {
        github.emulator.fault(fault);
        let error = github.get("/zen").await.expect(500).json();
        assert!(
            error["message"].as_str().unwrap().contains(reason),
            "{error}"
        );
    }
}

#[tokio::test]
async fn connection_is_closed_at_every_stage() {
    for (stage, done) in [
        (Stage::BeforeReading, 0),
        (Stage::BeforeWork, 0),
        (Stage::AfterWork, 1),
    ] {
        let github = Github::start().await;
        let deployment = github.deployment();
        github.emulator.fault(Fault::close(stage));
        let error = post(&github, &statuses(&deployment)).await.unwrap_err();
        assert!(error.is_request(), "{stage:?}: {error:?}");
        assert_eq!(
            github.emulator.history(deployment.id).len(),
            done,
            "{stage:?}"
        );
        let request = &github.emulator.requests()[0];
        assert_eq!(request.status, None);
        assert_eq!(request.body.is_empty(), stage == Stage::BeforeReading);
        assert_eq!(post(&github, &statuses(&deployment)).await.unwrap(), 201);
    }
}

#[tokio::test]
async fn cut_body_sends_half_after_the_work() {
    let github = Github::start().await;
    let deployment = github.deployment();
    github.emulator.fault(Fault::cut_body());
    let request = github.request(Method::POST, &statuses(&deployment));
    let mut response = request
        .json(&json!({"state": "success"}))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 201);
    let length = response.content_length().unwrap();
    let mut received = 0;
    let error = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => received += chunk.len() as u64,
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    assert!(error.is_some());
    assert_eq!(received, length / 2);
    assert_eq!(github.emulator.history(deployment.id).len(), 1);
    assert_eq!(github.get("/zen").await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn dribble_delays_the_head() {
    let github = Github::start().await;
    let fault = Fault::dribble(Duration::from_secs(1)).times(2);
    github.emulator.fault(fault);
    for _ in 0..2 {
        let start = tokio::time::Instant::now();
        let response = github.get("/user").await.expect(200);
        assert_eq!(response.json()["login"], "octocat");
        assert!(start.elapsed() > Duration::from_secs(60));
    }
}

#[tokio::test(start_paused = true)]
async fn late_work_is_done_after_the_response() {
    let github = Github::start().await;
    let deployment = github.deployment();
    github
        .emulator
        .fault(Fault::status(504).work_later(Duration::from_secs(5)));
    assert_eq!(post(&github, &statuses(&deployment)).await.unwrap(), 504);
    assert_eq!(github.emulator.history(deployment.id).len(), 0);
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(github.emulator.history(deployment.id).len(), 1);
}

#[tokio::test]
async fn secondary_limit_sends_each_form_of_retry_after() {
    let clock = Clock::manual();
    let github = Github::from(Emulator::builder().clock(clock)).await;
    for (retry_after, code, expected) in [
        (RetryAfter::Seconds(60), 403, "60"),
        (RetryAfter::Date(90), 429, "Thu, 01 Jan 2026 00:01:30 GMT"),
        (RetryAfter::Absent, 403, ""),
    ] {
        github
            .emulator
            .fault(Fault::secondary_limit(retry_after).code(code));
        let response = github.get("/zen").await.expect(code);
        assert_eq!(response.header("retry-after"), expected);
        assert!(
            response.json()["message"]
                .as_str()
                .unwrap()
                .contains("secondary rate limit")
        );
    }
}

#[tokio::test]
async fn panic_is_one_500() {
    let github = Github::start().await;
    github.emulator.fault(Fault::panic());
    assert_eq!(
        github.get("/zen").await.expect(500).json()["message"],
        "Server Error"
    );
    assert_eq!(github.emulator.requests()[0].status, Some(500));
    github.get("/zen").await.expect(200);
}

#[tokio::test(start_paused = true)]
async fn mix_repeats_for_a_seed_and_is_bounded() {
    let mut outcomes = Vec::new();
    for seed in [7, 7, 8] {
        let mix = FaultMix::seeded(seed)
            .max_faults(12)
            .max_delay(Duration::from_millis(3));
        let github = Github::from(Emulator::builder().fault_mix(mix)).await;
        let path = statuses(&github.deployment());
        let mut codes = Vec::new();
        for _ in 0..60 {
            codes.push(post(&github, &path).await.ok());
        }
        assert_eq!(codes[40..], [Some(201); 20]);
        assert_eq!(
            github
                .emulator
                .requests()
                .iter()
                .filter(|it| it.fault.is_some())
                .count(),
            12
        );
        outcomes.push(codes);
    }
    assert_eq!(outcomes[0], outcomes[1]);
    assert_ne!(outcomes[0], outcomes[2]);
}
