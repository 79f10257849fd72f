//! What goes wrong, and what the person who reads it is told.

use deploystatus::{Client, Error, NewStatus, Pacing, State};
use deploystatus_emulator::{Fault, Token};
use serde_json::json;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{Scene, TOKEN};

async fn create(scene: &Scene) -> Error {
    let report = NewStatus::new(State::Success);
    scene.deployment.create_status(report).await.unwrap_err()
}

#[tokio::test]
async fn a_missing_permission_of_a_workflow_names_the_lines_to_add() {
    let scene = Scene::start().await;
    scene
        .github
        .add_token(Token::actions(TOKEN).permission("contents", "read"));
    let error = create(&scene).await;
    assert_eq!(error.status(), Some(403));
    let text = error.to_string();
    assert!(
        text.starts_with("the server answered 403 Forbidden, \"Resource not accessible by integration\" (request "),
        "{text}"
    );
    assert!(text.contains(error.request_id().unwrap()));
    let hint = error.hint().unwrap();
    assert!(hint.contains("`deployments=write`"), "{hint}");
    assert!(
        hint.contains("permissions:\n  deployments: write"),
        "{hint}"
    );
}

#[tokio::test]
async fn a_missing_permission_of_a_fine_grained_token_is_named() {
    let scene = Scene::start().await;
    scene.github.add_token(Token::fine_grained(TOKEN));
    let hint = create(&scene).await.hint().unwrap();
    assert_eq!(
        hint,
        "Give the token the repository permission `deployments=write`."
    );
}

#[tokio::test]
async fn a_404_on_creation_says_that_it_may_be_a_missing_permission() {
    let scene = Scene::start().await;
    let other = scene.client.deployment("octocat/other", 1).unwrap();
    let error = other
        .create_status(NewStatus::new(State::Success))
        .await
        .unwrap_err();
    assert!(error.is_not_found());
    let hint = error.hint().unwrap();
    assert!(
        hint.contains("may not write to it") && hint.contains("deployments=write"),
        "{hint}"
    );
}

#[tokio::test]
async fn an_archived_repository_is_named_as_such() {
    let scene = Scene::start().await;
    scene.github.archive_repository("octocat/example").unwrap();
    assert!(create(&scene).await.hint().unwrap().contains("is archived"));
}

#[tokio::test]
async fn a_suspended_installation_is_named_as_such() {
    let scene = Scene::start().await;
    let token = Token::app(TOKEN, "deployer").permission("deployments", "write");
    scene.github.add_token(token.suspended());
    assert!(
        create(&scene)
            .await
            .hint()
            .unwrap()
            .contains("is suspended")
    );
}

#[tokio::test]
async fn a_wrong_and_an_expired_token_are_told_apart() {
    let scene = Scene::start().await;
    scene.github.add_token(Token::classic("another"));
    let error = create(&scene).await;
    assert_eq!(error.status(), Some(401));
    assert!(error.hint().unwrap().contains("wrong, revoked or expired"));

    let expired = Fault::status(401)
        .body(json!({"message": "Bad credentials"}))
        .header(
            "github-authentication-token-expiration",
            "2026-01-01 08:00:00 UTC",
        );
    scene.github.fault(expired);
    let hint = create(&scene).await.hint().unwrap();
    assert!(
        hint.contains("expired at 2026-01-01 08:00:00 UTC"),
        "{hint}"
    );
}

#[tokio::test]
async fn single_sign_on_names_the_place_to_allow_the_token() {
    let scene = Scene::start().await;
    let fault = Fault::status(403)
        .body(json!({"message": "Resource protected by organization SAML enforcement."}))
        .header(
            "x-github-sso",
            "required; url=https://github.com/orgs/octo/sso?token=x",
        );
    scene.github.fault(fault);
    let hint = create(&scene).await.hint().unwrap();
    assert_eq!(
        hint,
        "The organisation requires single sign-on: allow the token at https://github.com/orgs/octo/sso?token=x."
    );
}

#[tokio::test]
async fn field_errors_come_in_words_whatever_their_shape() {
    let cases = [
        (
            json!([{"resource": "DeploymentStatus", "code": "custom", "field": "description",
                "message": "description is too long (maximum is 140 characters)"}]),
            vec!["description is too long (maximum is 140 characters)"],
        ),
        (
            json!([{"code": "missing_field", "field": "state"}, {"code": "invalid", "field": "log_url"}]),
            vec!["state is missing", "log_url is not valid"],
        ),
        (
            json!("Validation failed: State is odd"),
            vec!["Validation failed: State is odd"],
        ),
        (json!(["one", "two"]), vec!["one", "two"]),
        (json!([17]), vec!["17"]),
        (json!(null), vec![]),
        (
            json!({"code": "unprocessable"}),
            vec!["a field cannot be used"],
        ),
    ];
    for (errors, words) in cases {
        let scene = Scene::start().await;
        let fault =
            Fault::status(422).body(json!({"message": "Validation Failed", "errors": errors}));
        scene
            .github
            .fault(fault.header("x-github-request-id", "AB:1"));
        let error = create(&scene).await;
        let told: Vec<_> = error
            .field_errors()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(told, words);
        let colon = if words.is_empty() { "" } else { ": " };
        assert_eq!(
            error.to_string(),
            format!(
                "the server answered 422 Unprocessable Entity, \"Validation Failed\"{colon}{} (request AB:1)",
                words.join("; ")
            )
        );
    }
}

