use deploystatus_emulator::{Clock, Emulator, Fault, Limits, PrimaryLimits, Seed, Token};
use reqwest::Method;

use super::github::{Github, send};

#[tokio::test]
async fn preflight_allows_documented_headers_and_methods() {
    let primary = PrimaryLimits::default().authenticated(0).anonymous(0);
    let builder = Emulator::builder()
        .clock(Clock::manual())
        .limits(Limits::default().primary(primary))
        .seed(Seed::default().token(Token::classic("good")));
    let github = Github::from(builder).await;
    github.emulator.fault(Fault::status(502));
    for path in [
        "/repos/octocat/example/deployments/1/statuses",
        "/api/v3/zen",
        "/nowhere",
    ] {
        let request = github
            .anonymous(Method::OPTIONS, path)
            .header("origin", "https://app.example")
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization");
        let response = send(request).await.expect(204);
        assert_eq!(response.body, "");
        for (name, value) in [
            ("access-control-allow-origin", "*"),
            (
                "access-control-allow-methods",
                "GET, POST, PATCH, PUT, DELETE",
            ),
            (
                "access-control-allow-headers",
                "Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, \
                 If-Unmodified-Since, X-GitHub-OTP, X-Requested-With",
            ),
            ("access-control-max-age", "86400"),
        ] {
            assert_eq!(response.header(name), value, "{name}");
        }
        assert!(
            response
                .headers
                .contains_key("access-control-expose-headers")
        );
    }
    let requests = github.emulator.requests();
    assert_eq!(requests[0].method, "OPTIONS");
    assert_eq!(requests[0].status, Some(204));
    assert_eq!(github.emulator.pending_faults().len(), 1);
}
