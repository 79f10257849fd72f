//! Errors made from rejections.

use std::error::Error as _;

use deploystatus::{DeploymentStatus, Error, ErrorKind, NewStatus, RejectionKind, State};

use super::is_one_clear_line;
use super::stage::{Stage, TOKEN, answer, on_stage};

const STATUSES: [u16; 16] = [
    400, 401, 403, 404, 409, 410, 413, 415, 422, 429, 451, 500, 502, 503, 504, 599,
];

const HEADERS: [&str; 4] = [
    "",
    "content-type: application/json; charset=utf-8\r\nx-github-request-id: AB:1\r\n",
    "content-type: text/html\r\nretry-after: 60\r\n",
    "x-ratelimit-limit: 60\r\nx-ratelimit-remaining: 0\r\nx-ratelimit-reset: 1900000000\r\n",
];

/// Checks that any rejection becomes an error of one line without the token, with the values of the response.
///
/// The first byte selects the status code, the second the call and the headers. The rest is the body.
pub fn error_body(bytes: &[u8]) {
    let [choice, manner, body @ ..] = bytes else {
        return;
    };
    let status = STATUSES[usize::from(*choice) % STATUSES.len()];
    let headers = HEADERS[usize::from(*manner) % HEADERS.len()];
    // After a 5xx, a creation searches for its status, which takes ten seconds.
    let creating = manner & 4 == 4 && status < 500;
    let error = on_stage(|stage| refused(stage, status, headers, body, creating));

    is_one_clear_line(&error.to_string());
    hides_the_token(&error);
    assert_eq!(error.status(), Some(status));
    assert_eq!(error.is_not_found(), status == 404);
    assert!(!error.is_outcome_unknown() && error.unknown_outcome().is_none());
    assert_eq!(
        error.request_id(),
        headers.contains("AB:1").then_some("AB:1")
    );

    let limited = error.kind() == ErrorKind::RateLimited;
    assert_eq!(error.is_rate_limited(), limited);
    assert!(limited || status != 429);
    assert!(!limited || status == 429 || status == 403);
    assert_eq!(error.retry_at().is_some(), error.retry_after().is_some());
    assert!(!limited || error.retry_at().is_some());

    let rejection = error.rejection().unwrap();
    assert_eq!(rejection.status, status);
    assert_eq!(rejection.kind() == RejectionKind::RateLimit, limited);
    for field in error.field_errors() {
        assert!(!field.to_string().contains(char::is_control), "{field:?}");
    }
    if let Ok(serde_json::Value::Object(said)) = serde_json::from_slice(body) {
        let errors = said.get("errors");
        let expected = match errors {
            None | Some(serde_json::Value::Null) => 0,
            Some(serde_json::Value::Array(errors)) => {
                errors.iter().filter(|error| !error.is_null()).count()
            }
            Some(_) => 1,
        };
        assert_eq!(error.field_errors().len(), expected);
        let says = |name: &str| said.get(name)?.as_str().filter(|text| !text.is_empty());
        let message = says("message").or(says("error"));
        let message = message.map(|text| text.replace(TOKEN, "…"));
        assert_eq!(rejection.message, message);
    } else if let Some(message) = &rejection.message {
        assert!(message.chars().count() <= 121, "{message:?}");
    }
}

fn refused(stage: &Stage, status: u16, headers: &str, body: &[u8], creating: bool) -> Error {
    let answer = answer(status, headers.as_bytes(), body);
    let (outcome, heard) = stage.play(
        move |_| answer.clone(),
        |client| async move {
            let deployment = client.deployment("octocat/example", 42)?;
            if creating {
                let report = NewStatus::new(State::Success);
                let delivered = deployment.create_status(report).await?;
                return Ok::<DeploymentStatus, Error>(delivered.status.clone());
            }
            deployment.get_status(1).await
        },
    );
    assert_eq!(heard.len(), 1);
    outcome.unwrap_err()
}

/// Checks that the error, its advice and its causes do not contain the token.
pub(super) fn hides_the_token(error: &Error) {
    let mut texts = vec![
        error.to_string(),
        format!("{error:?}"),
        error.advice().map(|it| it.to_string()).unwrap_or_default(),
    ];
    let mut cause = error.source();
    while let Some(error) = cause {
        is_one_clear_line(&error.to_string());
        texts.push(error.to_string());
        cause = error.source();
    }
    for text in texts {
        assert!(!text.contains(TOKEN), "{text}");
    }
}
