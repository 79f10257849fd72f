//! Error messages and advice.

use deploystatus::{Advice, Error, ErrorKind, NewStatus, RejectionKind, State};
use deploystatus_emulator::{Fault, Token};
use serde_json::json;
use tests::{Scene, TOKEN, client_builder};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

async fn create(scene: &Scene) -> Error {
    let report = NewStatus::new(State::Success);
    scene.deployment.create_status(report).await.unwrap_err()
}

fn advice(error: &Error) -> String {
    error.advice().unwrap().to_string()
}

#[tokio::test]
async fn workflow_permission_advice_has_yaml_lines() {
    let scene = Scene::start().await;
    scene
        .github
        .add_token(Token::actions(TOKEN).permission("contents", "read"));
    let error = create(&scene).await;
    assert_eq!(error.status(), Some(403));
    let text = error.to_string();
    assert!(
        text.starts_with("the server responded 403 Forbidden: \"Resource not accessible by integration\" (request ID "),
        "{text}"
    );
    assert!(text.contains(error.request_id().unwrap()));
    let advice = error.advice().unwrap();
    let Advice::AddIntegrationPermission {
        permission, level, ..
    } = &advice
    else {
        panic!("{advice:?}");
    };
    assert_eq!(
        (permission.as_str(), *level),
        ("deployments=write", "write")
    );
    let text = advice.to_string();
    assert!(
        text.contains("permissions:\n  deployments: write"),
        "{text}"
    );
}

#[tokio::test]
async fn fine_grained_permission_is_named() {
    let scene = Scene::start().await;
    scene.github.add_token(Token::fine_grained(TOKEN));
    assert_eq!(
        advice(&create(&scene).await),
        "Give the token the repository permission `deployments=write`."
    );
}

#[tokio::test]
async fn not_found_on_create_mentions_permission() {
    let scene = Scene::start().await;
    let other = scene.client.deployment("octocat/other", 1).unwrap();
    let error = other
        .create_status(NewStatus::new(State::Success))
        .await
        .unwrap_err();
    assert!(error.is_not_found());
    let advice = error.advice().unwrap();
    let Advice::CheckDeployment { permission, .. } = &advice else {
        panic!("{advice:?}");
    };
    assert_eq!(permission.as_deref(), Some("deployments=write"));
}

#[tokio::test]
async fn archived_repository_is_recognized() {
    let scene = Scene::start().await;
    scene.github.archive_repository("octocat/example").unwrap();
    assert_eq!(
        create(&scene).await.advice(),
        Some(Advice::UnarchiveRepository)
    );
}

#[tokio::test]
async fn suspended_installation_is_recognized() {
    let scene = Scene::start().await;
    let token = Token::app(TOKEN, "deployer").permission("deployments", "write");
    scene.github.add_token(token.suspended());
    assert_eq!(
        create(&scene).await.advice(),
        Some(Advice::ResumeInstallation)
    );
}

#[tokio::test]
async fn expired_token_is_recognized() {
    let scene = Scene::start().await;
    scene.github.add_token(Token::classic("another"));
    let error = create(&scene).await;
    assert_eq!(error.status(), Some(401));
    assert_eq!(
        advice(&error),
        "Give the client a new token: this one is invalid, revoked or expired."
    );

    let expired = Fault::status(401)
        .body(json!({"message": "Bad credentials"}))
        .header(
            "github-authentication-token-expiration",
            "2026-01-01 08:00:00 UTC",
        );
    scene.fault(expired);
    let error = create(&scene).await;
    assert_eq!(
        error.rejection().unwrap().kind(),
        RejectionKind::TokenExpired
    );
    assert!(
        advice(&error).ends_with("(expiration: 2026-01-01 08:00:00 UTC)."),
        "{}",
        advice(&error)
    );
}

#[tokio::test]
async fn single_sign_on_url_is_shown() {
    let scene = Scene::start().await;
    let fault = Fault::status(403)
        .body(json!({"message": "Resource protected by organization SAML enforcement."}))
        .header(
            "x-github-sso",
            "required; url=https://github.com/orgs/octo/sso?token=x",
        );
    scene.fault(fault);
    assert_eq!(
        advice(&create(&scene).await),
        "Authorize the token for single sign-on at https://github.com/orgs/octo/sso?token=x."
    );
}

#[tokio::test]
async fn field_errors_are_parsed_in_all_shapes() {
    let cases = [
        (
            json!([{"resource": "DeploymentStatus", "code": "custom", "field": "description",
                "message": "description is too long (maximum is 140 characters)"}]),
            vec!["description is too long (maximum is 140 characters)"],
        ),
        (
            json!([{"code": "missing_field", "field": "state"}, {"code": "invalid", "field": "log_url"}]),
            vec!["state is missing", "log_url is invalid"],
        ),
        (
            json!("Validation failed: State is unknown"),
            vec!["Validation failed: State is unknown"],
        ),
        (json!(["one", "two"]), vec!["one", "two"]),
        (json!([17]), vec!["17"]),
        (json!(null), vec![]),
        (
            json!({"code": "unprocessable"}),
            vec!["a field cannot be processed"],
        ),
    ];
    for (errors, messages) in cases {
        let scene = Scene::start().await;
        let fault =
            Fault::status(422).body(json!({"message": "Validation Failed", "errors": errors}));
        scene.fault(fault.header("x-github-request-id", "AB:1"));
        let error = create(&scene).await;
        let found: Vec<_> = error
            .field_errors()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(found, messages);
        let colon = if messages.is_empty() { "" } else { ": " };
        assert_eq!(
            error.to_string(),
            format!(
                "the server responded 422 Unprocessable Entity: \"Validation Failed\"{colon}{} (request ID AB:1)",
                messages.join("; ")
            )
        );
    }
}

