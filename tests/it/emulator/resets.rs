//! Requests that are being handled during a reset.

use std::time::Duration;

use deploystatus_emulator::{
    Clock, Emulator, Fault, Limits, NewDeployment, Operation, SecondaryLimits, Seed,
};
use reqwest::Method;
use serde_json::json;

use super::github::{Github, send};

const SECOND: Duration = Duration::from_secs(1);
const PATH: &str = "/repos/octocat/example/deployments/7/statuses";

async fn seeded(limits: Limits) -> Github {
    let seed = Seed::default().deployment(
        "octocat/example",
        NewDeployment::new("main").id(7),
        Vec::new(),
    );
    let builder = Emulator::builder().clock(Clock::tokio());
    Github::from(builder.seed(seed).limits(limits)).await
}

#[tokio::test(start_paused = true)]
async fn late_work_ends_with_a_reset() {
    let github = seeded(Limits::default()).await;
    let sent = json!({"state": "success"});
    let late = Fault::status(502).work_later(2 * SECOND);
    github.emulator.fault(late);
    github.post(PATH, sent.clone()).await.expect(502);
    github.emulator.reset().unwrap();
    tokio::time::sleep(10 * SECOND).await;
    assert_eq!(github.emulator.history(7), []);
    github.post(PATH, sent).await.expect(201);
    assert_eq!(github.emulator.history(7).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn delayed_requests_end_with_a_reset() {
    let one = SecondaryLimits::default().concurrent(1);
    let github = seeded(Limits::default().secondary(one)).await;
    let delayed = Fault::delay(4 * SECOND).times(2);
    for method in [Method::POST, Method::DELETE] {
        github.emulator.fault(delayed.clone());
        let path = PATH.strip_suffix("/statuses").unwrap();
        let request = match method {
            Method::POST => github
                .request(method, PATH)
                .json(&json!({"state": "error"})),
            _ => github.request(method, path),
        };
        let held = tokio::spawn(request.send());
        tokio::time::sleep(SECOND).await;
        github.emulator.reset().unwrap();
        // The old request is not counted any more, and its end is not either.
        github
            .emulator
            .fault(delayed.clone().on(Operation::GetDeployment));
        let new = tokio::spawn(github.request(Method::GET, path).send());
        assert!(held.await.unwrap().is_err());
        send(github.request(Method::GET, PATH)).await.expect(403);
        assert_eq!(new.await.unwrap().unwrap().status(), 200);
        assert_eq!(github.emulator.history(7), []);
        assert!(github.emulator.deployment(7).is_some());
        github.emulator.reset().unwrap();
    }
}
