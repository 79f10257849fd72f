//! Requests stay below `/repos/{owner}/{repo}/`.

use deploystatus_generated::{InvalidPathSegment, PathSegment};
use tests::OneCall;
use wiremock::ResponseTemplate;

#[test]
fn hostile_names_are_rejected() {
    let hostile = [
        "",
        ".",
        "..",
        "/",
        "\\",
        "a/b",
        "a\\b",
        "../user",
        "..%2f",
        "%2e%2e",
        "%2E",
        "a%b",
        "a?b",
        "a#b",
        "a b",
        "a:b",
        "a@b",
        "a;b",
        "a\0",
        "a\n",
        "a\r\nHost: x",
        "a\tb",
        "\u{7f}",
        "é",
        "ａ",
        "․․",
        "a\u{202e}b",
        "{owner}",
        "*",
        "~",
        "'",
        "\"",
        "<a>",
        "[bot]",
        "a&b",
        "a=b",
        "a+b",
    ];
    for name in hostile {
        assert!(
            name.parse::<PathSegment>().is_err(),
            "{name:?} was accepted"
        );
    }
}

#[test]
fn rejection_names_the_reason() {
    let error = |name: &str| name.parse::<PathSegment>().unwrap_err();
    assert_eq!(error(""), InvalidPathSegment::Empty);
    assert_eq!(error("..").to_string(), "name consists of dots only");
    assert_eq!(
        error("octo/cat").to_string(),
        "invalid character '/' in name: expected letters, digits, `-`, `_` or `.`"
    );
}

#[tokio::test]
async fn unusual_names_form_one_segment() {
    for (owner, repo) in [
        ("octocat", "example"),
        ("octocat", ".github"),
        ("octo-cat_corp", "..."),
        ("0", "example.github.io"),
        ("OCTOCAT", "-"),
        ("octocat", "..x"),
    ] {
        let call = OneCall::with_response(ResponseTemplate::new(404)).await;
        let (owner, repo): (PathSegment, PathSegment) =
            (owner.parse().unwrap(), repo.parse().unwrap());
        let outcome = call
            .client
            .repos_get_deployment_status(&owner, &repo, 1, 2)
            .await;
        assert!(outcome.is_err());
        assert_eq!(
            call.request().await.url.path(),
            format!("/repos/{owner}/{repo}/deployments/1/statuses/2")
        );
    }
}

#[tokio::test]
async fn extreme_ids_form_one_segment() {
    for id in [0, -1, i64::MIN, i64::MAX] {
        let call = OneCall::with_response(ResponseTemplate::new(404)).await;
        assert!(
            call.client
                .repos_get_deployment_status(&call.owner, &call.repo, id, id)
                .await
                .is_err()
        );
        assert_eq!(
            call.request().await.url.path(),
            format!("/repos/octocat/example/deployments/{id}/statuses/{id}")
        );
    }
}