#[tokio::test]
async fn rejection_is_one_short_line() {
    let scene = Scene::start().await;
    let wild = "\u{1b}[2Jred\nand\u{0} gone";
    let fault = Fault::status(422).body(json!({"message": wild, "errors": [wild]}));
    scene.fault(fault.header("x-github-request-id", "AB:1"));
    let error = create(&scene).await;
    assert_eq!(
        error.to_string(),
        "the server responded 422 Unprocessable Entity: \"[2Jred and gone\": [2Jred and gone (request ID AB:1)"
    );
    assert_eq!(error.field_errors()[0].to_string(), "[2Jred and gone");

    let long = "x".repeat(1_000);
    let errors = vec![json!(long); 100];
    let fault = Fault::status(422).body(json!({"message": long, "errors": errors}));
    scene.fault(fault);
    let error = create(&scene).await;
    assert!(error.to_string().chars().count() < 3_000, "{error}");
    assert!(error.to_string().contains("; and 90 more"), "{error}");
    assert_eq!(error.rejection().unwrap().message.as_ref(), Some(&long));
    assert_eq!(error.field_errors().len(), 100);
}

/// Returns the error of a read to which the server sends this response.
async fn read_error(response: ResponseTemplate) -> Error {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(response)
        .mount(&server)
        .await;
    let client = client_builder(server.uri()).build().unwrap();
    let deployment = client.deployment("octocat/example", 42).unwrap();
    deployment.latest_status().await.unwrap_err()
}

#[tokio::test]
async fn foreign_response_is_shown_as_excerpt() {
    let html = "<html><body><h1>Sign in</h1> to the coffee shop's network</body></html>";
    let cases = [
        (
            ResponseTemplate::new(200).set_body_raw(html, "text/html"),
            "the server responded 200 with a body (text/html) that starts with \"Sign in to the coffee shop's network\"",
        ),
        (
            ResponseTemplate::new(200),
            "the server responded 200 with a body (no content type) that is empty",
        ),
        (
            ResponseTemplate::new(200).set_body_raw("\u{fffd}\u{0}not json", "application/json"),
            "the server responded 200 with a body (application/json) that starts with \"\u{fffd} not json\"",
        ),
        (
            ResponseTemplate::new(200).set_body_raw("{}", "application/json"),
            "the server responded 200 with a body (application/json) that starts with \"{}\"",
        ),
        (
            ResponseTemplate::new(200)
                .set_body_raw(vec![b'['; 9 * 1024 * 1024], "application/json"),
            "the server responded 200 with a body of more than 8 MiB",
        ),
    ];
    for (response, message) in cases {
        let error = read_error(response).await;
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{error:?}");
        assert_eq!(error.to_string(), message);
        assert_eq!(error.advice(), Some(Advice::CheckBaseUrl));
    }
}

#[tokio::test]
async fn json_with_wrong_content_type_is_decoded() {
    let scene = Scene::start().await;
    let page = Fault::status(200)
        .body("[]")
        .header("content-type", "text/plain");
    scene.fault(page);
    assert_eq!(scene.deployment.latest_status().await.unwrap(), None);
}

#[tokio::test]
async fn foreign_error_body_is_shown_as_excerpt() {
    let long = "x".repeat(1000);
    let cases = [
        ("", "the server responded 404 Not Found".to_owned()),
        (
            "<!DOCTYPE html><title>Not here</title>",
            "the server responded 404 Not Found: \"Not here\"".to_owned(),
        ),
        (
            long.as_str(),
            format!(
                "the server responded 404 Not Found: \"{}…{}\"",
                "x".repeat(90),
                "x".repeat(30)
            ),
        ),
        (
            "[1, 2]",
            "the server responded 404 Not Found: \"[1, 2]\"".to_owned(),
        ),
        (
            "{\"message\": 17}",
            "the server responded 404 Not Found".to_owned(),
        ),
    ];
    for (body, message) in cases {
        let error = read_error(ResponseTemplate::new(404).set_body_raw(body, "text/html")).await;
        assert_eq!(error.to_string(), message);
        assert!(error.is_not_found());
    }
    let huge = ResponseTemplate::new(403).set_body_raw(vec![b'x'; 9 * 1024 * 1024], "text/plain");
    assert_eq!(
        read_error(huge).await.to_string(),
        "the server responded 403 Forbidden"
    );
}

#[tokio::test]
async fn error_does_not_repeat_its_source() {
    let error = read_error(ResponseTemplate::new(200).set_body_string("no")).await;
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
