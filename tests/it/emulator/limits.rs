use std::time::Duration;

use deploystatus_emulator::{
    Clock, Emulator, Fault, LimitStatus, Limits, PrimaryLimits, RetryAfter, SecondaryLimits,
};
use reqwest::Method;
use serde_json::json;

use super::github::{Github, send, statuses};

async fn limited(limits: Limits) -> Github {
    Github::from(Emulator::builder().clock(Clock::manual()).limits(limits)).await
}

#[tokio::test]
async fn primary_limit_is_enforced_for_an_hour() {
    let primary = PrimaryLimits::default().authenticated(2).anonymous(1);
    let github = limited(Limits::default().primary(primary)).await;
    for (used, remaining) in [("1", "1"), ("2", "0")] {
        let response = github.get("/zen").await.expect(200);
        assert_eq!(response.header("x-ratelimit-limit"), "2");
        assert_eq!(response.header("x-ratelimit-used"), used);
        assert_eq!(response.header("x-ratelimit-remaining"), remaining);
        assert_eq!(response.header("x-ratelimit-reset"), "1767229200");
    }
    let response = github.get("/zen").await.expect(403);
    assert_eq!(response.header("x-ratelimit-remaining"), "0");
    let message = response.json()["message"].as_str().unwrap().to_owned();
    assert!(
        message.starts_with("API rate limit exceeded for user ID 583231."),
        "{message}"
    );
    let limits = github.get("/rate_limit").await.expect(200).json();
    let core = json!({"limit": 2, "used": 2, "remaining": 0, "reset": 1_767_229_200});
    assert_eq!(limits["resources"]["core"], core);
    assert_eq!(limits["resources"]["search"]["limit"], 30);
    assert_eq!(limits["rate"], core);
    let newer = github.request(Method::GET, "/rate_limit");
    let newer = newer.header("x-github-api-version", "2026-03-10");
    let newer = send(newer).await.expect(200).json();
    assert!(newer.get("rate").is_none());

    send(github.anonymous(Method::GET, "/zen"))
        .await
        .expect(200);
    let response = send(github.anonymous(Method::GET, "/zen"))
        .await
        .expect(403);
    assert_eq!(response.header("server"), "Varnish");
    assert!(response.json().get("status").is_none());

    github.emulator.advance(Duration::from_secs(3600));
    github.get("/zen").await.expect(200);
}

#[tokio::test]
async fn unenforced_limit_is_counted_and_never_used_up() {
    let github = limited(Limits::default()).await;
    for number in 1..=100_u64 {
        github.emulator.advance(Duration::from_secs(1));
        let request = github.anonymous(Method::GET, "/zen");
        let response = send(request).await.expect(200);
        let used = number.min(59);
        for (name, value) in [("limit", 60), ("used", used), ("remaining", 60 - used)] {
            let header = response.header(&format!("x-ratelimit-{name}"));
            assert_eq!(header, value.to_string(), "{name} of request {number}");
        }
        // The window starts with the first request, one second after the clock.
        assert_eq!(response.header("x-ratelimit-reset"), "1767229201");
    }
    let request = github.anonymous(Method::GET, "/rate_limit");
    let core = &send(request).await.expect(200).json()["resources"]["core"];
    assert_eq!(core["remaining"], 1);
    assert_eq!(core["used"], 59);
    github.emulator.advance(Duration::from_secs(3600));
    let request = github.anonymous(Method::GET, "/zen");
    let response = send(request).await.expect(200);
    assert_eq!(response.header("x-ratelimit-used"), "1");
}

#[tokio::test]
async fn limit_errors_link_to_their_documentation() {
    let current = "overview/rate-limits-for-the-rest-api";
    let old = "overview/resources-in-the-rest-api";
    for (profile, page) in [
        ("github", format!("{current}#about-secondary-rate-limits")),
        (
            "ghes:3.10",
            format!("{current}#about-secondary-rate-limits"),
        ),
        ("ghes:3.9", format!("{old}#secondary-rate-limits")),
    ] {
        let secondary = SecondaryLimits::default().points_per_minute(0);
        let builder = Emulator::builder()
            .profile(profile.parse().unwrap())
            .limits(Limits::default().secondary(secondary));
        let github = Github::from(builder).await;
        let limited = github.get("/zen").await.expect(403).json();
        let fault = Fault::secondary_limit(RetryAfter::Absent);
        github.emulator.fault(fault);
        let failed = github.get("/zen").await.expect(403).json();
        for body in [limited, failed] {
            let url = body["documentation_url"].as_str().unwrap().to_owned();
            assert!(url.ends_with(&format!("/rest/{page}")), "{profile}: {url}");
        }
    }
}

