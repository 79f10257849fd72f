use deploystatus_emulator::{
    Delivery, Emulator, Fault, NewDeployment, NewRepository, NewStatus, Seed, Webhook,
};
use serde_json::{Value, json};

use super::github::{Github, send, statuses};

/// Starts an emulator whose webhook is a second emulator, which logs the deliveries.
async fn with_webhook() -> (Github, Emulator) {
    let receiver = Emulator::start().await.unwrap();
    let hook = Webhook::new(format!("{}/hook?x=1", receiver.url())).secret("secret");
    let github = Github::from(Emulator::builder().webhook(hook)).await;
    (github, receiver)
}

fn payload(delivery: &Delivery) -> Value {
    serde_json::from_str(&delivery.body).unwrap()
}

#[tokio::test]
async fn deliveries_are_ordered_and_complete() {
    let (github, receiver) = with_webhook().await;
    receiver.fault(Fault::status(200).times(2));
    let deployment = github.deployment_to("staging");
    let path = statuses(&deployment);
    let created = github
        .post(&path, json!({"state": "success"}))
        .await
        .expect(201)
        .json();
    let deliveries = github.emulator.wait_for_deliveries().await;
    let events: Vec<_> = deliveries.iter().map(|it| it.event.as_str()).collect();
    assert_eq!(events, ["deployment", "deployment_status"]);

    let requests = receiver.requests();
    for (request, delivery) in requests.iter().zip(&deliveries) {
        assert_eq!(request.path, "/hook?x=1");
        assert_eq!(request.body, delivery.body);
        assert_eq!(delivery.status, Some(200));
        for (name, value) in [
            ("content-type", "application/json"),
            ("x-github-event", delivery.event.as_str()),
            ("x-github-delivery", delivery.id.as_str()),
            ("x-github-hook-id", "1"),
            ("x-github-hook-installation-target-type", "repository"),
        ] {
            assert_eq!(request.header(name), Some(value), "{name}");
        }
        assert_eq!(
            request.header("x-github-hook-installation-target-id"),
            Some(deployment.repository_id.to_string().as_str())
        );
        assert!(
            request
                .header("user-agent")
                .unwrap()
                .starts_with("GitHub-Hookshot/")
        );
        assert!(
            request
                .header("x-hub-signature")
                .unwrap()
                .starts_with("sha1=")
        );
        let signature = request.header("x-hub-signature-256").unwrap();
        assert_eq!(signature.strip_prefix("sha256=").unwrap().len(), 64);
        assert_eq!(delivery.id.len(), 36);
    }

    let event = payload(&deliveries[1]);
    assert_eq!(event["action"], "created");
    assert_eq!(event["deployment_status"], created);
    assert_eq!(event["deployment"]["id"], json!(deployment.id));
    assert_eq!(event["repository"]["full_name"], "octocat/example");
    assert_eq!(event["sender"]["login"], "octocat");
    for key in ["check_run", "workflow", "workflow_run"] {
        assert_eq!(event.get(key), Some(&Value::Null), "{key}");
    }
    let event = payload(&deliveries[0]);
    assert!(event.get("deployment_status").is_none() && event.get("check_run").is_none());
    assert_eq!(event.get("workflow"), Some(&Value::Null));
}

