use std::time::Duration;

use deploystatus_emulator::{Clock, Emulator, NewDeployment, NewStatus, ReplicaLag};
use reqwest::Method;
use serde_json::{Value, json};

use super::github::{Github, send, statuses};

const SECOND: Duration = Duration::from_secs(1);

async fn manual() -> Github {
    Github::from(Emulator::builder().clock(Clock::manual())).await
}

async fn count(github: &Github, path: &str) -> usize {
    let list = github.get(path).await.expect(200).json();
    list.as_array().unwrap().len()
}

#[tokio::test]
async fn statuses_are_visible_after_the_lag() {
    let github = manual().await;
    let deployment = github.deployment_to("staging");
    github.emulator.advance(10 * SECOND);
    let lag = ReplicaLag::fixed(2 * SECOND);
    github.emulator.change_quirks(|it| it.replica_lag = lag);
    let path = statuses(&deployment);
    let new = json!({"state": "success", "environment": "canary"});
    let created = github.post(&path, new).await.expect(201).json();
    let one = format!("{path}/{}", created["id"]);
    let deployment = path.strip_suffix("/statuses").unwrap();

    assert_eq!(count(&github, &path).await, 0);
    github.get(&one).await.expect(404);
    let old = github.get(deployment).await.expect(200).json();
    assert_eq!(old["environment"], "staging");
    assert_eq!(old["updated_at"], old["created_at"]);

    github.emulator.advance(2 * SECOND);
    assert_eq!(count(&github, &path).await, 1);
    github.get(&one).await.expect(200);
    let new = github.get(deployment).await.expect(200).json();
    assert_eq!(new["environment"], "canary");
    assert_eq!(new["updated_at"], created["created_at"]);
}

#[tokio::test]
async fn deployments_are_visible_after_the_lag() {
    let github = manual().await;
    let change = json!({"replica_lag": {"min_ms": 500, "max_ms": 500}});
    let url = format!("{}/_emulator/quirks", github.emulator.url());
    let request = reqwest::Client::new().patch(url).body(change.to_string());
    send(request).await.expect(200);
    let list = "/repos/octocat/example/deployments";
    let new = json!({"ref": "main", "environment": "staging"});
    let created = github.post(list, new).await.expect(201).json();
    let one = format!("{list}/{}", created["id"]);
    let path = format!("{one}/statuses");
    for query in ["", "?environment=staging"] {
        assert_eq!(count(&github, &format!("{list}{query}")).await, 0);
    }
    github.get(&one).await.expect(404);
    github.get(&path).await.expect(404);
    // A write is handled by the primary database.
    let status = json!({"state": "queued"});
    github.post(&path, status).await.expect(201);
    github.emulator.advance(SECOND);
    assert_eq!(count(&github, list).await, 1);
    github.get(&one).await.expect(200);
    assert_eq!(count(&github, &path).await, 1);
}

#[tokio::test]
async fn environments_are_visible_after_the_lag() {
    let github = manual().await;
    let deployment = github.deployment_to("staging");
    let deleted = github.deployment_to("deleted");
    let list = "/repos/octocat/example/deployments";
    let path = format!("{list}/{}", deleted.id);
    send(github.request(Method::DELETE, &path))
        .await
        .expect(204);
    github.emulator.advance(10 * SECOND);
    let lag = ReplicaLag::fixed(2 * SECOND);
    github.emulator.change_quirks(|it| it.replica_lag = lag);
    let start = deployment.created_at.to_string();
    for (path, body) in [
        (&statuses(&deployment), json!({"state": "queued"})),
        (
            &statuses(&deployment),
            json!({"state": "success", "environment": "canary"}),
        ),
        (
            &list.to_owned(),
            json!({"ref": "main", "environment": "review"}),
        ),
    ] {
        github.post(path, body).await.expect(201);
    }
    let list = "/repos/octocat/example/environments";
    let canary = format!("{list}/canary");
    let environments = github.get(list).await.expect(200).json();
    assert_eq!(environments["total_count"], 2);
    let shown = &environments["environments"];
    assert_eq!(
        [&shown[0]["name"], &shown[1]["name"]],
        ["deleted", "staging"]
    );
    assert_eq!(shown[1]["updated_at"], start);
    github.get(&canary).await.expect(404);

    github.emulator.advance(2 * SECOND);
    let environments = github.get(list).await.expect(200).json();
    assert_eq!(environments["total_count"], 4);
    let staging = &environments["environments"][3];
    assert_eq!(staging["updated_at"], "2026-01-01T00:00:10Z");
    github.get(&canary).await.expect(200);
}

/// Returns the number of statuses in 40 lists while one status is younger than the maximal lag.
async fn counts(seed: u64) -> Vec<usize> {
    let github = manual().await;
    let path = statuses(&github.deployment());
    github.emulator.advance(10 * SECOND);
    github.post(&path, json!({"state": "queued"})).await;
    let lag = ReplicaLag::random(2 * SECOND, seed);
    github.emulator.change_quirks(|it| it.replica_lag = lag);
    github.emulator.advance(SECOND);
    let mut counts = Vec::new();
    for _ in 0..40 {
        counts.push(count(&github, &path).await);
    }
    counts
}

#[tokio::test]
async fn random_lag_varies_and_repeats_for_a_seed() {
    let first = counts(7).await;
    assert!(first.contains(&0) && first.contains(&1), "{first:?}");
    assert_eq!(counts(7).await, first);
    assert_ne!(counts(8).await, first);
}

