use deploystatus_emulator::{Clock, Emulator, Profile, Seed, Token};
use reqwest::Method;
use serde_json::json;

use super::github::{Answer, Github};

async fn of_profile(profile: &str) -> Github {
    let profile: Profile = profile.parse().unwrap();
    Github::from(Emulator::builder().profile(profile)).await
}

async fn zen(github: &Github, version: Option<&str>) -> Answer {
    let mut request = github.request(Method::GET, "/zen");
    if let Some(version) = version {
        request = request.header("x-github-api-version", version);
    }
    Answer::to(request).await
}

#[tokio::test]
async fn the_version_asked_for_is_echoed_and_the_older_one_is_the_default() {
    let github = Github::start().await;
    for (asked, selected) in [
        (None, "2022-11-28"),
        (Some("2022-11-28"), "2022-11-28"),
        (Some("2026-03-10"), "2026-03-10"),
    ] {
        let answer = zen(&github, asked).await.expect(200);
        assert_eq!(answer.header("x-github-api-version-selected"), selected);
    }
    let missing = github.get("/repos/octocat/nothing").await.expect(404);
    assert_eq!(
        missing.header("x-github-api-version-selected"),
        "2022-11-28"
    );
}

#[tokio::test]
async fn an_unknown_version_is_a_bad_request_with_errors_as_a_sentence() {
    let github = Github::start().await;
    let answer = zen(&github, Some("2019-01-01")).await.expect(400);
    assert_eq!(answer.header("x-github-api-version-selected"), "");
    let errors = "The version you specified in the \"X-GitHub-API-Version\" request header, \
                  \"2019-01-01\", is not a supported version. The following versions are \
                  currently supported: \"2026-03-10\" (most recent) and \"2022-11-28\".";
    assert_eq!(
        answer.json(),
        json!({
            "message": "Bad Request",
            "errors": errors,
            "documentation_url": "https://docs.github.com/rest",
            "status": "400",
        })
    );
}

#[tokio::test]
async fn a_version_past_its_support_is_gone_and_no_longer_the_default() {
    let clock = Clock::manual().starting_at("2028-03-09T23:59:59Z".parse().unwrap());
    let github = Github::from(Emulator::builder().clock(clock)).await;
    zen(&github, Some("2022-11-28")).await.expect(200);
    github.emulator.advance(std::time::Duration::from_secs(1));
    zen(&github, Some("2022-11-28")).await.expect(410);
    let answer = zen(&github, None).await.expect(200);
    assert_eq!(answer.header("x-github-api-version-selected"), "2026-03-10");
}

#[tokio::test]
async fn an_enterprise_server_knows_the_versions_of_its_release() {
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
        let answer = zen(&github, None).await.expect(200);
        assert_eq!(
            answer.header("x-github-api-version-selected"),
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
async fn every_answer_of_an_enterprise_server_names_its_release_and_no_rate_limit() {
    let github = of_profile("ghes:3.20").await;
    for path in ["/zen", "/nowhere", "/repos/octocat/nothing"] {
        let answer = github.get(path).await;
        assert_eq!(answer.header("x-github-enterprise-version"), "3.20.0");
        assert_eq!(answer.header("x-ratelimit-limit"), "");
    }
    assert_eq!(
        github.get("/meta").await.json()["installed_version"],
        "3.20.0"
    );
    let error = github.get("/rate_limit").await.expect(404).json();
    assert_eq!(error["message"], "Rate limiting is not enabled.");
}

#[tokio::test]
async fn both_fronts_are_served_and_bodies_repeat_the_one_that_was_used() {
    let github = Github::start().await;
    let deployment = github.deployment();
    let path = format!("/repos/octocat/example/deployments/{}", deployment.id);
    let plain = github.get(&path).await.expect(200).json();
    let url = github.emulator.url();
    assert_eq!(plain["url"], json!(format!("{url}{path}")));
    let request = github.request(Method::GET, &format!("/api/v3{path}"));
    let request = request.header("host", "github.example.com");
    let enterprise = Answer::to(request).await.expect(200).json();
    let url = format!("http://github.example.com/api/v3{path}");
    assert_eq!(enterprise["url"], json!(url));
    assert_eq!(
        enterprise["creator"]["html_url"],
        "http://github.example.com/octocat"
    );
}

#[tokio::test]
async fn route_credential_version_and_repository_are_checked_in_this_order() {
    let seed = Seed::default().token(Token::classic("good"));
    let github = Github::from(Emulator::builder().seed(seed)).await;
    let ask = async |path: &str, token: Option<&str>, version: &str, method: Method| {
        let mut request = github
            .anonymous(method, path)
            .header("x-github-api-version", version);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        Answer::to(request).await.status
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