/// Compares with payloads that were recorded at api.github.com.
#[tokio::test]
async fn payloads_have_every_recorded_member() {
    let Some(folder) = std::env::var_os("DEPLOYSTATUS_WEBHOOKS") else {
        eprintln!("skipped: DEPLOYSTATUS_WEBHOOKS names no folder of recordings");
        return;
    };
    let receiver = Emulator::start().await.unwrap();
    let repository = NewRepository::new("octocat/example").organization();
    let builder = Emulator::builder()
        .seed(Seed::empty().repository(repository))
        .webhook(Webhook::new(receiver.url()));
    let github = Github::from(builder).await;
    let deployment = github.deployment();
    github
        .post(&statuses(&deployment), json!({"state": "success"}))
        .await
        .expect(201);
    let deliveries = github.emulator.wait_for_deliveries().await;
    let mut compared = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap();
        let name = file.file_name().to_string_lossy().into_owned();
        let event = name.split("--").nth(2).unwrap_or_default();
        let delivery = deliveries.iter().find(|it| it.event == event);
        let Some(delivery) = delivery.filter(|_| name.contains("api.github.com")) else {
            continue;
        };
        let text = std::fs::read_to_string(file.path()).unwrap();
        let recorded: Value = serde_json::from_str(&text).unwrap();
        let found = payload(delivery);
        for object in [
            "deployment_status",
            "deployment",
            "repository",
            "organization",
            "sender",
        ] {
            for key in recorded[object]
                .as_object()
                .into_iter()
                .flat_map(|it| it.keys())
            {
                assert!(found[object].get(key).is_some(), "{name}: {object}.{key}");
            }
        }
        compared += 1;
    }
    assert!(compared > 0);
}

#[tokio::test]
async fn payload_has_the_repository_of_a_webhook() {
    let receiver = Emulator::start().await.unwrap();
    let seed = Seed::default().repository(NewRepository::new("acme/shop").organization());
    let hook = Webhook::new(receiver.url());
    let github = Github::from(Emulator::builder().seed(seed).webhook(hook)).await;
    for repository in ["octocat/example", "acme/shop"] {
        let path = format!("/repos/{repository}/deployments");
        github.post(&path, json!({"ref": "main"})).await.expect(201);
    }
    let deliveries = github.emulator.wait_for_deliveries().await;
    let [person, organization] = [0, 1].map(|index| payload(&deliveries[index]));
    for event in [&person, &organization] {
        for key in [
            "temp_clone_token",
            "network_count",
            "subscribers_count",
            "organization",
            "permissions",
        ] {
            assert!(event["repository"].get(key).is_none(), "{key}");
        }
    }
    assert!(person.get("organization").is_none());
    let organization = &organization["organization"];
    assert_eq!(organization["login"], "acme");
    let url = format!("{}/orgs/acme", github.emulator.url());
    assert_eq!(organization["url"], json!(url));
    assert_eq!(
        organization["members_url"],
        json!(format!("{url}/members{{/member}}"))
    );
    let rest = github.get("/repos/acme/shop").await.expect(200).json();
    assert_eq!(rest["organization"]["login"], "acme");
    assert_eq!(rest["temp_clone_token"], Value::Null);
}

#[tokio::test]
async fn inactive_statuses_are_not_delivered() {
    let (github, receiver) = with_webhook().await;
    let prior = github.deployment_to("staging");
    let newer = github.deployment_to("staging");
    for deployment in [&prior, &newer] {
        github
            .post(&statuses(deployment), json!({"state": "success"}))
            .await
            .expect(201);
    }
    github
        .post(&statuses(&newer), json!({"state": "inactive"}))
        .await
        .expect(201);
    assert_eq!(github.emulator.history(prior.id).len(), 2);
    let deliveries = github.emulator.wait_for_deliveries().await;
    assert_eq!(deliveries.len(), 4);
    assert_eq!(receiver.requests().len(), 4);
}

#[tokio::test]
async fn redelivery_happens_only_on_request() {
    let (github, receiver) = with_webhook().await;
    receiver.fault(Fault::status(500));
    github.deployment();
    let first = github.emulator.wait_for_deliveries().await.remove(0);
    assert_eq!(first.status, Some(500));
    receiver.fault(Fault::status(202));
    github.emulator.redeliver(&first.id).unwrap();
    let deliveries = github.emulator.wait_for_deliveries().await;
    assert_eq!(deliveries.len(), 2);
    let again = &deliveries[1];
    assert_eq!((again.id.as_str(), again.attempt), (first.id.as_str(), 2));
    assert_eq!(
        (again.body.as_str(), again.status),
        (first.body.as_str(), Some(202))
    );
    assert_eq!(receiver.requests().len(), 2);
    assert!(github.emulator.redeliver("nonsense").is_err());
}

