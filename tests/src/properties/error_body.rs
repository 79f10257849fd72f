//! Errors for responses that reject a request.

use std::error::Error as _;

use deploystatus::{DeploymentStatus, Error, ErrorKind, NewStatus, RejectionKind, State};

use super::harness::{Harness, TOKEN, response, with_harness};
use super::is_one_clear_line;

const STATUSES: [u16; 16] = [
    400, 401, 403, 404, 409, 410, 413, 415, 422, 429, 451, 500, 502, 503, 504, 599,
];

const HEADERS: [&str; 4] = [
    "",
    "content-type: application/json; charset=utf-8\r\nx-github-request-id: AB:1\r\n",
    "content-type: text/html\r\nretry-after: 60\r\n",
    "x-ratelimit-limit: 60\r\nx-ratelimit-remaining: 0\r\nx-ratelimit-reset: 1900000000\r\n",
];

/// An error response with any body becomes an error of one short line without the token,
/// and the methods of the error agree with the status and the body.
///
/// The first byte selects the status, the second the call and the headers. The rest is the body.
pub fn error_body(bytes: &[u8]) {
    let [choice, options, body @ ..] = bytes else {
        return;
    };
    let status = STATUSES[usize::from(*choice) % STATUSES.len()];
    let headers = HEADERS[usize::from(*options) % HEADERS.len()];
    // After a creation that failed with 5xx, the client would search for the status, which takes time.
    let call = if options & 4 == 4 && status < 500 {
        Call::Create
    } else {
        Call::Get
    };
    let error = with_harness(|harness| rejected(harness, status, headers, body, call));

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
    if let Ok(serde_json::Value::Object(object)) = serde_json::from_slice(body) {
        let errors = object.get("errors");
        let expected = match errors {
            None | Some(serde_json::Value::Null) => 0,
            Some(serde_json::Value::Array(errors)) => {
                errors.iter().filter(|error| !error.is_null()).count()
            }
            Some(_) => 1,
        };
        assert_eq!(error.field_errors().len(), expected);
        let text = |name: &str| object.get(name)?.as_str().filter(|text| !text.is_empty());
        let message = text("message").or(text("error"));
        let message = message.map(|text| text.replace(TOKEN, "…"));
        assert_eq!(rejection.message, message);
    } else if let Some(message) = &rejection.message {
        assert!(message.chars().count() <= 121, "{message:?}");
    }
}

/// A call that the server rejects.
#[derive(Clone, Copy)]
enum Call {
    Create,
    Get,
}

fn rejected(harness: &Harness, status: u16, headers: &str, body: &[u8], call: Call) -> Error {
    let response = response(status, headers.as_bytes(), body);
    let (outcome, requests) = harness.run(
        move |_| response.clone(),
        |client| async move {
            let deployment = client.deployment("octocat/example", 42)?;
            if matches!(call, Call::Create) {
                let report = NewStatus::new(State::Success);
                let created = deployment.create_status(report).await?;
                return Ok::<DeploymentStatus, Error>(created.status.clone());
            }
            deployment.get_status(1).await
        },
    );
    assert_eq!(requests.len(), 1);
    outcome.unwrap_err()
}

/// Checks that neither the error nor its advice, fields or sources contain the token.
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