#[tokio::test]
async fn restored_statuses_have_no_lag() {
    let folder = tempfile::tempdir().unwrap();
    let builder = || Emulator::builder().snapshot(folder.path().join("state.json"));
    let github = Github::from(builder().clock(Clock::manual())).await;
    let path = statuses(&github.deployment());
    github.post(&path, json!({"state": "queued"})).await;
    github.emulator.stop().await.unwrap();
    let github = Github::from(builder().clock(Clock::manual())).await;
    let lag = ReplicaLag::fixed(SECOND);
    github.emulator.change_quirks(|it| it.replica_lag = lag);
    assert_eq!(count(&github, &path).await, 1);
    github.post(&path, json!({"state": "success"})).await;
    assert_eq!(count(&github, &path).await, 1);
}

#[tokio::test]
async fn seeded_and_direct_objects_have_no_lag() {
    let seed = r#"{"repositories": [{"name": "octocat/example"}], "deployments": [
        {"repository": "octocat/example", "id": 42, "ref": "main",
         "statuses": [{"state": "queued"}, {"state": "success"}]}
    ]}"#;
    let seed = deploystatus_emulator::Seed::from_json(seed).unwrap();
    let builder = Emulator::builder().clock(Clock::manual()).seed(seed);
    let github = Github::from(builder).await;
    let lag = ReplicaLag::fixed(SECOND);
    github.emulator.change_quirks(|it| it.replica_lag = lag);
    let seeded = "/repos/octocat/example/deployments/42/statuses";
    assert_eq!(count(&github, seeded).await, 2);

    let path = statuses(&github.deployment());
    assert_eq!(count(&github, &path).await, 0);
    github.post(&path, json!({"state": "queued"})).await;
    assert_eq!(count(&github, &path).await, 0);
    let id = github.emulator.deployments().pop().unwrap().id;
    let new = NewStatus::new("success");
    github.emulator.create_status(id, new).unwrap();
    assert_eq!(count(&github, &path).await, 2);
}

#[tokio::test]
async fn created_at_can_differ_from_date() {
    let github = manual().await;
    let path = statuses(&github.deployment());
    for (skew, created_at) in [
        (3_000, "2026-01-01T00:00:03Z"),
        (-2_500, "2025-12-31T23:59:57Z"),
    ] {
        github.emulator.change_quirks(|it| it.clock_skew_ms = skew);
        let response = github.post(&path, json!({"state": "queued"})).await;
        let response = response.expect(201);
        assert_eq!(response.header("date"), "Thu, 01 Jan 2026 00:00:00 GMT");
        assert_eq!(response.json()["created_at"], created_at);
        let new = json!({"ref": "main"});
        let list = "/repos/octocat/example/deployments";
        let deployment = github.post(list, new).await.expect(201).json();
        assert_eq!(deployment["created_at"], created_at);
    }
}

#[tokio::test]
async fn stored_values_can_be_normalized() {
    let github = manual().await;
    let path = statuses(&github.deployment());
    let sent = json!({
        "state": "success",
        "environment": " Review ",
        "environment_url": "HTTPS://Example.com",
        "log_url": "http://CI.example:80/Log",
        "description": " two  words ",
    });
    let stored = github.post(&path, sent.clone()).await.expect(201).json();
    for key in ["environment", "environment_url", "log_url", "description"] {
        assert_eq!(stored[key], sent[key], "{key}");
    }
    github.emulator.change_quirks(|it| {
        it.normalize_urls = true;
        it.normalize_environment = true;
        it.normalize_description = true;
    });
    let stored = github.post(&path, sent).await.expect(201).json();
    for (key, value) in [
        ("environment", "review"),
        ("environment_url", "https://example.com/"),
        ("log_url", "http://ci.example/Log"),
        ("target_url", "http://ci.example/Log"),
        ("description", "two words"),
    ] {
        assert_eq!(stored[key], value, "{key}");
    }
    let new = json!({"ref": "main", "environment": "QA", "description": "a  b"});
    let list = "/repos/octocat/example/deployments";
    let deployment = github.post(list, new).await.expect(201).json();
    assert_eq!(deployment["environment"], "qa");
    assert_eq!(deployment["description"], "a b");
}

#[tokio::test(start_paused = true)]
async fn status_is_stored_seconds_after_its_502() {
    let github = Github::from(Emulator::builder().clock(Clock::tokio())).await;
    let new = NewDeployment::new("main").id(42);
    github
        .emulator
        .create_deployment("octocat/example", new)
        .unwrap();
    let fault = json!({"status": 502, "work_later_ms": 7_000, "on": "create-status"});
    let url = format!("{}/_emulator/faults", github.emulator.url());
    let request = reqwest::Client::new().post(url).body(fault.to_string());
    send(request).await.expect(204);
    let path = "/repos/octocat/example/deployments/42/statuses";
    let response = github.post(path, json!({"state": "success"})).await;
    assert_eq!(
        response.expect(502).json(),
        json!({"message": "Server Error"})
    );
    tokio::time::sleep(6 * SECOND).await;
    assert_eq!(github.get(path).await.json(), json!([]));
    tokio::time::sleep(2 * SECOND).await;
    let stored: Value = github.get(path).await.json();
    assert_eq!(stored[0]["state"], "success");
    assert_eq!(stored[0]["created_at"], "2026-01-01T00:00:07Z");
    let head = send(github.request(Method::HEAD, path)).await.expect(200);
    assert_eq!(head.body, "");
}
