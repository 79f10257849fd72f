use deploystatus_emulator::{Emulator, Fault, FaultMix, Seed};
use reqwest::Method;
use serde_json::{Value, json};

use super::github::{Github, Response, send, statuses};

async fn control(github: &Github, method: Method, path: &str, body: Option<Value>) -> Response {
    let url = format!("{}/_emulator{path}", github.emulator.url());
    let mut request = reqwest::Client::new().request(method, url);
    if let Some(body) = body {
        request = request.body(body.to_string());
    }
    send(request).await
}

#[tokio::test]
async fn health_reports_profile_and_is_not_logged() {
    let github = Github::start().await;
    let health = control(&github, Method::GET, "/health", None)
        .await
        .expect(200)
        .json();
    assert_eq!(health["status"], "ok");
    assert_eq!(health["profile"], "github");
    assert!(github.emulator.requests().is_empty());
}

#[tokio::test]
async fn seed_is_loaded_completely_or_not_at_all() {
    let github = Github::start().await;
    let invalid = json!({
        "repositories": [{"name": "octocat/new"}],
        "deployments": [{"repository": "octocat/unknown", "ref": "main"}],
    });
    let error = control(&github, Method::POST, "/seed", Some(invalid))
        .await
        .expect(404)
        .json();
    assert_eq!(error["error"], "unknown repository octocat/unknown");
    github.get("/repos/octocat/new").await.expect(404);
    let seed = json!({
        "repositories": [{"name": "octocat/new", "id": 77, "former_names": ["octocat/old"]}],
        "tokens": [{"token": "t", "login": "mona", "scopes": ["repo"]}],
        "deployments": [{
            "repository": "octocat/new",
            "id": 42,
            "ref": "main",
            "environment": "staging",
            "created_at": "2024-09-01T00:00:00Z",
            "statuses": [
                {"state": "queued", "id": 4_563_625_673_u64, "created_at": "2024-09-01T00:00:01Z"},
                {"state": "success", "log_url": "https://example.com", "creator": "mona"},
            ],
        }],
    });
    control(&github, Method::POST, "/seed", Some(seed))
        .await
        .expect(204);
    let request = github.anonymous(Method::GET, "/repositories/77/deployments/42/statuses");
    let list = send(request.bearer_auth("t")).await.expect(200).json();
    assert_eq!(list[1]["id"], 4_563_625_673_u64);
    assert_eq!(list[1]["created_at"], "2024-09-01T00:00:01Z");
    assert_eq!(list[0]["creator"]["login"], "mona");
    let request = github
        .anonymous(Method::GET, "/repos/octocat/old")
        .bearer_auth("t");
    send(request).await.expect(301);
    github.get("/user").await.expect(401);
}

#[tokio::test]
async fn invalid_control_requests_name_the_reason() {
    let github = Github::start().await;
    for (path, body, place) in [
        ("/seed", json!({"repos": []}), "unknown field `repos`"),
        (
            "/seed",
            json!({"deployments": [{"repository": "o/r", "ref": "main", "env": "x"}]}),
            "unknown field `env`",
        ),
        (
            "/faults",
            json!({"status": 99}),
            "status 99 is not between 200 and 999",
        ),
        ("/faults", json!({}), "it has no effect"),
        (
            "/faults",
            json!({"status": 502, "on": "nothing"}),
            "unknown variant `nothing`",
        ),
        (
            "/faults",
            json!({"close": "before-work", "cut_body": true}),
            "it has two effects",
        ),
        (
            "/faults",
            json!({"cut_body": true, "body": 1}),
            "allowed only with status",
        ),
        ("/clock", json!({"advance_seconds": -1}), "line 1"),
    ] {
        let error = control(&github, Method::POST, path, Some(body))
            .await
            .expect(400)
            .json();
        let error = error["error"].as_str().unwrap().to_owned();
        assert!(error.contains(place), "{error}");
    }
}

