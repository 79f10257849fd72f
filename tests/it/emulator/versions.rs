use deploystatus_emulator::{Clock, Emulator, Profile, Seed, Token};
use reqwest::Method;
use serde_json::json;

use super::github::{Github, Response, send};

async fn of_profile(profile: &str) -> Github {
    let profile: Profile = profile.parse().unwrap();
    Github::from(Emulator::builder().profile(profile)).await
}

async fn zen(github: &Github, version: Option<&str>) -> Response {
    let mut request = github.request(Method::GET, "/zen");
    if let Some(version) = version {
        request = request.header("x-github-api-version", version);
    }
    send(request).await
}

#[tokio::test]
async fn requested_version_is_echoed() {
    let github = Github::start().await;
    for (asked, selected) in [
        (None, "2022-11-28"),
        (Some("2022-11-28"), "2022-11-28"),
        (Some("2026-03-10"), "2026-03-10"),
    ] {
        let response = zen(&github, asked).await.expect(200);
        assert_eq!(response.header("x-github-api-version-selected"), selected);
    }
    let missing = github.get("/repos/octocat/nothing").await.expect(404);
    assert_eq!(
        missing.header("x-github-api-version-selected"),
        "2022-11-28"
    );
}

#[tokio::test]
async fn unknown_version_is_a_bad_request() {
    let github = Github::start().await;
    let response = zen(&github, Some("2019-01-01")).await.expect(400);
    assert_eq!(response.header("x-github-api-version-selected"), "");
    let errors = "The version you specified in the \"X-GitHub-API-Version\" request header, \
                  \"2019-01-01\", is not a supported version. The following versions are \
                  currently supported: \"2026-03-10\" (most recent) and \"2022-11-28\".";
    assert_eq!(
        response.json(),
        json!({
            "message": "Bad Request",
            "errors": errors,
            "documentation_url": "https://docs.github.com/rest",
            "status": "400",
        })
    );
}

#[tokio::test]
async fn retired_version_is_gone() {
    let clock = Clock::manual().starting_at("2028-03-09T23:59:59Z".parse().unwrap());
    let github = Github::from(Emulator::builder().clock(clock)).await;
    zen(&github, Some("2022-11-28")).await.expect(200);
    github.emulator.advance(std::time::Duration::from_secs(1));
    zen(&github, Some("2022-11-28")).await.expect(410);
    let response = zen(&github, None).await.expect(200);
    assert_eq!(
        response.header("x-github-api-version-selected"),
        "2026-03-10"
    );
}

#[tokio::test]
async fn versions_depend_on_the_release() {
    for (profile, selected, newest) in [
        ("ghes:2.18", "", 200),
        ("ghes:3.7", "", 200),
        ("ghes:3.8", "2022-11-28", 400),
        ("ghes:3.20", "2022-11-28", 400),
        ("ghes:3.21", "2022-11-28", 200),
        ("ghes:3.22", "2022-11-28", 200),
    ] {
        let github = of_profile(profile).await;
        assert!(github.emulator.api_url().ends_with("/api/v3"));
        let response = zen(&github, None).await.expect(200);
        assert_eq!(
            response.header("x-github-api-version-selected"),
            selected,
            "{profile}"
        );
        assert_eq!(
            zen(&github, Some("2026-03-10")).await.status,
            newest,
            "{profile}"
        );
    }
}

#[tokio::test]
async fn enterprise_responses_name_the_release() {
    let github = of_profile("ghes:3.20").await;
    for path in ["/zen", "/nowhere", "/repos/octocat/nothing"] {
        let response = github.get(path).await;
        assert_eq!(response.header("x-github-enterprise-version"), "3.20.0");
        assert_eq!(response.header("x-ratelimit-limit"), "");
    }
    assert_eq!(
        github.get("/meta").await.json()["installed_version"],
        "3.20.0"
    );
    let error = github.get("/rate_limit").await.expect(404).json();
    assert_eq!(error["message"], "Rate limiting is not enabled.");
}

#[tokio::test]
async fn both_prefixes_are_served() {
    let github = Github::start().await;
    let deployment = github.deployment();
    let path = format!("/repos/octocat/example/deployments/{}", deployment.id);
    let plain = github.get(&path).await.expect(200).json();
    let url = github.emulator.url();
    assert_eq!(plain["url"], json!(format!("{url}{path}")));
    let request = github.request(Method::GET, &format!("/api/v3{path}"));
    let request = request.header("host", "github.example.com");
    let enterprise = send(request).await.expect(200).json();
    let url = format!("http://github.example.com/api/v3{path}");
    assert_eq!(enterprise["url"], json!(url));
    assert_eq!(
        enterprise["creator"]["html_url"],
        "http://github.example.com/octocat"
    );
}

#[tokio::test]
async fn checks_have_the_reported_order() {
    let seed = Seed::default().token(Token::classic("good"));
    let github = Github::from(Emulator::builder().seed(seed)).await;
    let ask = async |path: &str, token: Option<&str>, version: &str, method: Method| {
        let mut request = github
            .anonymous(method, path)
            .header("x-github-api-version", version);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        send(request).await.status
    };
    let (get, post) = (Method::GET, Method::POST);
    assert_eq!(ask("/nowhere", Some("bad"), "x", get.clone()).await, 404);
    assert_eq!(ask("/repos/o/r", Some("bad"), "x", get.clone()).await, 401);
    assert_eq!(ask("/repos/o/r", Some("good"), "x", get.clone()).await, 400);
    assert_eq!(ask("/user", None, "x", get.clone()).await, 400);
    let write = "/repos/o/r/deployments/1/statuses";
    assert_eq!(ask(write, None, "2022-11-28", post.clone()).await, 401);
    assert_eq!(ask(write, Some("good"), "2022-11-28", post).await, 404);
}