#[tokio::test]
async fn deliveries_are_listed_repeated_and_cleared_over_http() {
    let (github, _receiver) = with_webhook().await;
    for _ in 0..3 {
        github.deployment();
    }
    let first = github.emulator.wait_for_deliveries().await.remove(0);
    let url = format!("{}/_emulator", github.emulator.url());
    let http = reqwest::Client::new();
    for (query, numbers) in [
        ("?limit=2", vec![2, 3]),
        ("?since=2", vec![3]),
        ("?since=0&limit=2", vec![1, 2]),
    ] {
        let list = send(http.get(format!("{url}/deliveries{query}"))).await;
        let list = list.expect(200).json();
        let found: Vec<_> = list
            .as_array()
            .unwrap()
            .iter()
            .map(|it| &it["number"])
            .collect();
        assert_eq!(found, numbers, "{query}");
    }
    let repeat = format!("{url}/deliveries/{}", first.id);
    let repeated = send(http.post(repeat)).await.expect(202).json();
    assert_eq!(
        (&repeated["number"], &repeated["attempt"]),
        (&json!(4), &json!(2))
    );
    send(http.post(format!("{url}/deliveries/x")))
        .await
        .expect(404);
    send(http.post(format!("{url}/reset"))).await.expect(204);
    let list = send(http.get(format!("{url}/deliveries")))
        .await
        .expect(200);
    assert_eq!(list.json(), json!([]));
}

#[tokio::test]
async fn every_webhook_receives_each_event() {
    let (first, second) = (Emulator::start().await, Emulator::start().await);
    let receivers = [first.unwrap(), second.unwrap()];
    let [one, two] = receivers.each_ref().map(|it| Webhook::new(it.url()));
    let builder = Emulator::builder().webhook(one).webhook(two);
    let github = Github::from(builder).await;
    let path = statuses(&github.deployment());
    let sent = json!({"state": "queued"});
    github.post(&path, sent).await.expect(201);
    github.emulator.wait_for_deliveries().await;
    for receiver in &receivers {
        let requests = receiver.requests();
        let events = requests.iter().map(|it| it.header("x-github-event"));
        let events: Vec<_> = events.collect();
        assert_eq!(events, [Some("deployment"), Some("deployment_status")]);
    }
}

#[tokio::test(start_paused = true)]
async fn delivery_times_out_after_ten_seconds() {
    let (github, receiver) = with_webhook().await;
    receiver.fault(Fault::delay(std::time::Duration::from_secs(60)));
    github.deployment();
    let start = tokio::time::Instant::now();
    let delivery = github.emulator.wait_for_deliveries().await.remove(0);
    assert_eq!(start.elapsed().as_secs(), 10);
    assert_eq!(
        delivery.error.as_deref(),
        Some("no response within 10 seconds")
    );
}

#[tokio::test]
async fn enterprise_deliveries_name_the_server() {
    let receiver = Emulator::start().await.unwrap();
    let hook = Webhook::new(receiver.url());
    let profile = "ghes:3.20".parse().unwrap();
    let emulator = Emulator::builder()
        .profile(profile)
        .webhook(hook)
        .start()
        .await
        .unwrap();
    let new = NewDeployment::new("main");
    let deployment = emulator.create_deployment("octocat/example", new).unwrap();
    emulator
        .create_status(deployment.id, NewStatus::new("queued"))
        .unwrap();
    for delivery in emulator.wait_for_deliveries().await {
        assert_eq!(
            delivery.header("X-GitHub-Enterprise-Version"),
            Some("3.20.0")
        );
        let host = emulator.address().to_string();
        assert_eq!(
            delivery.header("X-GitHub-Enterprise-Host"),
            Some(host.as_str())
        );
        assert_eq!(delivery.header("X-Hub-Signature-256"), None);
    }
}

#[tokio::test]
async fn invalid_webhook_url_is_an_error() {
    for url in ["https://example.com", "example.com", "http://", ""] {
        let builder = Emulator::builder().webhook(Webhook::new(url));
        let error = builder.start().await.unwrap_err();
        assert!(error.to_string().contains("http://"), "{error}");
    }
}