#[tokio::test]
async fn faults_are_added_listed_and_cleared() {
    let github = Github::start().await;
    let path = statuses(&github.deployment());
    let scripted = json!([
        {"status": 502, "after_work": true, "times": 2, "on": "create-status"},
        {"secondary_limit": {"seconds": 60}, "status": 429, "path": "/zen"},
        {"delay_ms": 1, "path": "/user"},
    ]);
    control(&github, Method::POST, "/faults", Some(scripted))
        .await
        .expect(204);
    let listed = control(&github, Method::GET, "/faults", None).await.json();
    assert_eq!(listed.as_array().unwrap().len(), 3);
    let expected: Vec<Fault> = serde_json::from_value(listed).unwrap();
    assert_eq!(github.emulator.pending_faults(), expected);
    github
        .post(&path, json!({"state": "queued"}))
        .await
        .expect(502);
    let response = github.get("/zen").await.expect(429);
    assert_eq!(response.header("retry-after"), "60");
    github.get("/user").await.expect(200);
    control(&github, Method::DELETE, "/faults", None)
        .await
        .expect(204);
    github
        .post(&path, json!({"state": "success"}))
        .await
        .expect(201);
    let history = control(&github, Method::GET, "/deployments", None)
        .await
        .json();
    assert_eq!(history[0]["repository"], "octocat/example");
    assert_eq!(history[0]["statuses"].as_array().unwrap().len(), 2);
    let id = &history[0]["deployment"]["id"];
    let one = control(&github, Method::GET, &format!("/deployments/{id}"), None).await;
    assert_eq!(one.expect(200).json(), history[0]);
    control(&github, Method::GET, "/deployments/1", None)
        .await
        .expect(404);

    let mix = json!({"mix": {"seed": 1, "percent": 100, "max_delay_ms": 1}});
    control(&github, Method::POST, "/faults", Some(mix))
        .await
        .expect(204);
    let _ = github.request(Method::GET, "/zen").send().await;
    let last = github.emulator.requests().pop().unwrap();
    assert!(last.fault.is_some());
}

#[tokio::test]
async fn running_mix_is_listed() {
    let github = Github::start().await;
    let fault = json!({"status": 502, "path": "/user"});
    let mix = json!({"mix": {"seed": 7, "percent": 100, "max_faults": 2, "max_delay_ms": 0}});
    for body in [mix, fault] {
        let added = control(&github, Method::POST, "/faults", Some(body)).await;
        added.expect(204);
    }
    for left in [Some(2), Some(1), None] {
        let listed = control(&github, Method::GET, "/faults", None).await.json();
        let listed = listed.as_array().unwrap();
        assert_eq!(listed[0]["status"], 502);
        let mix = left.map(|left| {
            json!({"mix": {"seed": 7, "percent": 100, "max_faults": left, "max_delay_ms": 0}})
        });
        assert_eq!(listed.get(1), mix.as_ref());
        let _ = github.request(Method::GET, "/zen").send().await;
    }
    github.emulator.fault_mix(FaultMix::seeded(8));
    let listed = control(&github, Method::GET, "/faults", None).await.json();
    let mix = json!({"mix": {"seed": 8, "percent": 50, "max_delay_ms": 10_000}});
    assert_eq!(listed[1], mix);
}

#[tokio::test]
async fn clock_is_read_set_and_advanced() {
    let github = Github::start().await;
    let now = json!({"now": "2026-11-20T12:00:00Z"});
    control(&github, Method::PUT, "/clock", Some(now))
        .await
        .expect(200);
    let step = Some(json!({"advance_seconds": 3600}));
    control(&github, Method::POST, "/clock", step)
        .await
        .expect(200);
    let time = control(&github, Method::GET, "/clock", None).await.json();
    assert!(
        time["now"]
            .as_str()
            .unwrap()
            .starts_with("2026-11-20T13:00:0")
    );
}

