//! Recorded responses of GitHub, through the public interface.
//!
//! They are in the folder that `DEPLOYSTATUS_CAPTURES` names. Without it, the test is skipped.

use deploystatus::{Confirmation, Deployment, ErrorKind, NewStatus, RetryPolicy};
use serde_json::Value;
use tests::client_builder;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

#[tokio::test]
async fn recorded_responses_are_classified() {
    let Ok(folder) = std::env::var("DEPLOYSTATUS_CAPTURES") else {
        println!("skipped: DEPLOYSTATUS_CAPTURES is not set");
        return;
    };
    let mut statuses = 0;
    let mut rejections = 0;
    for file in std::fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        let capture: Value =
            serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let status = u16::try_from(capture["response"]["status"].as_u64().unwrap()).unwrap();
        let is_ours = capture["request"]["path"]
            .as_str()
            .unwrap()
            .contains("/statuses");
        if status < 300 && !is_ours {
            continue;
        }
        let server = MockServer::start().await;
        Mock::given(any())
            .respond_with(template(&capture["response"], status))
            .mount(&server)
            .await;
        let handle = handle(&server);
        if status < 300 {
            check_statuses(&handle, &capture, &name).await;
            statuses += 1;
        } else {
            check_rejection(&handle, status, &capture["response"]["body"], &name).await;
            rejections += 1;
        }
    }
    assert!(
        statuses > 15 && rejections > 25,
        "{statuses} and {rejections}"
    );
}

fn handle(server: &MockServer) -> Deployment {
    let client = client_builder(server.uri())
        .retry_policy(RetryPolicy::never())
        .build()
        .unwrap();
    client.deployment("octocat/example", 42).unwrap()
}

fn template(response: &Value, status: u16) -> ResponseTemplate {
    let mut response_template = ResponseTemplate::new(status);
    for (name, value) in response["headers"].as_object().into_iter().flatten() {
        // These headers describe the recorded bytes, which differ from those sent here.
        let of_the_wire = [
            "content-length",
            "content-encoding",
            "transfer-encoding",
            "connection",
        ];
        if let (Some(value), false) = (
            value.as_str(),
            of_the_wire.contains(&name.to_lowercase().as_str()),
        ) {
            response_template = response_template.append_header(name.as_str(), value);
        }
    }
    match &response["body"] {
        Value::Null => response_template,
        Value::String(text) => response_template.set_body_string(text),
        json => response_template.set_body_string(json.to_string()),
    }
}

async fn check_statuses(handle: &Deployment, capture: &Value, name: &str) {
    let body = &capture["response"]["body"];
    if let Value::Array(listed) = body {
        let read = handle
            .statuses()
            .next_page()
            .await
            .unwrap()
            .unwrap_or_default();
        let ids: Vec<_> = read.iter().map(|status| status.id).collect();
        let wanted: Vec<_> = listed
            .iter()
            .filter_map(|status| status["id"].as_u64())
            .collect();
        assert_eq!(ids, wanted, "{name}");
        return;
    }
    let read = if capture["request"]["method"] == "POST" {
        let status = NewStatus::new(body["state"].as_str().unwrap().into());
        let created = handle.create_status(status).await.unwrap();
        assert_eq!(created.confirmation, Confirmation::Created, "{name}");
        created.status
    } else {
        handle.get_status(1).await.unwrap()
    };
    assert_eq!(Some(read.id), body["id"].as_u64(), "{name}");
    assert_eq!(
        read.state.as_str(),
        body["state"].as_str().unwrap(),
        "{name}"
    );
    let login = body["creator"]["login"].as_str();
    assert_eq!(
        read.creator.as_ref().map(deploystatus::Account::login),
        login,
        "{name}"
    );
}

async fn check_rejection(handle: &Deployment, status: u16, body: &Value, name: &str) {
    let error = handle.get_status(1).await.unwrap_err();
    if matches!(status, 301 | 302 | 307 | 308) {
        assert_eq!(error.kind(), ErrorKind::Redirect, "{name}: {error:?}");
        return;
    }
    assert_eq!(error.status(), Some(status), "{name}");
    let text = error.to_string();
    if let Some(message) = body["message"].as_str() {
        let rejection = error.rejection().unwrap();
        assert_eq!(rejection.message.as_deref(), Some(message), "{name}");
        let shown: Vec<_> = message.split_whitespace().collect();
        let shown = format!("{:?}", shown.join(" "));
        assert!(text.contains(&shown), "{name}: {text}");
    }
    assert_eq!(text.lines().count(), 1, "{name}: {text}");
    for field in body["errors"].as_array().into_iter().flatten() {
        if let Some(message) = field["message"].as_str() {
            assert!(
                error.field_errors().iter().any(|it| it.message == message),
                "{name}: {error:?}"
            );
        }
    }
}