#[tokio::test]
async fn a_refusal_is_one_short_line_whatever_the_server_wrote() {
    let scene = Scene::start().await;
    let wild = "\u{1b}[2Jred\nand\u{0} gone";
    let fault = Fault::status(422).body(json!({"message": wild, "errors": [wild]}));
    scene
        .github
        .fault(fault.header("x-github-request-id", "AB:1"));
    let error = create(&scene).await;
    assert_eq!(
        error.to_string(),
        "the server answered 422 Unprocessable Entity, \"\\u{1b}[2Jred\\nand\\0 gone\": [2Jred and gone (request AB:1)"
    );
    assert_eq!(error.field_errors()[0].to_string(), "[2Jred and gone");

    let long = "x".repeat(1_000);
    let errors = vec![json!(long); 100];
    let fault = Fault::status(422).body(json!({"message": long, "errors": errors}));
    scene.github.fault(fault);
    let error = create(&scene).await;
    assert!(error.to_string().chars().count() < 3_000, "{error}");
    assert!(error.to_string().contains("; and 90 more"), "{error}");
    assert_eq!(error.rejection().unwrap().message.as_ref(), Some(&long));
    assert_eq!(error.field_errors().len(), 100);
}

/// What reading gives when every answer is this one.
async fn reading(answer: ResponseTemplate) -> Error {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    let client = Client::builder()
        .base_url(server.uri())
        .token(TOKEN)
        .pacing(Pacing::off())
        .build()
        .unwrap();
    let deployment = client.deployment("octocat/example", 42).unwrap();
    deployment.statuses().newest().await.unwrap_err()
}

#[tokio::test]
async fn answers_that_are_not_githubs_are_errors_with_a_short_excerpt() {
    let html = "<html><body><h1>Sign in</h1> to the coffee shop's network</body></html>";
    let cases = [
        (
            ResponseTemplate::new(200).set_body_raw(html, "text/html"),
            "the server answered 200 with a body (text/html) that begins \"Sign in to the coffee shop's network\"",
        ),
        (
            ResponseTemplate::new(200),
            "the server answered 200 with a body (no content type) that is empty",
        ),
        (
            ResponseTemplate::new(200).set_body_raw("\u{fffd}\u{0}not json", "application/json"),
            "the server answered 200 with a body (application/json) that begins \"\u{fffd} not json\"",
        ),
        (
            ResponseTemplate::new(200).set_body_raw("{}", "application/json"),
            "the server answered 200 with a body (application/json) that begins \"{}\"",
        ),
        (
            ResponseTemplate::new(200)
                .set_body_raw(vec![b'['; 9 * 1024 * 1024], "application/json"),
            "the server answered 200 with a body of more than 8 MiB",
        ),
    ];
    for (answer, message) in cases {
        let error = reading(answer).await;
        assert!(matches!(error, Error::Unreadable(_)), "{error:?}");
        assert_eq!(error.to_string(), message);
        assert!(error.hint().unwrap().contains("/api/v3"));
    }
}

#[tokio::test]
async fn a_json_answer_of_the_wrong_type_is_read_all_the_same() {
    let scene = Scene::start().await;
    let page = Fault::status(200)
        .body("[]")
        .header("content-type", "text/plain");
    scene.github.fault(page);
    assert_eq!(scene.deployment.statuses().newest().await.unwrap(), None);
}

#[tokio::test]
async fn a_refusal_without_a_body_of_githubs_shows_what_it_said() {
    let long = "x".repeat(1000);
    let cases = [
        ("", "the server answered 404 Not Found".to_owned()),
        (
            "<!DOCTYPE html><title>Not here</title>",
            "the server answered 404 Not Found, \"Not here\"".to_owned(),
        ),
        (
            long.as_str(),
            format!(
                "the server answered 404 Not Found, \"{}…\"",
                "x".repeat(120)
            ),
        ),
        (
            "[1, 2]",
            "the server answered 404 Not Found, \"[1, 2]\"".to_owned(),
        ),
        (
            "{\"message\": 17}",
            "the server answered 404 Not Found".to_owned(),
        ),
    ];
    for (body, message) in cases {
        let error = reading(ResponseTemplate::new(404).set_body_raw(body, "text/html")).await;
        assert_eq!(error.to_string(), message);
        assert!(error.is_not_found());
    }
    let huge = ResponseTemplate::new(403).set_body_raw(vec![b'x'; 9 * 1024 * 1024], "text/plain");
    assert_eq!(
        reading(huge).await.to_string(),
        "the server answered 403 Forbidden"
    );
}

#[tokio::test]
async fn an_error_and_its_causes_do_not_repeat_each_other() {
    let error = reading(ResponseTemplate::new(200).set_body_string("no")).await;
    let mut texts = vec![error.to_string()];
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        assert!(
            texts.iter().all(|text| !text.contains(&error.to_string())),
            "{error}: {texts:?}"
        );
        texts.push(error.to_string());
        cause = error.source();
    }
    assert!(texts.len() > 1);
}