#[tokio::test]
async fn requests_are_listed_and_cleared() {
    let github = Github::start().await;
    github.get("/zen?x=1").await;
    let list = control(&github, Method::GET, "/requests", None)
        .await
        .json();
    assert_eq!(list[0]["method"], "GET");
    assert_eq!(list[0]["path"], "/zen?x=1");
    assert_eq!(list[0]["operation"], "get-zen");
    assert_eq!(list[0]["status"], 200);
    for path in ["/user", "/meta", "/"] {
        github.get(path).await.expect(200);
    }
    for (query, paths) in [
        ("?since=2", vec!["/meta", "/"]),
        ("?limit=1", vec!["/"]),
        ("?limit=2", vec!["/meta", "/"]),
        // A client that continues with the last number misses nothing.
        ("?since=0&limit=2", vec!["/zen?x=1", "/user"]),
        ("?since=2&limit=2", vec!["/meta", "/"]),
        ("?since=4", vec![]),
    ] {
        let path = format!("/requests{query}");
        let list = control(&github, Method::GET, &path, None).await.json();
        let found: Vec<_> = list
            .as_array()
            .unwrap()
            .iter()
            .map(|it| &it["path"])
            .collect();
        assert_eq!(found, paths, "{query}");
    }
    control(&github, Method::GET, "/requests?since=x", None)
        .await
        .expect(400);
    control(&github, Method::DELETE, "/requests", None)
        .await
        .expect(204);
    assert!(github.emulator.requests().is_empty());
}

#[tokio::test]
async fn repositories_and_quirks_are_changed() {
    let github = Github::start().await;
    let change = json!({"rename_to": "octocat/new", "archived": true});
    let path = "/repositories/octocat/example";
    control(&github, Method::PATCH, path, Some(change))
        .await
        .expect(204);
    assert_eq!(
        github.get("/repos/octocat/new").await.json()["archived"],
        true
    );
    let change = json!({"auto_inactive": "observed", "max_statuses": 3});
    let switches = control(&github, Method::PATCH, "/quirks", Some(change))
        .await
        .expect(200);
    assert_eq!(switches.json()["auto_inactive"], "observed");
    assert_eq!(github.emulator.quirks().max_statuses, Some(3));
    let wrong = Some(json!({"auto_inactive": "sometimes"}));
    control(&github, Method::PATCH, "/quirks", wrong)
        .await
        .expect(400);
    let listed = control(&github, Method::GET, "/quirks", None).await.json();
    assert_eq!(listed["ghost"], "null");
}

#[tokio::test]
async fn reset_restores_the_initial_state() {
    let seed = r#"{"repositories": [{"name": "o/r"}], "deployments": [{"repository": "o/r", "ref": "main", "id": 7}]}"#;
    let seed = Seed::from_json(seed).unwrap();
    let github = Github::from(Emulator::builder().seed(seed)).await;
    let path = "/repos/o/r/deployments/7/statuses";
    github
        .post(path, json!({"state": "success"}))
        .await
        .expect(201);
    github.emulator.fault(Fault::status(500));
    github
        .emulator
        .change_quirks(|it| it.max_statuses = Some(0));
    control(&github, Method::POST, "/reset", None)
        .await
        .expect(204);
    assert!(github.emulator.requests().is_empty());
    assert_eq!(github.get(path).await.expect(200).body, "[]");
    github
        .post(path, json!({"state": "success"}))
        .await
        .expect(201);
    control(&github, Method::GET, "/nothing", None)
        .await
        .expect(404);
}

#[tokio::test]
async fn requests_name_the_created_object_and_the_refusal() {
    let github = Github::start().await;
    let deployment = github.deployment();
    let path = statuses(&deployment);
    github.emulator.fault(Fault::status(502).after_work());
    let stored = json!({"state": "success"});
    github.post(&path, stored).await.expect(502);
    let refused = github.post(&path, json!({"state": "done"})).await;
    refused.expect(422);
    let new = json!({"ref": "main"});
    let second = github.post("/repos/octocat/example/deployments", new).await;
    let second = second.expect(201).json();

    let requests = control(&github, Method::GET, "/requests", None).await;
    let requests = requests.expect(200).json();
    let created: Vec<&Value> = (0..3).map(|it| &requests[it]["created"]).collect();
    let status = github.emulator.history(deployment.id)[0].id;
    assert_eq!(created, [&json!(status), &Value::Null, &second["id"]]);
    let refusal = "Validation Failed: state is not included in the list";
    let refusals: Vec<&Value> = (0..3).map(|it| &requests[it]["refusal"]).collect();
    assert_eq!(refusals, [&Value::Null, &json!(refusal), &Value::Null]);
}