#[tokio::test]
async fn creations_are_limited_per_minute_and_hour() {
    let github = limited(Limits::default().secondary(SecondaryLimits::default())).await;
    let path = statuses(&github.deployment());
    let body = json!({"state": "success"});
    for _ in 0..80 {
        github.post(&path, body.clone()).await.expect(201);
    }
    github.emulator.advance(Duration::from_secs(20));
    let response = github.post(&path, body.clone()).await.expect(403);
    assert_eq!(response.header("retry-after"), "40");
    let message = response.json()["message"].as_str().unwrap().to_owned();
    assert!(
        message.starts_with("You have exceeded a secondary rate limit."),
        "{message}"
    );
    github.get(&path).await.expect(200);
    github.emulator.advance(Duration::from_secs(40));
    for _ in 0..5 {
        for _ in 0..80 {
            github.post(&path, body.clone()).await.expect(201);
        }
        github.emulator.advance(Duration::from_secs(60));
    }
    for _ in 480..500 {
        github.post(&path, body.clone()).await.expect(201);
    }
    let response = github.post(&path, body.clone()).await.expect(403);
    assert_eq!(response.header("retry-after"), "3240");
}

#[tokio::test]
async fn points_are_counted_per_endpoint() {
    let secondary = SecondaryLimits::default().points_per_minute(11);
    let github = limited(Limits::default().secondary(secondary)).await;
    github
        .emulator
        .change_quirks(|it| it.limit_status = LimitStatus::TooManyRequests);
    let path = statuses(&github.deployment());
    for code in [201, 201, 429] {
        github
            .post(&path, json!({"state": "success"}))
            .await
            .expect(code);
    }
    for _ in 0..11 {
        github.get(&path).await.expect(200);
    }
    github.get(&path).await.expect(429);
    github.get("/zen").await.expect(200);
}

#[tokio::test]
async fn windows_follow_a_clock_that_is_set_back() {
    let primary = PrimaryLimits::default().authenticated(4);
    let secondary = SecondaryLimits::default()
        .points_per_minute(11)
        .creations_per_minute(2);
    let limits = Limits::default().primary(primary).secondary(secondary);
    let github = limited(limits).await;
    let path = statuses(&github.deployment());
    let body = json!({"state": "success"});
    for code in [201, 201, 403] {
        github.post(&path, body.clone()).await.expect(code);
    }
    let earlier = "2025-06-01T00:00:00Z".parse().unwrap();
    github.emulator.set_time(earlier);
    for (code, used) in [(201, "1"), (201, "2"), (403, "2")] {
        let response = github.post(&path, body.clone()).await.expect(code);
        // The window ends one hour after its first request.
        assert_eq!(response.header("x-ratelimit-reset"), "1748739600");
        assert_eq!(response.header("x-ratelimit-used"), used);
    }
    let core = &github.get("/rate_limit").await.expect(200).json()["resources"]["core"];
    assert_eq!(core["reset"], 1_748_739_600);
}

#[tokio::test]
async fn secondary_limit_fault_equals_the_enforced_limit() {
    for profile in ["github", "ghes:3.20"] {
        let secondary = SecondaryLimits::default().points_per_minute(0);
        let builder = Emulator::builder()
            .clock(Clock::manual())
            .profile(profile.parse().unwrap());
        let limits = Limits::default().secondary(secondary);
        let enforced = Github::from(builder.clone().limits(limits)).await;
        let failing = Github::from(builder).await;
        let fault = Fault::secondary_limit(RetryAfter::Seconds(60));
        failing.emulator.fault(fault);
        let path = "/repos/octocat/example/deployments";
        let enforced = enforced.get(path).await.expect(403);
        let failed = failing.get(path).await.expect(403);
        assert_eq!(failed.body, enforced.body);
        assert_eq!(failed.headers, enforced.headers);
        let has_limit = failed.headers.contains_key("x-ratelimit-limit");
        assert_eq!(has_limit, profile == "github");
    }
}

#[tokio::test(start_paused = true)]
async fn concurrent_requests_are_limited() {
    let secondary = SecondaryLimits::default().concurrent(2);
    let limits = Limits::default().secondary(secondary);
    let github = Github::from(Emulator::builder().clock(Clock::tokio()).limits(limits)).await;
    github
        .emulator
        .fault(Fault::delay(Duration::from_secs(5)).times(3));
    let (one, two, three) =
        tokio::join!(github.get("/zen"), github.get("/zen"), github.get("/zen"));
    let mut codes = [one.status, two.status, three.status];
    codes.sort_unstable();
    assert_eq!(codes, [200, 200, 403]);
    github.get("/zen").await.expect(200);
}
